"""Read the photos next to a place in an album, without its record.

The pages come from `OrderedListings`. Its "newer" photos are the later photos of the album.
"""

from datetime import datetime

from app.domain.albums.album import added_listing, album_listing
from app.domain.albums.keys import time_key
from app.domain.errors import AlbumNotFound
from app.domain.listings.entries import EntryKey, PositionRange
from app.domain.pages import Neighbors, Page
from app.domain.photo import Photo
from app.domain.photo_ids import is_photo_id
from app.domain.photo_summary import PhotoState, PhotoSummary
from app.services.listings.ordered_listings import OrderedListings

_START = "0"  # before every position
_END = "~"  # after every position
_MAX_AGE = 1.0  # seconds
MAX_ADDED = 300  # photos that `added` returns; their summaries fill a third of a Query page


class AlbumListings:
    """Reads the listings of the photos of albums."""

    def __init__(self, listings: OrderedListings) -> None:
        self._listings = listings

    def last_photos(self, album_id: str, limit: int, *, before: str | None = None) -> Page:
        """Return the last photos of an album, or the photos before a position, last one first."""
        return self._listings.page(album_listing(album_id), limit, before=before)

    def photo_at(
        self, album_id: str, *, before: str | None = None, after: str | None = None
    ) -> Page:
        """Return a page with one photo. Without a cursor, it is the first photo of the album.

        `older` of the page is the cursor of the photos before it. With `before`, it is None if the
        photo is the first one. `newer` is the cursor of the photos after it. It is None if the
        photo is the last one.

        Args:
            album_id: The album.
            before: Return the last photo before this position. It takes precedence.
            after: Return the first photo after this position.
        """
        start = None if before else after or _START
        return self._listings.page(album_listing(album_id), 1, before=before, after=start)

    def last_photo_at(
        self, album_id: str, *, before: str | None = None, after: str | None = None
    ) -> Page:
        """Return a page with one photo. Without a cursor, it is the last photo of the album.

        `newer` of the page is the cursor of the photos after it. `older` is the cursor of the
        photos before it. It is None if the photo is the first one.

        Args:
            album_id: The album.
            before: Return the last photo before this position. It takes precedence.
            after: Return the first photo after this position.
        """
        end = before or (None if after else _END)
        return self._listings.page(album_listing(album_id), 1, before=end, after=after)

    def added(self, album_id: str, limit: int, since: datetime) -> tuple[PhotoSummary, ...]:
        """Return the photos that were added or approved last, newest first.

        Photos of the last second may be missing, and so may photos that were added to another album
        later. Raises AlbumNotFound if `album_id` is not a valid id.

        Args:
            album_id: The album.
            limit: The most photos of the first read.
            since: If more photos were added since this time, a second read returns up to
                `MAX_ADDED` in total.
        """
        if not is_photo_id(album_id):
            raise AlbumNotFound(album_id)
        listing = added_listing(album_id)
        page = self._listings.page(listing, limit, max_age=_MAX_AGE)
        span = PositionRange(time_key(since))
        if page.older is None or page.older < span.first:
            return page.summaries
        most = MAX_ADDED - limit
        more = self._listings.page(listing, most, before=page.older, within=span, max_age=_MAX_AGE)
        return page.summaries + more.summaries

    def neighbors(self, album_id: str, photo: Photo) -> Neighbors | None:
        """Return the neighbors of a photo, or None if it is not in the album.

        A hidden photo has the neighbors of its place. A photo in the trash has none.
        """
        entry = entry_in(album_id, photo)
        if entry is None:
            return None
        if photo.state is PhotoState.TRASHED:
            return Neighbors(None, None)
        return self._listings.neighbors(entry)


def entry_in(album_id: str, photo: Photo) -> EntryKey | None:
    """Return the key of the entry that a photo has in an album while the album shows it."""
    membership = photo.membership_in(album_id)
    if membership is None:
        return None
    return membership.entry_key(photo.taken_at or photo.uploaded_at, photo.photo_id)
