"""Change the albums that a photo is in. The record of the photo lists them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from app.domain.albums.memberships import MAX_ALBUMS, Membership
from app.domain.errors import EditConflict, InvalidText, PhotoBusy, PhotoNotFound
from app.domain.messages import message
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.moves.unlisted_photos import UnlistedPhotos
from app.services.ports import Catalog

_TOO_MANY = message("A photo can be in at most %(most)s albums.").with_values(most=MAX_ALBUMS)
_AWAITING_REVIEW = message("This photo waits for review. Add it to other albums afterward.")
_MAX_ATTEMPTS = 5  # to change a photo that others change at the same time

Memberships = tuple[Membership, ...]


class AlbumPhotos:
    """Changes the memberships of photos, each with its entries in one transaction.

    An unlisted photo becomes private when it is removed from its last open album.
    """

    def __init__(self, catalog: Catalog, unlisted_photos: UnlistedPhotos) -> None:
        self._catalog = catalog
        self._unlisted_photos = unlisted_photos

    def get(self, photo_id: str) -> Photo:
        """Return a photo. Raises PhotoNotFound."""
        return self._catalog.get(photo_id)

    def add(self, photo_id: str, membership: Membership) -> Photo:
        """Add a photo to an album. If the photo is already in the album, change nothing.

        Raises:
            InvalidText: The photo is in too many albums. Or it waits for review in another album,
                and only the host of that album may approve it.
            PhotoNotFound: There is no such photo, or it is in the trash.
            PhotoBusy: The objects of the photo are being moved.
            EditConflict: Other requests changed the photo before every attempt.
        """

        def with_album(photo: Photo) -> Memberships:
            if photo.state is PhotoState.TRASHED:
                raise PhotoNotFound(photo_id)
            if photo.membership_in(membership.album_id):
                return photo.albums
            if photo.awaiting_review and photo.albums:  # without an album, it would wait forever
                raise InvalidText("album", _AWAITING_REVIEW)
            if len(photo.albums) >= MAX_ALBUMS:
                raise InvalidText("album", _TOO_MANY)
            return (*photo.albums, membership)

        return self._change(photo_id, with_album)

    def remove(self, photo_id: str, album_id: str) -> Photo:
        """Remove a photo, even from the trash. Raises the errors of `add`, except InvalidText."""

        def without_album(photo: Photo) -> Memberships:
            return tuple(each for each in photo.albums if each.album_id != album_id)

        return self._change(photo_id, without_album)

    def replace(self, photo_id: str, album_id: str, **changes: Any) -> Photo:
        """Change fields of a photo's membership in an album. Raises the errors of `remove`.

        A photo that is not in the album stays as it is. Each attempt reads the membership again, so
        it keeps the changes that other requests made to other fields.
        """

        def with_changes(photo: Photo) -> Memberships:
            return tuple(
                replace(each, **changes) if each.album_id == album_id else each
                for each in photo.albums
            )

        return self._change(photo_id, with_changes)

    def _change(self, photo_id: str, change: Callable[[Photo], Memberships]) -> Photo:
        for _ in range(_MAX_ATTEMPTS - 1):
            with suppress(EditConflict):
                return self._try(photo_id, change)
        return self._try(photo_id, change)

    def _try(self, photo_id: str, change: Callable[[Photo], Memberships]) -> Photo:
        photo = self._catalog.get(photo_id)
        if photo.lease_expires_at is not None:
            raise PhotoBusy
        return self._unlisted_photos.change_albums(photo, change(photo))
