"""Keep the places of photos in albums that are ordered by hand when their dates change.

The key of a photo that was never moved is its date: see `app.domain.albums.keys`.
"""

from collections.abc import Iterator
from dataclasses import replace

from app.domain.albums.album import AlbumOrder
from app.domain.albums.keys import time_key
from app.domain.albums.memberships import Membership
from app.domain.errors import AlbumNotFound
from app.domain.photo import Photo
from app.services.albums.catalog import AlbumCatalog


class AlbumPlaces:
    """Reads the albums of a photo, at most five, when its date changes."""

    def __init__(self, albums: AlbumCatalog) -> None:
        self._albums = albums

    def kept(self, before: Photo, after: Photo) -> Photo:
        """Return the next version of a photo, with its old places in albums ordered by hand.

        Args:
            before: The photo as it is stored.
            after: The same photo with another date.
        """
        if time_key(before.dated_at) == time_key(after.dated_at):
            return after
        return replace(after, albums=tuple(self._memberships(before)))

    def _memberships(self, photo: Photo) -> Iterator[Membership]:
        for membership in photo.albums:
            if membership.key is None and self._is_by_hand(membership.album_id):
                yield replace(membership, key=time_key(photo.dated_at))
            else:
                yield membership

    def _is_by_hand(self, album_id: str) -> bool:
        try:
            return self._albums.get(album_id).order is AlbumOrder.MANUAL
        except AlbumNotFound:
            return False
