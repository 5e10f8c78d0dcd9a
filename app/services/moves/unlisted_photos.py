"""Keep the objects of unlisted photos public only while an open album has the photo.

An unlisted photo in no open album is private: its owner, the admin and the owners of its albums see
it, and its objects have a private prefix. When an open album has it again, its objects get secret
names.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from app.domain.albums.memberships import Membership
from app.domain.errors import EditConflict
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.albums.open_albums import OpenAlbums
from app.services.leases import Leases
from app.services.moves.object_moves import ObjectMoves
from app.services.photo_objects import PhotoObjects
from app.services.ports import Backend
from app.services.record_writer import RecordWriter

_MAX_ATTEMPTS = 5  # to change a photo that others change at the same time


class UnlistedPhotos:
    """Lets the state of photos follow the links of their albums."""

    def __init__(
        self, backend: Backend, photo_objects: PhotoObjects, now: Callable[[], datetime]
    ) -> None:
        self._catalog = backend.catalog
        self._records = RecordWriter(backend.catalog, photo_objects)
        self._leases = Leases(backend.catalog, now)
        self._open_albums = OpenAlbums(backend.albums, now)
        self._objects = ObjectMoves(backend.catalog, photo_objects, self._leases, self._open_albums)

    def settle(self, photo_id: str) -> Photo:
        """Let a photo follow its albums. A photo that does so already stays as it is.

        Raises:
            PhotoNotFound: There is no such photo.
            PhotoBusy: The objects of the photo are being moved.
            StorageError: The photo is unchanged, or private with a move to complete.
            EditConflict: Other requests changed the photo before every attempt.
        """
        for _ in range(_MAX_ATTEMPTS - 1):
            with suppress(EditConflict):
                return self._settle(photo_id)
        return self._settle(photo_id)

    def change_albums(self, photo: Photo, albums: tuple[Membership, ...]) -> Photo:
        """Change the memberships of a photo, and its state with them.

        No request may be moving its objects. Raises as `settle`, but tries once.
        """
        if _ids_of(albums) == _ids_of(photo.albums) or not _follows_albums(photo):
            return self._records.change(photo, albums=albums)
        return self._follow(photo, albums)

    def _settle(self, photo_id: str) -> Photo:
        photo = self._catalog.get(photo_id)
        if _follows_albums(photo):
            photo = self._leases.wait(photo)
        if not _follows_albums(photo):  # maybe since another request has hidden it
            return photo
        if photo.lease_expires_at is not None:  # the request that moved the objects ended early
            photo = self._objects.move(self._leases.acquire(photo), PhotoState)
        return self._follow(photo, photo.albums)

    def _follow(self, photo: Photo, albums: tuple[Membership, ...]) -> Photo:
        changed = self._change(photo, albums)
        is_same = changed.version == photo.version
        return changed if is_same else self._objects.follow_albums(changed)

    def _change(self, photo: Photo, albums: tuple[Membership, ...]) -> Photo:
        closed = self._open_albums.are_closed(replace(photo, albums=albums))
        if closed == (photo.state is PhotoState.PRIVATE):
            return self._records.change(photo, albums=albums, closed=closed)
        if closed:
            return self._objects.take_off(photo, PhotoState.PRIVATE, albums=albums, closed=True)
        return self._objects.show(photo, albums=albums, closed=False)


def _follows_albums(photo: Photo) -> bool:
    """Return whether the albums of a photo decide about its state now."""
    return photo.unlisted and photo.state.is_in_albums


def _ids_of(albums: tuple[Membership, ...]) -> frozenset[str]:
    return frozenset(membership.album_id for membership in albums)
