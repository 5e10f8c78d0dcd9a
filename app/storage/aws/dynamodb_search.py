"""Find the photos that have every term of a query, newest first.

Every search term has postings: the ids of its photos, sorted. A search repeats two steps:

1. It reads the next postings of the two terms that are probably rarest. Of the term whose postings
   reach farther, it takes the ids that the other term has, or of which nothing is known yet.
2. It reads the records of these photos, and compares them with the query.

The first step is cheap: a read unit is about 150 ids. The second step makes every page right,
because the record has all terms. One page costs at most `MAX_CALLS` calls, for any query and any
number of photos. A search that reaches this limit returns a partial page: the matches up to its
position. The cursor of the partial page is this position, so the next page continues there.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

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
CHUNK = 240  # ids of a word's first read, if a search joins two words
CHUNK_OF_MANY = 120  # the same, if it joins more: one may be a beginning, which has nine words
CHUNK_OF_ONE = 60  # the same, if all photos of its words match: twice a page
MAX_CHUNK = 960  # each further read takes twice as many, up to this
MAX_RECORDS = 100  # of one read: Amazon DynamoDB API Reference, "BatchGetItem"


class Index(Protocol):
    """The reads that a search needs."""

    def words(self, terms: Sequence[str]) -> list[str]:
        """Return the words that the alternatives of one term stand for."""

    def ids(
        self, words: Sequence[str], limit: int, position: str | None, *, forward: bool
    ) -> list[tuple[Sequence[str], bool]]:
        """Return for each word the ids beyond `position`, and whether more follow."""

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
    run = _Search(index, query, before or after, forward=forward)
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
    older = _Search(index, query, photo_id, forward=False, min_chunk=MAX_RANKED)
    older.find_nearest()
    newer = _Search(index, query, photo_id, forward=True, min_chunk=MAX_RANKED - older.count)
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
    def of(cls, found: Sequence[tuple[Sequence[str], bool]], *, forward: bool) -> "_Postings":
        """Return the union of the words of a term."""
        ends = [ids[-1] for ids, has_more in found if has_more]
        reach = (min if forward else max)(ends, default=None)
        union = {photo_id for ids, _ in found for photo_id in ids}
        covered = [photo_id for photo_id in union if _covers(reach, photo_id, forward=forward)]
        return cls(dict.fromkeys(sorted(covered, reverse=not forward)), reach, forward)

    def covers(self, photo_id: str) -> bool:
        """Return whether `ids` has the photo if the photo has the term."""
        return _covers(self.reach, photo_id, forward=self.forward)


def _covers(reach: str | None, photo_id: str, *, forward: bool) -> bool:
    if reach is None:
        return True
    return photo_id <= reach if forward else photo_id >= reach


class _Search:
    """The state of one search: `found` holds every match up to `position`."""

    def __init__(
        self,
        index: Index,
        query: SearchQuery,
        position: str | None,
        *,
        forward: bool,
        min_chunk: int = 0,
    ) -> None:
        self._index = index
        self._query = query
        self._forward = forward
        # The words of the two rarest terms. Beginnings of words are read from the dictionary.
        self._words = [index.words(terms) for terms in query.terms[:2]]
        self._calls_left = MAX_CALLS - 1  # one for the dictionary
        self._chunk = max(min_chunk, self._first_chunk())
        self._candidates: deque[str] = deque()
        self._is_certain = False  # whether the postings say that each candidate matches
        self._reach: str | None = None  # of the candidates
        self.position = position
        self.found: list[PhotoSummary] = []
        self.has_ended = not all(self._words)

    @property
    def may_continue(self) -> bool:
        """Whether there may be more matches, and enough calls are left for one more step."""
        calls = 1 if self._candidates else sum(map(len, self._words))
        return not self.has_ended and self._calls_left >= calls

    @property
    def count(self) -> int:
        """The number of matches. `MAX_RANKED` if it is larger, or more reads would be needed."""
        if self._reach is not None or (self._candidates and not self._is_certain):
            return MAX_RANKED
        return min(len(self.found) + len(self._candidates), MAX_RANKED)

    def find_nearest(self) -> None:
        """Search until one photo is found."""
        while not self.found and self.may_continue:
            self.step(1)

    def step(self, wanted: int) -> None:
        """Compare the next candidates with the query, or read the postings of more candidates."""
        if self._candidates:
            self._compare(min(wanted, MAX_RECORDS) if self._is_certain else MAX_RECORDS)
        else:
            self._read_postings()
        if not self._candidates:
            self.position = self._reach
            self.has_ended = self._reach is None

    def _first_chunk(self) -> int:
        if len(self._query.terms) == 1:
            return CHUNK_OF_ONE
        return CHUNK if sum(map(len, self._words)) <= 2 else CHUNK_OF_MANY

    def _compare(self, count: int) -> None:
        self._calls_left -= 1
        ids = [self._candidates.popleft() for _ in range(min(count, len(self._candidates)))]
        records = self._index.records(ids)
        photos = [records[photo_id] for photo_id in ids if photo_id in records]
        self.found += [photo.summary for photo in photos if photo.matches(self._query)]
        self.position = ids[-1]

    def _read_postings(self) -> None:
        words = [word for alternatives in self._words for word in alternatives]
        self._calls_left -= len(words)
        found = self._index.ids(words, self._chunk, self.position, forward=self._forward)
        self._chunk = min(2 * self._chunk, MAX_CHUNK)
        first = len(self._words[0])
        parts = (found[:first], found[first:])[: len(self._words)]
        self._join([_Postings.of(part, forward=self._forward) for part in parts])

    def _join(self, terms: Sequence[_Postings]) -> None:
        """Take the ids of the term that reaches farthest, without those that the other lacks."""
        driver = self._farthest(terms)
        unknown = len(self._query.terms) > len(terms)
        for photo_id in driver.ids:
            is_covered = all(term.covers(photo_id) for term in terms)
            if not is_covered or all(photo_id in term.ids for term in terms):
                self._candidates.append(photo_id)
                unknown |= not is_covered
        self._is_certain = not unknown
        self._reach = driver.reach

    def _farthest(self, terms: Sequence[_Postings]) -> _Postings:
        """Return the term that reaches farthest. Of two whose postings end, it is the rarer one."""
        if self._forward:
            return max(terms, key=lambda term: (term.reach or MAX_ID, -len(term.ids)))
        return min(terms, key=lambda term: (term.reach or MIN_ID, len(term.ids)))
