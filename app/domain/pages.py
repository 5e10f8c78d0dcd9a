"""Pages of a listing and of a search, and the neighbors of a photo there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from app.domain.listings.entries import PositionRange
from app.domain.photo import Photo
from app.domain.photo_ids import MAX_ID, MIN_ID
from app.domain.photo_summary import PhotoSummary

_EVERY_ID = PositionRange(MIN_ID, MAX_ID)
MAX_RANKED = 100  # photos; those of a longer listing have no rank


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, newest first.

    A cursor is a photo id, or in an ordered listing a position. It is None if there is no page in
    that direction. A neighbor is the id of the next photo in that direction, or an id between it
    and the page, or None if it is unknown.
    """

    summaries: tuple[PhotoSummary, ...]
    older: str | None  # the next page has the photos before this id
    newer: str | None  # the previous page has the photos after this id
    older_neighbor: str | None = None
    newer_neighbor: str | None = None

    def without_expired(self, now: float) -> "Page":
        """Return the page without the photos that expired by `now`, in seconds since 1970."""
        kept = tuple(
            summary
            for summary in self.summaries
            if summary.expires_at is None or summary.expires_at > now
        )
        return replace(self, summaries=kept)


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The records of one page of a listing, newest first.

    Attributes:
        photos: The records, without those of photos that are gone.
        older: The cursor of the next page, None if there is none: see `Page`.
        older_neighbor: The id of the first photo of the next page.
    """

    photos: tuple[Photo, ...]
    older: str | None
    older_neighbor: str | None

    @classmethod
    def of(cls, photo_ids: Sequence[str], photos: Iterable[Photo], limit: int) -> Self:
        """Return the page of the records of the first `limit` ids.

        There is one id more than `limit` if there is a next page.
        """
        if len(photo_ids) <= limit:
            return cls(tuple(photos), None, None)
        return cls(tuple(photos), photo_ids[limit - 1], photo_ids[limit])

    def not_before(self, first_id: str) -> Self:
        """Return the page of a listing that ends with the id `first_id`."""
        photos = tuple(photo for photo in self.photos if photo.photo_id >= first_id)
        has_more = self.older_neighbor is not None and self.older_neighbor >= first_id
        return replace(self, photos=photos, older=self.older if has_more else None)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of matches.

    A search that stopped at its limit gives a partial page: the matches up to a position.
    """

    page: Page
    stopped_at: str | None = None  # the position of a partial page, which its cursor continues from


@dataclass(frozen=True, slots=True)
class Rank:
    """The number of a photo in its listing, from 1, and the number of photos there."""

    number: int
    total: int

    @classmethod
    def of(cls, newer: int, older: int) -> Self | None:
        """Return the rank of a photo, or None if the listing has more than `MAX_RANKED` photos.

        Args:
            newer: The number of newer photos. `MAX_RANKED` if it is larger or unknown.
            older: The number of older photos, likewise.
        """
        total = newer + 1 + older
        return cls(newer + 1, total) if total <= MAX_RANKED else None


@dataclass(frozen=True, slots=True)
class Neighbors:
    """The photos next to a photo of a listing, and its rank if that is known."""

    newer: PhotoSummary | None
    older: PhotoSummary | None
    rank: Rank | None = None

    @classmethod
    def around(cls, photo_id: str, nearest: Sequence[PhotoSummary], rank: Rank | None) -> Self:
        """Return the neighbors of a photo: `nearest` has at most one on each side."""
        newer = next((summary for summary in nearest if summary.photo_id > photo_id), None)
        older = next((summary for summary in nearest if summary.photo_id < photo_id), None)
        return cls(newer, older, rank)


def build_page(
    found: Sequence[PhotoSummary], limit: int, before: str | None, after: str | None
) -> Page:
    """Return the page of the summaries that follow a cursor.

    Args:
        found: The summaries next to the cursor, nearest first: newest first, or oldest first when
            the read was for `after`. It has one summary more than `limit` where there are more.
        limit: The most summaries of the page.
        before: The cursor of a page of older photos.
        after: The cursor of a page of newer photos. `before` takes precedence.

    Returns:
        The page, newest first. An empty page leads back to everything on the cursor's side, the
        cursor's own photo included.
    """
    photo_ids = [summary.photo_id for summary in found]
    return build_page_of(photo_ids, found[:limit], limit, before, after)


def build_page_of(
    positions: Sequence[str],
    summaries: Sequence[PhotoSummary],
    limit: int,
    before: str | None,
    after: str | None,
    within: PositionRange = _EVERY_ID,
) -> Page:
    """Return the page whose cursors are of `positions`, by default photo ids as in `build_page`.

    The summaries are those of the first `limit` positions, without the photos that are gone. All
    positions are `within` a range.
    """
    shown, has_more = positions[:limit], len(positions) > limit
    next_id = positions[limit] if has_more else None
    if before is None and after is not None:
        older, newer = (shown[0], shown[-1] if has_more else None) if shown else (within.last, None)
        newest_first = tuple(reversed(summaries))
        return Page(newest_first, older, newer, older_neighbor=after, newer_neighbor=next_id)
    is_first = before is None
    first, last = (shown[0], shown[-1]) if shown else (within.first, None)
    return Page(
        tuple(summaries),
        older=last if has_more else None,
        newer=None if is_first else first,
        older_neighbor=next_id,
        newer_neighbor=before,
    )


def build_partial_page(
    page: Page, position: str | None, before: str | None, after: str | None
) -> SearchPage:
    """Return the page of a search that stopped, with cursors at the position where it stopped.

    A page of the photos of all years may stop in the same way.

    Args:
        page: The page of the matches up to the position.
        position: A cursor, such as the id of a photo. Only photos beyond it may be further matches.
        before: As in `build_page`.
        after: As in `build_page`.
    """
    if before is None and after is not None:
        older = page.older if page.summaries else position
        shown = replace(page, newer=position, older=older, newer_neighbor=position)
        return SearchPage(shown, position)
    has_newer_photos = page.summaries or not page.newer
    newer = page.newer if has_newer_photos else position
    shown = replace(page, older=position, newer=newer, older_neighbor=position)
    return SearchPage(shown, position)
