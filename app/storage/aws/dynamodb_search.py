"""Find the photos that have every term of a query, newest first.

The postings of a search term are the ids of photos that have the term, sorted. A search repeats two
steps:

1. It reads the next postings of the three terms that are probably rarest, at a time. Of the term
   whose postings reach farthest, it takes the ids that the other two have, or of which nothing is
   known yet. If few of them match, it reads the postings of a fourth term, then those of others.
2. It reads the records of these photos, and compares them with the query.

The first step is cheap: a read unit is about 130 postings. The second step makes every page right,
because the record has all terms. One page costs at most `MAX_CALLS` calls and `MAX_POSTINGS`
postings, for any query and any number of photos. A search that reaches a limit returns a partial
page: the matches up to its position. The cursor of the partial page is this position, so the next
page continues there.
"""

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple, Protocol

from app.domain.pages import (
    MAX_RANKED,
    Neighbors,
    Page,
    Rank,
    SearchPage,
    build_page,
    build_partial_page,
)
from app.domain.photo import Photo
from app.domain.photo_ids import MAX_ID, MIN_ID
from app.domain.photo_summary import PhotoSummary
from app.domain.search_terms import SearchQuery
from app.storage.aws.listings.postings import Alternatives, Found, Postings

MAX_CALLS = 24  # for one page, whatever the words and however many photos there are
# For one page: 92 read units, and so few calls that they end within the deadline of a page.
MAX_POSTINGS = 12_000
MAX_POSTINGS_OF_NEIGHBOR = 3600  # in each direction
# Postings of a term in its first read. Those of other words with the same beginning are among them.
CHUNK_OF_ONE = 240  # if all photos with the term match
CHUNK = 1200  # if a search joins several terms
CHUNK_OF_NEIGHBORS = 120  # if one photo is looked for
MAX_CHUNK = 4800  # of each further read: 36 read units
MAX_JOINED = 3  # terms: a third one costs 9 read units, and saves those of 50 records
MAX_RECORDS = 100  # of one read: Amazon DynamoDB API Reference, "BatchGetItem"
# Beside twice the wanted records, if not all match: with the postings of three terms a page is less
# than 70 read units.
SPARE_RECORDS = 20


class Index(Protocol):
    """The reads that a search needs."""

    def ids(
        self, terms: Sequence[Alternatives], limit: int, position: str | None, *, forward: bool
    ) -> list[Found]:
        """Return for each term the ids among the next `limit` postings beyond `position`."""

    def records(self, photo_ids: Sequence[str]) -> dict[str, Photo]:
        """Return the photos that exist, by id."""


def search(
    index: Index,
    query: SearchQuery,
    limit: int,
    *,
    before: str | None = None,
    after: str | None = None,
) -> SearchPage:
    """Return a page of at most `limit` photos with every term of `query`, newest first.

    The cursors are those of `Catalog.page`. A query without terms finds nothing.
    """
    if not query.terms:
        return SearchPage(Page((), None, None))
    forward = before is None and after is not None
    chunk = CHUNK_OF_ONE if len(query.terms) == 1 else CHUNK
    bounds = _Bounds(chunk, MAX_POSTINGS)
    run = _Search(index, query, before or after, forward=forward, bounds=bounds)
    while len(run.found) <= limit and run.may_continue:
        run.step(limit + 1 - len(run.found))
    page = build_page(run.found, limit, before, after)
    if len(run.found) > limit or run.has_ended:
        return SearchPage(page)
    return build_partial_page(page, run.position, before, after)


def search_neighbors(index: Index, query: SearchQuery, photo_id: str) -> Neighbors:
    """Return the photos next to a photo that a search finds.

    The postings of most searches tell how many photos there are. The records are not compared with
    the query for that, so a wrong posting counts until `repair` deletes it.
    """
    bounds = _Bounds(CHUNK_OF_NEIGHBORS, MAX_POSTINGS_OF_NEIGHBOR)
    older = _Search(index, query, photo_id, forward=False, bounds=bounds)
    older.find_nearest()
    newer = _Search(index, query, photo_id, forward=True, bounds=bounds)
    newer.find_nearest()
    nearest = newer.found[:1] + older.found[:1]
    return Neighbors.around(photo_id, nearest, Rank.of(newer.count, older.count))


class _Bounds(NamedTuple):
    """The postings of a term in its first read, and those of all reads together."""

    first: int
    most: int


