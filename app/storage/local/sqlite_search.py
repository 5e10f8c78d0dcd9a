"""Read pages of listings, and search, in the catalog's SQLite file.

A page of a listing is a query of the index for one number, a search is a query for several numbers
(see `sqlite_listings`).

FTS5 looks for the next match as long as there are postings. So that the work of a page is bounded,
a search for several terms finds the photos with the word `MILESTONE` as well. At each photo that it
finds, the search knows its position, and stops there if it has used `MAX_STEPS`.

The photos of a batch are in one period. Where a listing has many photos of a period, a page reads
the photos by id instead, and skips those that are not in the listing.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice

from app.domain import photo_ids
from app.domain.object_keys import term_listing
from app.domain.pages import (
    MAX_RANKED,
    Neighbors,
    Rank,
    SearchPage,
    build_page,
    build_partial_page,
)
from app.domain.photo_summary import PhotoSummary
from app.domain.search_terms import SearchQuery
from app.storage.local import sqlite_listings, sqlite_records, varints
from app.storage.local.sqlite_listings import LAST_IN_PERIOD, MILESTONE, NUMBER_BITS, PERIOD_BITS

# Steps of SQLite's virtual machine. A few steps read a page of the index, with thousands of
# entries, so 100 steps take up to a millisecond.
MAX_STEPS = 3_000
_STEPS_AT_ONCE = 100
_MAX_SORTED = 64  # photos of a period that are read to sort them
_AFTER_EVERY_ID = "\U0010ffff"

_BEFORE = f"""
SELECT number, photo_id, fields, photos.listings
FROM entries CROSS JOIN photos ON number = entries.rowid
WHERE entries MATCH ?1 AND photo_id < ?2 AND entries.rowid <= (
    SELECT number | {LAST_IN_PERIOD} FROM photos
    WHERE photo_id < ?2 ORDER BY photo_id DESC LIMIT 1
) ORDER BY entries.rowid DESC
"""  # noqa: S608  made of constants
_AFTER = f"""
SELECT number, photo_id, fields, photos.listings
FROM entries CROSS JOIN photos ON number = entries.rowid
WHERE entries MATCH ?1 AND photo_id > ?2 AND entries.rowid >= (
    SELECT number & ~{LAST_IN_PERIOD} FROM photos
    WHERE photo_id > ?2 ORDER BY photo_id LIMIT 1
) ORDER BY entries.rowid
"""  # noqa: S608  made of constants
_PERIOD_BEFORE = """
SELECT number, photo_id, fields, listings FROM photos
WHERE photo_id < ? AND photo_id BETWEEN ? AND ? ORDER BY photo_id DESC
"""
_PERIOD_AFTER = """
SELECT number, photo_id, fields, listings FROM photos
WHERE photo_id > ? AND photo_id BETWEEN ? AND ? ORDER BY photo_id
"""
ENTRIES = """
SELECT number, photo_id, fields FROM entries CROSS JOIN photos ON number = entries.rowid
WHERE entries MATCH ? AND entries.rowid > ? ORDER BY entries.rowid LIMIT ?
"""

_Row = tuple[int, str, str, bytes]  # number, photo id, fields, listings
_Terms = Sequence[set[int]]  # the numbers of the listings that each term stands for


@dataclass(frozen=True, slots=True)
class Found:
    """The photos next to a cursor, nearest first.

    They are all matches up to the photo `stopped_at`, or the wanted number of matches if it is
    None.
    """

    rows: Sequence[_Row]
    stopped_at: str | None = None

    @property
    def count(self) -> int:
        """The number of matches. `MAX_RANKED` if it is unknown."""
        return len(self.rows) if self.stopped_at is None else MAX_RANKED

    def photo_ids(self) -> list[str]:
        """Return the ids of the photos, nearest first."""
        return [photo_id for _, photo_id, _, _ in self.rows]

    def summaries(self, limit: int | None = None) -> list[PhotoSummary]:
        """Return the summaries of the nearest photos, as `build_page` takes them."""
        rows = self.rows[:limit]
        return [sqlite_records.summary_of(photo_id, fields) for _, photo_id, fields, _ in rows]


class _Steps:
    """Count the steps of a connection's virtual machine."""

    def __init__(self) -> None:
        self._count = 0

    @contextmanager
    def counted(self, db: sqlite3.Connection) -> Iterator[None]:
        """Count the steps of the block."""
        db.set_progress_handler(self._add, _STEPS_AT_ONCE)
        try:
            yield
        finally:
            db.set_progress_handler(None, 0)

    def _add(self) -> int:
        self._count += _STEPS_AT_ONCE
        return 0  # go on

    @property
    def are_used_up(self) -> bool:
        return self._count >= MAX_STEPS


