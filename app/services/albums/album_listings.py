"""Read the photos next to a place in an album, without its record.

The pages are those of `OrderedListings`, whose newer photos are the later ones of an album.
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
MAX_ADDED = 300  # photos that `added` returns: their summaries are a third of the page of a Query


class AlbumListings:
    """Reads the listings of the photos of albums."""

    def __init__(self, listings: OrderedListings) -> None:
        self._listings = listings

    def last_photos(self, album_id: str, limit: int, *, before: str | None = None) -> Page:
        """Return the last photos of an album, or those before a position, last first."""
        return self._listings.page(album_listing(album_id), limit, before=before)

    def photo_at(
        self, album_id: str, *, before: str | None = None, after: str | None = None
    ) -> Page:
        """Return a page with one photo, the first one without a cursor.

        `older` of the page leads to the photos before, and is None if it has the first one after
        `before`. `newer` leads to the photos after it, and is None if it has the last one.

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
        """Return a page with one photo, the last one without a cursor.

        `newer` of the page leads to the photos after it. `older` leads to the photos before it, and
        is None if it has the first photo of the album.

        Args:
            album_id: The album.
            before: Return the last photo before this position. It takes precedence.
            after: Return the first photo after this position.
        """
        end = before or (None if after else _END)
        return self._listings.page(album_listing(album_id), 1, before=end, after=after)

    def added(self, album_id: str, limit: int, since: datetime) -> tuple[PhotoSummary, ...]:
        """Return the photos that were added or approved last, newest first.

        The last second may be missing, and so may photos that were added to another album since.
        Raises AlbumNotFound for a text that is no id.

        Args:
            album_id: The album.
            limit: The number of photos that one read finds.
            since: Return more of them if more were added since, with a second read: `MAX_ADDED`.
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
        """Return the photos next to a photo, None if it is not in the album.

        A hidden photo has the neighbors of its place. One in the trash has none.
        """
        entry = entry_in(album_id, photo)
        if entry is None:
            return None
        if photo.state is PhotoState.TRASHED:
            return Neighbors(None, None)
        return self._listings.neighbors(entry)


def entry_in(album_id: str, photo: Photo) -> EntryKey | None:
    """Return the key that the entry of a photo in an album has while the photo is public."""
    membership = photo.membership_in(album_id)
    if membership is None:
        return None
    return membership.entry_key(photo.taken_at or photo.uploaded_at, photo.photo_id)
