"""Find out whether a photo is in an open album."""

from collections.abc import Callable
from datetime import datetime

from app.domain.albums.memberships import Membership
from app.domain.errors import AlbumNotFound
from app.domain.photo import Photo
from app.services.albums.catalog import AlbumCatalog


class OpenAlbums:
    """Reads the albums of a photo, at most five, until one of them is open."""

    def __init__(self, albums: AlbumCatalog, now: Callable[[], datetime]) -> None:
        self._albums = albums
        self._now = now

    def are_closed(self, photo: Photo) -> bool:
        """Return whether the photo is unlisted and in no open album. Other photos need no read."""
        return photo.unlisted and not any(map(self._is_open, photo.albums))

    def _is_open(self, membership: Membership) -> bool:
        try:
            return self._albums.get(membership.album_id).is_open(self._now())
        except AlbumNotFound:
            return False
