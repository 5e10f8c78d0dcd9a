"""Find the photos that have every term of a query, newest first.

The postings of a search term are the ids of photos that have the term, sorted. A search repeats two
steps:

1. It reads the next postings of the three terms that are probably rarest, in parallel: as many of
   each as a full page probably needs, by the share of photos that have all three so far. If few of
   these match the other terms, it reads the postings of a fourth term, then those of others.
2. It reads the records of the photos that no posting excludes, and compares them with the query.
   The postings of the terms reach back to different photos, so of some photos not all terms are
   known. If that costs less than more postings, it reads the records of these photos too.

The second step makes every page right, because the record has all terms. One page costs at most
`MAX_CALLS` calls and `MAX_UNITS` read units, for any query and any number of photos. A search that
reaches a limit returns a partial page: the matches up to its position. The cursor of the partial
page is this position, so the next page continues there.
"""

from collections.abc import Sequence
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
from app.storage.aws.listings.posting_join import Candidates, PostingJoin
from app.storage.aws.listings.postings import Alternatives, Found, PostingRead

MAX_CALLS = 24  # for one page, whatever the words and however many photos there are
# For one page. It takes so few calls that they end within the deadline of a page.
MAX_UNITS = 120
MAX_UNITS_OF_NEIGHBOR = 30  # in each direction
# An eventually consistent unit is 8192 bytes. A posting of a word of eight letters has 27: 3 of the
# names, 3 of the beginning, 16 of the photo id and 5 of the suffix (Amazon DynamoDB Developer
# Guide, "DynamoDB read and write operations" and "DynamoDB item sizes and formats").
POSTINGS_A_UNIT = 300
RECORDS_A_UNIT = 2
UNITS_A_CALL = 2  # one more call must save this many, since it takes time
# Postings of a term in its first read. Those of other words with the same beginning are among them.
CHUNK_OF_ONE = 600  # if all photos with the term match
CHUNK = 2400  # if a search joins several terms
CHUNK_OF_THREE = 4800  # fewer photos have three terms than two
CHUNK_OF_NEIGHBORS = 300  # if one photo is looked for
MAX_JOINED = 3  # terms at first: a third one costs 16 read units, and saves those of 50 records
MAX_RECORDS = 100  # of one read: Amazon DynamoDB API Reference, "BatchGetItem"
# Beside twice the wanted records, if not all match: with the postings of three terms a page is less
# than 70 read units.
SPARE_RECORDS = 20


class Index(Protocol):
    """The reads that a search needs."""

    def ids(self, reads: Sequence[PostingRead], *, forward: bool) -> list[Found]:
        """Return the ids that each read finds."""

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
    bounds = _Bounds(_first_chunk(query), MAX_UNITS)
    run = _Search(index, query, before or after, forward=forward, bounds=bounds)
    run.find(limit + 1)
    page = build_page(run.found, limit, before, after)
    if len(run.found) > limit or run.has_ended:
        return SearchPage(page)
    return build_partial_page(page, run.position, before, after)


def _first_chunk(query: SearchQuery) -> int:
    """Return how many postings of each term to read first.

    If there are more than three terms, the records that tell the others cost more than postings.
    """
    return {1: CHUNK_OF_ONE, 3: CHUNK_OF_THREE}.get(len(query.terms), CHUNK)


def search_neighbors(index: Index, query: SearchQuery, photo_id: str) -> Neighbors:
    """Return the photos next to a photo that a search finds.

    The postings of most searches tell how many photos there are. The records are not compared with
    the query for that, so a wrong posting counts until `repair` deletes it.
    """
    bounds = _Bounds(CHUNK_OF_NEIGHBORS, MAX_UNITS_OF_NEIGHBOR)
    older = _Search(index, query, photo_id, forward=False, bounds=bounds)
    older.find(1)
    newer = _Search(index, query, photo_id, forward=True, bounds=bounds)
    newer.find(1)
    nearest = newer.found[:1] + older.found[:1]
    return Neighbors.around(photo_id, nearest, Rank.of(newer.count, older.count))