class _Search:
    """The state of one search: `found` holds every match up to `position`."""

    def __init__(
        self,
        index: Index,
        query: SearchQuery,
        position: str | None,
        *,
        forward: bool,
        bounds: _Bounds,
    ) -> None:
        self._index = index
        self._query = query
        self._forward = forward
        self._terms = query.terms[:MAX_JOINED]  # the rarest
        self._calls_left = MAX_CALLS
        self._chunk, self._postings_left = bounds
        self._candidates: deque[str] = deque()
        self._others: Sequence[Alternatives] = ()  # terms that some candidates may lack
        self._covered = 0  # the number of first candidates which have all terms but the others
        self._has_compared = False
        self._reach = position  # of the postings that were read
        self._has_read_all = False
        self.position = position
        self.found: list[PhotoSummary] = []

    @property
    def has_ended(self) -> bool:
        """Whether `found` has all matches."""
        return self._has_read_all and not self._candidates

    @property
    def may_continue(self) -> bool:
        """Whether there may be more matches, and one more step stays within the limits."""
        if self._candidates:
            return self._calls_left >= 1
        return not self._has_read_all and self._may_read(self._terms)

    @property
    def count(self) -> int:
        """The number of matches. `MAX_RANKED` if it is larger, or more reads would be needed."""
        if not self._has_read_all or self._certain < len(self._candidates):
            return MAX_RANKED
        return min(len(self.found) + len(self._candidates), MAX_RANKED)

    def find_nearest(self) -> None:
        """Search until one photo is found."""
        while not self.found and self.may_continue:
            self.step(1)

    def step(self, wanted: int) -> None:
        """Compare the next candidates with the query, or read more postings."""
        if not self._candidates or self._should_read_more(wanted):
            self._read_postings()
        elif self._should_narrow(wanted):
            self._narrow()
        else:
            has_enough = self._certain >= min(wanted, len(self._candidates))
            self._compare(min(wanted if has_enough else 2 * wanted + SPARE_RECORDS, MAX_RECORDS))
        if not self._candidates:
            self.position = self._reach

    @property
    def _certain(self) -> int:
        """The number of first candidates which match, as the postings say."""
        return 0 if self._others else self._covered

    def _should_read_more(self, wanted: int) -> bool:
        """Return whether all candidates match, but are too few for one read of their records."""
        are_certain = self._certain == len(self._candidates) < wanted
        has_calls = self._calls_left > len(self._terms)  # one for the records
        return are_certain and not self._has_read_all and has_calls and self._postings_left > 0

    def _should_narrow(self, wanted: int) -> bool:
        """Return whether another term leaves out many candidates, since few records match."""
        has_many = len(self._candidates) > wanted and self._calls_left > 1
        may_narrow = self._has_compared and bool(self._others) and self._postings_left > 0
        return has_many and may_narrow

    def _may_read(self, terms: Sequence[Alternatives]) -> bool:
        return self._calls_left >= len(terms) and self._postings_left > 0

    def _read_postings(self) -> None:
        self._join(self._read(self._terms, self._chunk, self._reach))
        self._chunk = MAX_CHUNK

    def _join(self, terms: Sequence[Postings]) -> None:
        """Take the ids of the term that reaches farthest, without those that another lacks."""
        driver = self._farthest(terms)
        for photo_id in driver.ids:
            if all(term.may_have(photo_id) for term in terms):
                self._candidates.append(photo_id)
                self._covered += all(term.covers(photo_id) for term in terms)
        self._others = self._query.terms[len(terms) :]
        self._reach = driver.reach
        self._has_read_all = driver.reach is None

    def _farthest(self, terms: Sequence[Postings]) -> Postings:
        """Return the term that reaches farthest. Of those whose postings end, it is the rarest."""
        if self._forward:
            return max(terms, key=lambda term: (term.reach or MAX_ID, -len(term.ids)))
        return min(terms, key=lambda term: (term.reach or MIN_ID, len(term.ids)))

    def _narrow(self) -> None:
        """Leave out the candidates that lack another term."""
        [term] = self._read(self._others[:1], CHUNK, self.position)
        self._others = self._others[1:]
        covered = islice(self._candidates, self._covered)
        self._covered = sum(photo_id in term.ids for photo_id in covered)
        self._candidates = deque(filter(term.may_have, self._candidates))

    def _read(
        self, terms: Sequence[Alternatives], limit: int, position: str | None
    ) -> list[Postings]:
        limit = max(1, min(limit, self._postings_left // len(terms)))
        self._calls_left -= len(terms)
        self._postings_left -= limit * len(terms)
        found = self._index.ids(terms, limit, position, forward=self._forward)
        return [Postings.of(each, forward=self._forward) for each in found]

    def _compare(self, count: int) -> None:
        self._calls_left -= 1
        self._has_compared = True
        ids = [self._candidates.popleft() for _ in range(min(count, len(self._candidates)))]
        self._covered = max(0, self._covered - len(ids))
        records = self._index.records(ids)
        photos = [records[photo_id] for photo_id in ids if photo_id in records]
        self.found += [photo.summary for photo in photos if photo.matches(self._query)]
        self.position = ids[-1]
