"""Find the photos that have every term of a query, newest first.

The postings of a search term are the ids of photos that have the term, sorted. A search repeats two
steps:

1. It reads the next postings of the two terms that are probably rarest. Of the term whose postings
   reach farther, it takes the ids that the other term has, or of which nothing is known yet. If few
   of them match, it reads the postings of a third term, then those of the others.
2. It reads the records of these photos, and compares them with the query.

The first step is cheap: a read unit is about 130 postings. The second step makes every page right,
because the record has all terms. One page costs at most `MAX_CALLS` calls, for any query and any
number of photos. A search that reaches this limit returns a partial page: the matches up to its
position. The cursor of the partial page is this position, so the next page continues there.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypeAlias

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

MAX_CALLS = 24  # for one page, whatever the words and however many photos there are
# Postings of a term in its first read. Those of other words with the same beginning are among them.
CHUNK_OF_ONE = 240  # if all photos with the term match
CHUNK = 1200  # if a search joins two terms
CHUNK_OF_NEIGHBORS = 120  # if one photo is looked for
MAX_CHUNK = 4800  # of each further read: 36 read units
MAX_RECORDS = 100  # of one read: Amazon DynamoDB API Reference, "BatchGetItem"

Alternatives: TypeAlias = tuple[str, ...]  # of one term of a query: a word, or also its prefix
Found: TypeAlias = tuple[Sequence[str], str | None]  # photo ids, and up to where: None for all


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
    run = _Search(index, query, before or after, forward=forward, chunk=chunk)
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
    older = _Search(index, query, photo_id, forward=False, chunk=CHUNK_OF_NEIGHBORS)
    older.find_nearest()
    newer = _Search(index, query, photo_id, forward=True, chunk=CHUNK_OF_NEIGHBORS)
    newer.find_nearest()
    nearest = newer.found[:1] + older.found[:1]
    return Neighbors.around(photo_id, nearest, Rank.of(newer.count, older.count))


@dataclass(frozen=True, slots=True)
class _Postings:
    """The ids of one term up to `reach`, nearest first. Without a reach, all of them."""

    ids: Mapping[str, None]
    reach: str | None
    forward: bool

    @classmethod
    def of(cls, found: Found, *, forward: bool) -> "_Postings":
        """Return the ids of a read."""
        ids, reach = found
        return cls(dict.fromkeys(ids), reach, forward)

    def covers(self, photo_id: str) -> bool:
        """Return whether `ids` has the photo if the photo has the term."""
        if self.reach is None:
            return True
        return photo_id <= self.reach if self.forward else photo_id >= self.reach

    def may_have(self, photo_id: str) -> bool:
        """Return whether nothing tells that the photo lacks the term."""
        return photo_id in self.ids or not self.covers(photo_id)


class _Search:
    """The state of one search: `found` holds every match up to `position`."""

    def __init__(
        self, index: Index, query: SearchQuery, position: str | None, *, forward: bool, chunk: int
    ) -> None:
        self._index = index
        self._query = query
        self._forward = forward
        self._terms = query.terms[:2]  # the two rarest
        self._calls_left = MAX_CALLS
        self._chunk = chunk
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
        """Whether there may be more matches, and enough calls are left for one more step."""
        calls = 1 if self._candidates else len(self._terms)
        return not self.has_ended and self._calls_left >= calls

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
            self._compare(min(wanted, MAX_RECORDS) if has_enough else MAX_RECORDS)
        if not self._candidates:
            self.position = self._reach

    @property
    def _certain(self) -> int:
        """The number of first candidates which match, as the postings say."""
        return 0 if self._others else self._covered

    def _should_read_more(self, wanted: int) -> bool:
        """Return whether all candidates match, but are too few for one read of their records."""
        are_certain = self._certain == len(self._candidates) < wanted
        may_read = not self._has_read_all and self._calls_left > len(self._terms)
        return are_certain and may_read

    def _should_narrow(self, wanted: int) -> bool:
        """Return whether another term leaves out many candidates, since few records match."""
        has_many = len(self._candidates) > wanted and self._calls_left > 1
        return has_many and self._has_compared and bool(self._others)

    def _read_postings(self) -> None:
        self._join(self._read(self._terms, self._chunk, self._reach))
        self._chunk = MAX_CHUNK

    def _join(self, terms: Sequence[_Postings]) -> None:
        """Take the ids of the term that reaches farthest, without those that the other lacks."""
        driver = self._farthest(terms)
        for photo_id in driver.ids:
            if all(term.may_have(photo_id) for term in terms):
                self._candidates.append(photo_id)
                self._covered += all(term.covers(photo_id) for term in terms)
        self._others = self._query.terms[len(terms) :]
        self._reach = driver.reach
        self._has_read_all = driver.reach is None

    def _farthest(self, terms: Sequence[_Postings]) -> _Postings:
        """Return the term that reaches farthest. Of two whose postings end, it is the rarer one."""
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
    ) -> list[_Postings]:
        self._calls_left -= len(terms)
        found = self._index.ids(terms, limit, position, forward=self._forward)
        return [_Postings.of(each, forward=self._forward) for each in found]

    def _compare(self, count: int) -> None:
        self._calls_left -= 1
        self._has_compared = True
        ids = [self._candidates.popleft() for _ in range(min(count, len(self._candidates)))]
        self._covered = max(0, self._covered - len(ids))
        records = self._index.records(ids)
        photos = [records[photo_id] for photo_id in ids if photo_id in records]
        self.found += [photo.summary for photo in photos if photo.matches(self._query)]
        self.position = ids[-1]