def search(
    db: sqlite3.Connection,
    listings: Sequence[Sequence[str]],
    limit: int,
    before: str | None,
    after: str | None,
) -> Found:
    """Return the photos next to a cursor.

    Args:
        db: A connection.
        listings: A photo is found if it is in at least one listing of each sequence.
        limit: The most summaries.
        before: Return the newest photos older than this id.
        after: Return the oldest photos newer than this id. `before` takes precedence.
    """
    terms = [sqlite_listings.existing_numbers(db, names) for names in listings]
    if not all(terms):
        return Found(())
    if is_forward := before is None and after is not None:
        query, in_period = _AFTER, _PERIOD_AFTER
    else:
        query, in_period = _BEFORE, _PERIOD_BEFORE
    cursor = before or after or _AFTER_EVERY_ID
    read_period = partial(_read_period, db, in_period, terms, cursor)
    steps = _Steps()
    # The first row is found before the steps are counted: it takes many small steps.
    with closing(db.execute(query, (_match(terms), cursor))) as rows, steps.counted(db):
        if len(terms) > 1:
            return _read(_periods(rows, is_forward=is_forward), terms, limit, steps)
        return Found([*islice(_in_order(rows, read_period, is_forward=is_forward), limit)])


def search_page(
    db: sqlite3.Connection, query: SearchQuery, limit: int, before: str | None, after: str | None
) -> SearchPage:
    """Return one page of the photos that `query` finds."""
    found = search(db, listings_of(query), limit + 1, before, after)
    page = build_page(found.summaries(), limit, before, after)
    if found.stopped_at is None:
        return SearchPage(page)
    return build_partial_page(page, found.stopped_at, before, after)


def listings_of(query: SearchQuery) -> list[list[str]]:
    """Return the listings that each term stands for."""
    return [list(map(term_listing, alternatives)) for alternatives in query.terms]


def neighbors(
    db: sqlite3.Connection, listings: Sequence[Sequence[str]], photo_id: str
) -> Neighbors:
    """Return the photos next to a photo that `search` finds, and its rank.

    At most `MAX_RANKED` older photos are read, and as many newer ones as make up that number.
    """
    older = search(db, listings, MAX_RANKED, photo_id, None)
    newer = search(db, listings, max(1, MAX_RANKED - older.count), None, photo_id)
    nearest = newer.summaries(1) + older.summaries(1)
    return Neighbors.around(photo_id, nearest, Rank.of(newer.count, older.count))


def _match(terms: _Terms) -> str:
    """Return the query of the index: `(3 OR 0) AND (7 OR 9 OR 0)`, or `3` for a single listing."""
    milestone = {MILESTONE} if len(terms) > 1 else set()
    return " AND ".join(f"({' OR '.join(map(str, term | milestone))})" for term in terms)


def _periods(rows: Iterable[_Row], *, is_forward: bool) -> Iterator[list[_Row]]:
    """Yield the rows of each period, nearest first."""
    for _, period in groupby(rows, lambda row: row[0] >> NUMBER_BITS):
        yield sorted(period, key=lambda row: row[1], reverse=not is_forward)


def _in_order(
    rows: Iterable[_Row], read_period: Callable[[int], Iterator[_Row]], *, is_forward: bool
) -> Iterator[_Row]:
    """Yield the rows of the photos that a single term finds, nearest first."""
    for period, group in groupby(rows, lambda row: row[0] >> NUMBER_BITS):
        first = list(islice(group, _MAX_SORTED + 1))
        if len(first) > _MAX_SORTED:
            yield from read_period(period)
        else:
            yield from sorted(first, key=lambda row: row[1], reverse=not is_forward)


def _read_period(
    db: sqlite3.Connection, query: str, terms: _Terms, cursor: str, period: int
) -> Iterator[_Row]:
    """Yield the photos of a period that the terms find, nearest first."""
    first_id = photo_ids.from_parts(period << PERIOD_BITS, 0)
    last_millisecond = (period + 1 << PERIOD_BITS) - 1
    last_id = photo_ids.from_parts(last_millisecond, 2**photo_ids.RANDOM_BITS - 1)
    for row in db.execute(query, (cursor, first_id, last_id)):
        if _matches(row[3], terms):
            yield row


def _read(periods: Iterable[list[_Row]], terms: _Terms, limit: int, steps: _Steps) -> Found:
    found: list[_Row] = []
    for period in periods:
        for row in period:
            if not sqlite_listings.has_milestone(row[0]) or _matches(row[3], terms):
                found.append(row)
            if len(found) == limit:
                return Found(found)
        if steps.are_used_up:
            return Found(found, stopped_at=period[-1][1])
    return Found(found)


def _matches(listings: bytes, terms: _Terms) -> bool:
    numbers = varints.unpack(listings)
    return all(term & numbers for term in terms)
