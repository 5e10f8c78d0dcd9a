"""Write and read the listings of photos in the catalog's SQLite file.

The full-text index `entries` (https://www.sqlite.org/fts5.html) has one row a photo. The words of
the row are the numbers of the photo's listings. A page is a query for one number. A search is a
query for several numbers: a search term is the listing `term:<term>`.

The number of a photo, its key in the table `photos`, starts with the period of its id, about a
second. So the index is in the order of the periods, and a query sorts the photos of a period by id.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from itertools import groupby
from typing import Any

from app.domain import photo_ids
from app.domain.errors import StorageRefused
from app.domain.photo import PhotoSummary
from app.storage.local import varints

_PERIOD_BITS = 10  # a period has 2**10 milliseconds
_NUMBER_BITS = 14  # and 2**14 numbers
_LAST_IN_PERIOD = 2**_NUMBER_BITS - 1
_AFTER_EVERY_ID = "\U0010ffff"

# From [["term:sea"], ["term:har", "term:har*"]] make the query (3) AND (7 OR 9). No listing has
# the number 0. A listing without entries has no number.
_MATCH = """(
    SELECT group_concat('(' || coalesce((
        SELECT group_concat(number, ' OR ') FROM listings
        WHERE name IN (SELECT value FROM json_each(alternatives.value))
    ), 0) || ')', ' AND ') FROM json_each(?1) AS alternatives
)"""
_BEFORE = f"""
SELECT number, photo_id, record FROM entries CROSS JOIN photos ON number = entries.rowid
WHERE entries MATCH {_MATCH} AND photo_id < ?2 AND entries.rowid <= (
    SELECT number | {_LAST_IN_PERIOD} FROM photos
    WHERE photo_id < ?2 ORDER BY photo_id DESC LIMIT 1
) ORDER BY entries.rowid DESC
"""  # noqa: S608  made of constants
_AFTER = f"""
SELECT number, photo_id, record FROM entries CROSS JOIN photos ON number = entries.rowid
WHERE entries MATCH {_MATCH} AND photo_id > ?2 AND entries.rowid >= (
    SELECT number & ~{_LAST_IN_PERIOD} FROM photos
    WHERE photo_id > ?2 ORDER BY photo_id LIMIT 1
) ORDER BY entries.rowid
"""  # noqa: S608  made of constants
ENTRIES = """
SELECT number, record FROM entries CROSS JOIN photos ON number = entries.rowid
WHERE entries MATCH ? AND entries.rowid > ? ORDER BY entries.rowid LIMIT ?
"""
_NAMED = "SELECT number FROM json_each(?) CROSS JOIN listings ON name = value"
_DELETE_EMPTY = """
DELETE FROM listings WHERE {} IN (SELECT value FROM json_each(?))
AND NOT EXISTS (SELECT 1 FROM entries WHERE entries MATCH listings.number)
"""


def nearest(
    db: sqlite3.Connection,
    listings: Sequence[Sequence[str]],
    limit: int,
    before: str | None,
    after: str | None,
) -> list[PhotoSummary]:
    """Return the summaries next to a cursor, nearest first, as `build_page` takes them.

    Args:
        db: A connection.
        listings: A photo is found if it is in at least one listing of each sequence.
        limit: The most summaries.
        before: Return the newest photos older than this id.
        after: Return the oldest photos newer than this id. `before` takes precedence.
    """
    is_forward = before is None and after is not None
    if is_forward:
        query, cursor = _AFTER, after
    else:
        query, cursor = _BEFORE, _AFTER_EVERY_ID if before is None else before
    found: list[tuple[str, str]] = []  # photo ids and records
    with closing(db.execute(query, (_json(listings), cursor))) as rows:
        for _, period in groupby(rows, lambda row: row[0] >> _NUMBER_BITS):
            found += sorted((row[1:] for row in period), reverse=not is_forward)
            if len(found) >= limit:
                break
    return [summary_of(record) for _, record in found[:limit]]


def summary_of(record: str) -> PhotoSummary:
    """Return the summary of a photo in the table `photos`."""
    return PhotoSummary.from_dict(json.loads(record))


def new_number(db: sqlite3.Connection, photo_id: str) -> int:
    """Return a number for a photo without one."""
    period = photo_ids.milliseconds_of(photo_id) >> _PERIOD_BITS
    first = period << _NUMBER_BITS
    last = first + _LAST_IN_PERIOD
    query = "SELECT max(number) FROM photos WHERE number BETWEEN ? AND ?"
    (latest,) = db.execute(query, (first, last)).fetchone()
    if latest == last:
        raise StorageRefused(f"The catalog has {_LAST_IN_PERIOD + 1} photos of the same second.")
    return first if latest is None else latest + 1


def write(db: sqlite3.Connection, number: int, before: Iterable[str], after: Iterable[str]) -> None:
    """Write the entries of a photo in the listings `after`, and delete all others.

    Args:
        db: A connection in a transaction.
        number: The photo's number.
        before: The listings in which the photo probably has entries.
        after: The listings in which the photo has entries from now on.
    """
    _replace(db, number, set(_numbers_of(db, {*after}).values()), before)


def correct(
    db: sqlite3.Connection, number: int, expected: Iterable[str], listings: Iterable[str]
) -> bool:
    """Write the entries of a photo in those of the `listings` that are also `expected`.

    Delete its entries in the other `listings`. Return whether the photo has any entries then.
    """
    corrected = set(listings)
    wanted = set(_numbers_of(db, corrected.intersection(expected)).values())
    remaining = _written(db, number) - _existing_numbers(db, corrected)
    _replace(db, number, remaining | wanted, corrected)
    return bool(remaining | wanted)


def remove(
    db: sqlite3.Connection, number: int, listings: Iterable[str], others: Iterable[str]
) -> bool:
    """Delete the entries of a photo, except those in `others` that are not in `listings`.

    Return whether there are such entries.
    """
    removed = set(listings)
    kept = _written(db, number) & _existing_numbers(db, set(others) - removed)
    _replace(db, number, kept, removed)
    return bool(kept)


def _written(db: sqlite3.Connection, number: int) -> set[int]:
    """Return the numbers of the listings in which the photo has entries."""
    found = db.execute("SELECT words FROM index_rows WHERE number = ?", (number,)).fetchone()
    return varints.unpack(found[0]) if found else set()


def _replace(db: sqlite3.Connection, number: int, after: set[int], names: Iterable[str]) -> None:
    """Replace the row of a photo in the index. FTS5 deletes a row only if it gets its words.

    Args:
        db: A connection in a transaction.
        number: The photo's number.
        after: The numbers of the photo's listings from now on.
        names: The probable names of the listings that it leaves; others are found by a scan.
    """
    before = _written(db, number)
    if before == after:
        return
    if before:
        delete = "INSERT INTO entries (entries, rowid, listings) VALUES ('delete', ?, ?)"
        db.execute(delete, (number, _words(before)))
    if after:
        insert = "INSERT INTO entries (rowid, listings) VALUES (?, ?)"
        db.execute(insert, (number, _words(after)))
        db.execute("REPLACE INTO index_rows VALUES (?, ?)", (number, varints.pack(after)))
    else:
        db.execute("DELETE FROM index_rows WHERE number = ?", (number,))
    _delete_empty(db, before - after, names)


def _words(numbers: Iterable[int]) -> str:
    return " ".join(map(str, sorted(numbers)))


def _delete_empty(db: sqlite3.Connection, numbers: set[int], names: Iterable[str]) -> None:
    """Delete those of the listings that have no entries left."""
    named = set(names)
    unnamed = numbers - _existing_numbers(db, named)
    db.execute(_DELETE_EMPTY.format("name"), (_json(sorted(named)),))
    if unnamed:
        db.execute(_DELETE_EMPTY.format("number"), (_json(sorted(unnamed)),))


def _existing_numbers(db: sqlite3.Connection, names: Collection[str]) -> set[int]:
    """Return the numbers of those listings that have one."""
    return {number for (number,) in db.execute(_NAMED, (_json([*names]),))}


def _numbers_of(db: sqlite3.Connection, listings: Collection[str]) -> dict[str, int]:
    """Return the numbers of the listings. New listings get a number that was never used."""
    query = "SELECT name, number FROM json_each(?) CROSS JOIN listings ON name = value"
    numbers = dict(db.execute(query, (_json([*listings]),)).fetchall())
    new = sorted(set(listings) - numbers.keys())
    if new:
        (last,) = db.execute("SELECT number FROM last_listing").fetchone()
        numbers |= {name: last + count for count, name in enumerate(new, 1)}
        rows = [(name, numbers[name]) for name in new]
        db.executemany("INSERT INTO listings VALUES (?, ?)", rows)
        db.execute("UPDATE last_listing SET number = ?", (last + len(new),))
    return numbers


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
