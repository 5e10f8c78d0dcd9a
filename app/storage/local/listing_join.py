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
from dataclasses import replace
from typing import Protocol

from app.domain import object_keys, photo_ids
from app.domain.pages import Page, SearchPage, build_page
from app.domain.photo import PhotoSummary
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
    is_forward = before is None and after is not None
    direction = _Direction(read, is_forward=is_forward)
    terms = [_TermCursor(direction, alternatives) for alternatives in query.terms]
    join = _LeapfrogJoin(direction, terms, before or after)
    while len(join.found) <= limit and join.may_continue:
        join.step()
    page = build_page(join.found, limit, before, after)
    if len(join.found) > limit or join.has_ended:
        return SearchPage(page)
    return SearchPage(_with_partial_cursors(page, join.position, direction), join.position)


def _with_partial_cursors(page: Page, position: str | None, direction: "_Direction") -> Page:
    """Return the partial page with cursors at the position where its search stopped."""
    if direction.is_forward:
        older = page.older if page.summaries else position
        return replace(page, newer=position, older=older)
    has_newer_photos = page.summaries or not page.newer
    return replace(page, older=position, newer=page.newer if has_newer_photos else position)


class _Direction:
    """Reads listings in the direction of a search, and counts the reads that are left.

    A position is the id of the last photo that was searched. The photos beyond it are older, or
    newer if the direction is forward.
    """

    def __init__(self, read: ListingReader, *, is_forward: bool) -> None:
        self._read = read
        self.is_forward = is_forward
        self.reads_left = MAX_READS

    def read(
        self, listing: str, position: str | None, limit: int
    ) -> tuple[Sequence[PhotoSummary], bool]:
        """Return the next summaries beyond `position`, nearest first, and whether more follow."""
        self.reads_left -= 1
        if self.is_forward:
            page = self._read(listing, limit, after=position)
            return page.summaries[::-1], page.newer is not None
        page = self._read(listing, limit, before=position)
        return page.summaries, page.older is not None

    def is_beyond(self, summary: PhotoSummary, position: str | None) -> bool:
        """Return whether the search has yet to reach `summary`."""
        if position is None:
            return True
        if self.is_forward:
            return summary.photo_id > position
        return summary.photo_id < position

    def nearest(self, summaries: Sequence[PhotoSummary]) -> PhotoSummary | None:
        """Return the summary that the search reaches first."""
        if not summaries:
            return None
        first = min if self.is_forward else max
        return first(summaries, key=lambda summary: summary.photo_id)

    def position_before(self, summary: PhotoSummary) -> str:
        """Return the position beyond which `summary` is the first possible photo."""
        if self.is_forward:
            return photo_ids.previous_id(summary.photo_id)
        return photo_ids.next_id(summary.photo_id)


class _ListingCursor:
    """A cursor on one listing that reads a chunk of summaries at a time."""

    def __init__(self, direction: _Direction, listing: str) -> None:
        self._direction = direction
        self._listing = listing
        self._summaries: deque[PhotoSummary] = deque()
        self._chunk = CHUNK
        self._has_ended = False

    def first_beyond(self, position: str | None) -> PhotoSummary | None:
        """Return the first summary beyond `position`, with at most one read."""
        while self._summaries and not self._direction.is_beyond(self._summaries[0], position):
            self._summaries.popleft()
        if not self._summaries and not self._has_ended:
            self._read_chunk(position)
        return self._summaries[0] if self._summaries else None

    def _read_chunk(self, position: str | None) -> None:
        summaries, has_more = self._direction.read(self._listing, position, self._chunk)
        self._summaries.extend(summaries)
        self._has_ended = not has_more
        self._chunk = min(2 * self._chunk, MAX_CHUNK)


class _TermCursor:
    """The listings of one term: one for each of its alternatives."""

    def __init__(self, direction: _Direction, alternatives: Sequence[str]) -> None:
        self._direction = direction
        self._cursors = [
            _ListingCursor(direction, object_keys.term_listing(word)) for word in alternatives
        ]
        self.reads_per_step = len(self._cursors)

    def first_beyond(self, position: str | None) -> PhotoSummary | None:
        """Return the first photo beyond `position` that has the term."""
        firsts = [cursor.first_beyond(position) for cursor in self._cursors]
        return self._direction.nearest([summary for summary in firsts if summary])


class _LeapfrogJoin:
    """The intersection of all terms: `found` holds every match up to `position`."""

    def __init__(
        self, direction: _Direction, terms: Sequence[_TermCursor], position: str | None
    ) -> None:
        self._direction = direction
        self._terms = terms
        self._reads_per_step = sum(term.reads_per_step for term in terms)
        self.position = position
        self.found: list[PhotoSummary] = []
        self.has_ended = False

    @property
    def may_continue(self) -> bool:
        """Whether there may be more matches, and enough reads are left for one more step."""
        return not self.has_ended and self._direction.reads_left >= self._reads_per_step

    def step(self) -> None:
        """Move every term beyond the position, each at least as far as the term before it."""
        first = last = None
        position = self.position
        for term in self._terms:
            last = term.first_beyond(position)
            if last is None:
                self.has_ended = True
                return
            first = first or last
            position = self._direction.position_before(last)
        if first and last and first.photo_id == last.photo_id:
            self.found.append(last)
            position = last.photo_id
        self.position = position
