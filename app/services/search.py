"""Find the photos that have every term of a query, newest first.

Every search term has a listing of the photos that have the term, sorted by photo id. A search
intersects these listings with a leapfrog join (Veldhuizen, "Leapfrog Triejoin", section 3):

1. Each term in turn moves to its first photo at or beyond the photo of the term before it.
2. If the last term stops at the same photo as the first term, all terms have this photo.
3. The search continues from the last term's photo, or beyond it after a match.

A rare term therefore skips most photos of a frequent term, and the search loads no photo records.

One page costs at most `MAX_READS` reads of a listing, for any query and any number of photos. A
search that reaches this limit returns a partial page: the matches up to its position. The cursor of
the partial page is this position, so the next page continues there.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain import object_keys, photo_ids
from app.domain.pages import build_page
from app.domain.photo import Page, PhotoSummary
from app.domain.search_terms import SearchQuery

MAX_READS = 24  # for one page, whatever the words and however many photos there are
CHUNK = 60  # summaries of a listing's first read
MAX_CHUNK = 240  # each further read takes twice as many, up to this


class ListingReader(Protocol):
    """One read of one listing: `Catalog.page`."""

    def __call__(
        self, listing: str, limit: int, *, before: str | None = None, after: str | None = None
    ) -> Page:
        """At most `limit` summaries, newest first."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of matches; `stopped_at` is the position of a partial page, else None."""

    page: Page
    stopped_at: str | None = None


def search(
    read: ListingReader,
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
    way = _Direction(read, forward=before is None and after is not None)
    join = _LeapfrogJoin(
        way,
        [[object_keys.term_listing(word) for word in term] for term in query.terms],
        before or after,
    )
    while len(join.found) <= limit and join.may_continue:
        join.step()
    page = build_page(join.found, limit, before, after)
    if len(join.found) > limit or join.ended:
        return SearchPage(page)
    return SearchPage(_with_partial_cursors(page, join.edge, way), join.edge)


def _with_partial_cursors(page: Page, edge: str | None, way: "_Direction") -> Page:
    """Return the partial page with cursors at the position where its search stopped."""
    if way.forward:
        return replace(page, newer=edge, older=page.older if page.summaries else edge)
    return replace(page, older=edge, newer=page.newer if page.summaries or not page.newer else edge)


class _Direction:
    """The direction of a search and its reads that are left; an edge is the last decided id."""

    def __init__(self, read: ListingReader, *, forward: bool) -> None:
        self._read = read
        self.forward = forward
        self.reads_left = MAX_READS

    def read(
        self, listing: str, edge: str | None, limit: int
    ) -> tuple[Sequence[PhotoSummary], bool]:
        """Return the next summaries beyond `edge`, nearest first, and whether more follow."""
        self.reads_left -= 1
        if self.forward:
            page = self._read(listing, limit, after=edge)
            return page.summaries[::-1], page.newer is not None
        page = self._read(listing, limit, before=edge)
        return page.summaries, page.older is not None

    def is_behind(self, summary: PhotoSummary, edge: str | None) -> bool:
        """Whether `summary` is not beyond `edge`."""
        return edge is not None and (
            summary.photo_id <= edge if self.forward else summary.photo_id >= edge
        )

    def nearest(self, summaries: Sequence[PhotoSummary]) -> PhotoSummary | None:
        """The one of `summaries` that comes first."""
        if not summaries:
            return None
        return (min if self.forward else max)(summaries, key=lambda summary: summary.photo_id)

    def id_before(self, summary: PhotoSummary) -> str:
        """The edge that `summary` is the first possible one beyond."""
        if self.forward:
            return photo_ids.previous_id(summary.photo_id)
        return photo_ids.next_id(summary.photo_id)


class _TermCursor:
    """A cursor on one listing that reads a chunk of summaries at a time."""

    def __init__(self, way: _Direction, listing: str) -> None:
        self._way, self._feed = way, listing
        self._ahead: deque[PhotoSummary] = deque()
        self._chunk, self._ended = CHUNK, False

    def first(self, edge: str | None) -> PhotoSummary | None:
        """The first summary beyond `edge`, by at most one read."""
        while self._ahead and self._way.is_behind(self._ahead[0], edge):
            self._ahead.popleft()
        if not self._ahead and not self._ended:
            summaries, more = self._way.read(self._feed, edge, self._chunk)
            self._ahead.extend(summaries)
            self._ended = not more
            self._chunk = min(2 * self._chunk, MAX_CHUNK)
        return self._ahead[0] if self._ahead else None


class _LeapfrogJoin:
    """The intersection of all terms: `found` holds every match up to `edge`."""

    def __init__(self, way: _Direction, terms: Sequence[Sequence[str]], edge: str | None) -> None:
        self._way = way
        self._terms = [[_TermCursor(way, listing) for listing in listings] for listings in terms]
        self._most_reads = sum(map(len, terms))  # of one step
        self.edge = edge
        self.found: list[PhotoSummary] = []
        self.ended = False

    @property
    def may_continue(self) -> bool:
        """Whether there may be more photos, and reads to find them."""
        return not self.ended and self._way.reads_left >= self._most_reads

    def step(self) -> None:
        """Move every term beyond the edge, each at least as far as the term before it."""
        start, edge = None, self.edge
        for term in self._terms:
            summary = self._way.nearest(
                [summary for listing in term if (summary := listing.first(edge))]
            )
            if summary is None:
                self.ended = True
                return
            start = start or summary
            edge = self._way.id_before(summary)
        if start and summary and start.photo_id == summary.photo_id:
            self.found.append(summary)
            edge = summary.photo_id
        self.edge = edge