class _Bounds(NamedTuple):
    """The postings of a term in its first read, and the read units of all reads together."""

    first: int
    units: float


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
        self._chunk, self._units_left = bounds
        self._calls_left = MAX_CALLS
        self._join = PostingJoin(forward=forward)
        self._candidates = Candidates()
        self._has_compared = False
        self.position = position
        self.found: list[PhotoSummary] = []

    @property
    def has_ended(self) -> bool:
        """Whether `found` has all matches."""
        return self._join.has_ended and not self._candidates.ids

    @property
    def count(self) -> int:
        """The number of matches. `MAX_RANKED` if it is larger, or more reads would be needed."""
        certain = 0 if self._others else self._candidates.covered
        if not self._join.has_ended or certain < len(self._candidates.ids):
            return MAX_RANKED
        return min(len(self.found) + certain, MAX_RANKED)

    def find(self, wanted: int) -> None:
        """Search until `wanted` photos are found, or another step would exceed a limit."""
        while len(self.found) < wanted and not self.has_ended:
            missing = wanted - len(self.found)
            # Not all of them match if the postings that were read do not tell all terms.
            needed = 2 * missing + SPARE_RECORDS if self._others else missing
            if not (self._read_postings(missing, needed) or self._compare(needed)):
                return
            self._candidates = self._join.candidates(self.position)
            if not self._candidates.ids:
                self.position = self._join.driver.reach

    @property
    def _others(self) -> Sequence[Alternatives]:
        """The terms that some candidates may lack."""
        return self._query.terms[self._join.size :]

    def _read_postings(self, missing: int, needed: int) -> bool:
        """Read the postings that are needed, unless it is cheaper to compare records."""
        reads = self._within_limits(self._reads(missing, needed), needed)
        if not reads:
            return False
        found = self._index.ids(reads, forward=self._forward)
        self._calls_left -= len(reads)
        self._units_left -= sum(each.scanned for each in found) / POSTINGS_A_UNIT
        self._join.add(reads, found)
        return True

    def _reads(self, missing: int, needed: int) -> list[PostingRead]:
        if not self._join.size:
            return [self._first_read(term, self._chunk) for term in self._others[:MAX_JOINED]]
        if self._others and self._has_compared and len(self._candidates.ids) > missing:
            return [self._first_read(self._others[0], CHUNK)]
        uncovered = needed - self._candidates.covered
        if uncovered <= 0:
            return []
        reads = self._join.reads(self._candidates, uncovered, self.position)
        return reads if self._costs_less(reads, needed) else []

    def _first_read(self, term: Alternatives, limit: int) -> PostingRead:
        return PostingRead(term, limit, self.position or (MIN_ID if self._forward else MAX_ID))

    def _costs_less(self, reads: Sequence[PostingRead], needed: int) -> bool:
        """Return whether postings cost less than the records of photos that they do not cover."""
        has_enough = self._candidates.covered + self._candidates.expected >= needed
        if not has_enough and not self._join.has_ended:
            return True
        units = _units(reads) + len(reads) * UNITS_A_CALL + needed / RECORDS_A_UNIT
        return units < self._candidates.count_for(needed) / RECORDS_A_UNIT

    def _within_limits(self, reads: list[PostingRead], needed: int) -> list[PostingRead]:
        """Return the reads, shortened if necessary, so that records can be read afterwards."""
        units = self._units_left - min(needed, MAX_RECORDS) / RECORDS_A_UNIT
        if self._calls_left <= len(reads) or units < len(reads):
            return []
        share = min(1.0, units / max(_units(reads), 1))
        return [read._replace(limit=max(1, int(read.limit * share))) for read in reads]

    def _compare(self, needed: int) -> bool:
        """Read the records of candidates, and take those that match. Return whether any was read.

        If too few candidates have all terms for certain, others are among them.
        """
        affordable = min(MAX_RECORDS, int(self._units_left * RECORDS_A_UNIT))
        ids = self._candidates.ids[: min(self._candidates.count_for(needed), affordable)]
        if not ids or not self._calls_left:
            return False
        self._calls_left -= 1
        self._units_left -= len(ids) / RECORDS_A_UNIT
        self._has_compared = True
        records = self._index.records(ids)
        photos = [records[photo_id] for photo_id in ids if photo_id in records]
        self.found += [photo.summary for photo in photos if photo.matches(self._query)]
        self.position = ids[-1]
        return True


def _units(reads: Sequence[PostingRead]) -> float:
    """Return the read units of the reads, at most."""
    return sum(read.limit for read in reads) / POSTINGS_A_UNIT
