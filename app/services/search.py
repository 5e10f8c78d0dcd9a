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

MAX_READS = 24  # listing reads of one page
CHUNK = 60  # summaries in the first read of a listing
MAX_CHUNK = 240  # each later read of a listing is twice as large, up to this size


class ListingReader(Protocol):
    """Function that reads a part of one listing: `Catalog.page`."""

    def __call__(
        self, listing: str, limit: int, *, before: str | None = None, after: str | None = None
    ) -> Page:
        """Return at most `limit` summaries, newest first."""


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
    """Return one page of the photos that have every term of `query`.

    Args:
        read: Reads the listings, at most `MAX_READS` times.
        query: The search; one without terms finds nothing.
        limit: The most photos of the page.
        before: The cursor of a page of older photos.
        after: The cursor of a page of newer photos. `before` takes precedence.
    """
    if not query.terms:
        return SearchPage(Page((), None, None))
    direction = _Direction(read, forward=before is None and after is not None)
    join = _LeapfrogJoin(direction, query.terms, before or after)
    join.find(limit + 1)  # one more than the page shows whether there are more
    page = build_page(join.matches, limit, before, after)
    if len(join.matches) > limit or join.exhausted:
        return SearchPage(page)
    partial_page = _with_partial_cursors(page, join.position, forward=direction.forward)
    return SearchPage(partial_page, join.position)


def _with_partial_cursors(page: Page, position: str | None, *, forward: bool) -> Page:
    """Return the partial page with cursors at the position where its search stopped.

    `build_page` takes too few matches for the end of the listing.
    """
    if forward:
        older = page.older if page.summaries else position
        return replace(page, older=older, newer=position)
    is_first = page.newer is None
    newer = page.newer if page.summaries or is_first else position
    return replace(page, older=position, newer=newer)


class _Direction:
    """Read and compare in one direction of the photo ids, and count the reads that are left.

    A position is the last photo id that is already decided; None is the start of the listings.
    """

    def __init__(self, read: ListingReader, *, forward: bool) -> None:
        self._read = read
        self.forward = forward
        self.reads_left = MAX_READS

    def read(
        self, listing: str, position: str | None, limit: int
    ) -> tuple[Sequence[PhotoSummary], bool]:
        """Return the next summaries beyond `position`, nearest first, and whether more follow."""
        self.reads_left -= 1
        if self.forward:
            page = self._read(listing, limit, after=position)
            return page.summaries[::-1], page.newer is not None
        page = self._read(listing, limit, before=position)
        return page.summaries, page.older is not None

    def is_beyond(self, summary: PhotoSummary, position: str | None) -> bool:
        """Return whether `summary` comes after `position` in this direction."""
        if position is None:
            return True
        if self.forward:
            return summary.photo_id > position
        return summary.photo_id < position

    def nearest(self, summaries: Sequence[PhotoSummary]) -> PhotoSummary | None:
        """Return the summary that comes first in this direction, or None if there are none."""
        nearest_of = min if self.forward else max
        return nearest_of(summaries, key=lambda summary: summary.photo_id, default=None)

    def position_before(self, summary: PhotoSummary) -> str:
        """Return the position directly before `summary`."""
        if self.forward:
            return photo_ids.previous_id(summary.photo_id)
        return photo_ids.next_id(summary.photo_id)


class _ListingCursor:
    """A cursor on one listing that reads a chunk of summaries at a time."""

    def __init__(self, direction: _Direction, listing: str) -> None:
        self._direction = direction
        self._listing = listing
        self._buffer: deque[PhotoSummary] = deque()
        self._chunk = CHUNK
        self._exhausted = False

    def seek(self, position: str | None) -> PhotoSummary | None:
        """Return the first summary beyond `position`, or None; reads the listing at most once."""
        while self._buffer and not self._direction.is_beyond(self._buffer[0], position):
            self._buffer.popleft()
        if not self._buffer and not self._exhausted:
            self._read_chunk(position)
        return self._buffer[0] if self._buffer else None

    def _read_chunk(self, position: str | None) -> None:
        summaries, has_more = self._direction.read(self._listing, position, self._chunk)
        self._buffer.extend(summaries)
        self._exhausted = not has_more
        self._chunk = min(2 * self._chunk, MAX_CHUNK)


class _TermCursor:
    """A cursor on the union of the listings of one term and its alternative."""

    def __init__(self, direction: _Direction, alternatives: Sequence[str]) -> None:
        self._direction = direction
        self._cursors = [
            _ListingCursor(direction, object_keys.term_listing(term)) for term in alternatives
        ]

    def seek(self, position: str | None) -> PhotoSummary | None:
        """Return the first summary beyond `position`, or None; reads each listing at most once."""
        candidates = [cursor.seek(position) for cursor in self._cursors]
        found = [summary for summary in candidates if summary is not None]
        return self._direction.nearest(found)


class _LeapfrogJoin:
    """The intersection of all terms: `matches` holds every match up to `position`.

    `exhausted` is true once a term has no photo beyond `position`, so that no match can follow.
    """

    def __init__(
        self, direction: _Direction, terms: Sequence[Sequence[str]], position: str | None
    ) -> None:
        self._direction = direction
        self._cursors = [_TermCursor(direction, alternatives) for alternatives in terms]
        self._max_reads_per_step = sum(len(alternatives) for alternatives in terms)
        self.position = position
        self.matches: list[PhotoSummary] = []
        self.exhausted = False

    def find(self, count: int) -> None:
        """Search until there are `count` matches, no more photos, or too few reads for a step."""
        while len(self.matches) < count and not self.exhausted:
            if self._direction.reads_left < self._max_reads_per_step:
                return
            self._step()

    def _step(self) -> None:
        """Move every term beyond the position, each at least as far as the term before it."""
        position = self.position
        stops: list[PhotoSummary] = []
        for cursor in self._cursors:
            summary = cursor.seek(position)
            if summary is None:
                self.exhausted = True
                return
            stops.append(summary)
            position = self._direction.position_before(summary)
        first, last = stops[0], stops[-1]
        if first.photo_id == last.photo_id:
            self.matches.append(last)
            position = last.photo_id
        self.position = position
