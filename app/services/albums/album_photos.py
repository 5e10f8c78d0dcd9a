"""Change the albums that a photo is in. The record of the photo names them."""

from collections.abc import Callable
from contextlib import suppress

from app.domain.albums.memberships import MAX_ALBUMS, Membership
from app.domain.errors import EditConflict, InvalidText, PhotoBusy
from app.domain.messages import message
from app.domain.photo import Photo
from app.services.ports import Catalog
from app.services.record_writer import RecordWriter

_TOO_MANY = message("A photo can be in at most %(most)s albums.").with_values(most=MAX_ALBUMS)
_MAX_ATTEMPTS = 5  # to change a photo that others change at the same time

Memberships = tuple[Membership, ...]


class AlbumPhotos:
    """Changes the memberships of photos, each with its entries in one transaction."""

    def __init__(self, catalog: Catalog, records: RecordWriter) -> None:
        self._catalog = catalog
        self._records = records

    def get(self, photo_id: str) -> Photo:
        """Return a photo. Raises PhotoNotFound."""
        return self._catalog.get(photo_id)

    def add(self, photo_id: str, membership: Membership) -> Photo:
        """Add a photo to an album. A photo that is in the album stays as it is.

        Raises:
            InvalidText: The photo is in too many albums.
            PhotoNotFound: There is no such photo, or it is in the trash.
            PhotoBusy: The objects of the photo are being moved.
            EditConflict: Other requests changed the photo before every attempt.
        """

        def with_album(memberships: Memberships) -> Memberships:
            if any(each.album_id == membership.album_id for each in memberships):
                return memberships
            if len(memberships) >= MAX_ALBUMS:
                raise InvalidText("album", _TOO_MANY)
            return (*memberships, membership)

        return self._change(photo_id, with_album)

    def remove(self, photo_id: str, album_id: str) -> Photo:
        """Remove a photo from an album. Raises as `add`, except InvalidText."""

        def without_album(memberships: Memberships) -> Memberships:
            return tuple(each for each in memberships if each.album_id != album_id)

        return self._change(photo_id, without_album)

    def replace(self, photo_id: str, membership: Membership) -> Photo:
        """Change how a photo is in an album, if it is in it. Raises as `remove`."""

        def with_changes(memberships: Memberships) -> Memberships:
            return tuple(
                membership if each.album_id == membership.album_id else each for each in memberships
            )

        return self._change(photo_id, with_changes)

    def _change(self, photo_id: str, change: Callable[[Memberships], Memberships]) -> Photo:
        for _ in range(_MAX_ATTEMPTS - 1):
            with suppress(EditConflict):
                return self._try(photo_id, change)
        return self._try(photo_id, change)

    def _try(self, photo_id: str, change: Callable[[Memberships], Memberships]) -> Photo:
        photo = self._catalog.get(photo_id)
        if photo.lease_expires_at is not None:
            raise PhotoBusy
        return self._records.change(photo, albums=change(photo.albums))
