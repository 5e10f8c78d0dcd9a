"""An album as the listing from which a photo was opened: `in=album:<album_id>`.

For pages that know listings as newest first, the photos before a photo of the album are the newer
ones, and those after it the older ones.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from flask import url_for

from app.domain.albums.album import Album, album_listing
from app.domain.albums.keys import is_position
from app.domain.errors import AlbumClosed, AlbumNotFound
from app.domain.listings.entries import EntryKey
from app.domain.pages import Neighbors, Page
from app.domain.photo import Photo
from app.domain.photo_ids import next_id, previous_id
from app.domain.photo_summary import PhotoSummary
from app.services.albums.album_listings import entry_in
from app.services.downloads.download_service import PhotoPart
from app.web.auth.album_access import get_open
from app.web.auth.photo_access import get_visible_in
from app.web.context import album_listings, album_service, download_service
from app.web.pagination import PAGE_SIZE, cursors


@dataclass(frozen=True, slots=True)
class AlbumSource:
    """The public, unlisted and private photos of an album, in its order."""

    album: Album
    is_newest_first = False

    @classmethod
    def of(cls, album_id: str) -> Self | None:
        """Return the listing with one read, or None if the visitor may open no such album."""
        with suppress(AlbumNotFound, AlbumClosed):
            return cls(get_open(album_id))
        return None

    @property
    def value(self) -> str:
        """The value of the parameter `in`."""
        return album_listing(self.album.album_id)

    @property
    def title(self) -> str:
        """The title of the album."""
        return self.album.title

    @staticmethod
    def is_cursor(text: str) -> bool:
        """Return whether the text may be a position in the album."""
        return is_position(text)

    def cursor_at(self, _summary: PhotoSummary) -> None:
        """Return None: the position of a photo is in its record."""

    def photos(self, before: str | None) -> PhotoPart:
        """Read the entries, which have summaries, then the records."""

        def read(limit: int, cursor: str | None) -> Page:
            page = album_service().page(self.album.album_id, limit, after=cursor)
            return Page(page.summaries, older=page.next, newer=None)

        return download_service().of_summaries(read, self.has, before, self._cursor_of)

    def has(self, photo: Photo) -> bool:
        """Return whether the album shows the photo."""
        is_member = photo.membership_in(self.album.album_id) is not None
        return is_member and photo.state.is_in_albums

    def _cursor_of(self, photo: Photo) -> str:
        entry = entry_in(self.album.album_id, photo)
        return entry.position if entry else ""

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Read the photo after the position `before`, or the one before the position `after`."""
        previous = None if before else after
        found = album_listings().photo_at(self.album.album_id, before=previous, after=before)
        if not found.summaries:
            return Page((), older=None, newer=None)
        return Page(found.summaries, older=found.newer, newer=found.older or found.newer)

    def page(self) -> Page:
        """Read the photos after the position `before`, or those before the position `after`."""
        before, after = cursors(self.is_cursor)
        previous = None if before else after
        found = album_service().page(self.album.album_id, PAGE_SIZE, before=previous, after=before)
        return Page(found.summaries, older=found.next, newer=found.previous)

    def find(self, photo_id: str) -> tuple[Photo, Neighbors] | None:
        """Read the photo, then its neighbors. Raises PhotoNotFound."""
        photo = get_visible_in(self.album.album_id, photo_id)
        found = album_listings().neighbors(self.album.album_id, photo)
        return (photo, Neighbors(found.older, found.newer)) if found else None

    def page_ending_with(self, photo: Photo, neighbors: Neighbors) -> dict[str, Any]:
        """Return the cursor of the page that ends with a photo. The first page has none."""
        return {"before": self._position(photo, next_id(photo.photo_id))} if neighbors.newer else {}

    def cursor_before(self, photo: Photo, neighbors: Neighbors) -> str | None:
        """Return the cursor of the page that begins with a photo. The first page has none."""
        return self._position(photo, previous_id(photo.photo_id)) if neighbors.newer else None

    def url(self, **parameters: Any) -> str:
        """Return the path of the album."""
        return url_for("albums.show", album_id=self.album.album_id, **parameters)

    def _position(self, photo: Photo, photo_id: str) -> str | None:
        """Return the position that another photo would have beside a photo of the album."""
        entry = entry_in(self.album.album_id, photo)
        if entry is None:
            return None
        key = entry.position.rpartition("-")[0]
        return EntryKey.ordered(entry.listing, key, photo_id).position
