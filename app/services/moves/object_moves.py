"""Move the objects of a photo to the prefix of another state, and change its record."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from app.domain import moderation
from app.domain.errors import ObjectNotFound, PhotoNotFound, StorageError
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.albums.open_albums import OpenAlbums
from app.services.deadline import extend_deadline
from app.services.leases import RELEASE_TIMEOUT, Leases
from app.services.photo_objects import PhotoObjects
from app.services.ports import Catalog
from app.services.record_writer import RecordWriter

# Outside the trash.
_PRIVATE = {PhotoState.PENDING, PhotoState.HIDDEN, PhotoState.PRIVATE}


class ObjectMoves:
    """Moves objects between the prefixes of the states, each time under a lease."""

    def __init__(
        self,
        catalog: Catalog,
        photo_objects: PhotoObjects,
        leases: Leases,
        open_albums: OpenAlbums,
    ) -> None:
        self._catalog = catalog
        self._photo_objects = photo_objects
        self._records = RecordWriter(catalog, photo_objects)
        self._leases = leases
        self._open_albums = open_albums

    def take_off(self, photo: Photo, state: PhotoState, **changes: object) -> Photo:
        """Change the record first, so that no page shows the photo, then move the objects."""
        if photo.state is state:
            return self._records.change(photo, **changes)
        moving = self._leases.acquire(photo, state=state, **changes)
        return self.move(moving, _sources(photo.state))

    def bring_back(self, photo: Photo, **changes: Any) -> Photo:
        """Copy the objects first, then change the record, which lists the photo.

        An unlisted photo becomes private if no album that has it is open.

        Where the photo is or was hidden or pending, the objects outside its new prefix and the
        trash are deleted in between. After the lease, a request that hides the photo again could
        have stored them again.
        """
        closed = self._open_albums.are_closed(replace(photo, **changes))
        moving = self._leases.acquire(photo)
        next_version = moving.next_version(lease_expires_at=None, closed=closed, **changes)
        back = moderation.outside_trash(next_version)
        try:
            self._photo_objects.copy(_sources(moving.state), back)
            self._leases.check(moving)
            if _PRIVATE & {moving.state, back.state}:
                self._photo_objects.delete_outside(back)
            self._catalog.update(moving, back)
        except BaseException as error:
            if self._is_back(moving, back):  # only the response of the update was lost
                return back
            self._undo(moving)
            if isinstance(error, ObjectNotFound) and moving.state is PhotoState.TRASHED:
                raise PhotoNotFound(photo.photo_id) from error
            raise
        return back

    def move(self, moving: Photo, sources: Iterable[PhotoState]) -> Photo:
        """Move the objects from `sources` to the prefix of the photo's state, and end the lease.

        A lost object is skipped, since the others must leave the public prefix in any case.
        """
        moved = moving.next_version(lease_expires_at=None, unused_objects=())
        try:
            lost = self._photo_objects.copy(sources, moved, skip_missing=True)
            self._leases.check(moving)
            self._photo_objects.delete_outside(moving, lost)
        except BaseException:
            self._leases.release(moving)
            raise
        self._leases.end(moving, moved)
        return moved

    def _undo(self, moving: Photo) -> None:
        """Move the objects back after a failure, so that the photo stays hidden or deleted.

        If this fails too, the move is completed later.
        """
        with suppress(StorageError), extend_deadline(RELEASE_TIMEOUT):
            self.move(moving, PhotoState)

    def _is_back(self, moving: Photo, back: Photo) -> bool:
        """Return whether the catalog has the version `back`, or a later one in another state."""
        with suppress(PhotoNotFound):
            current = self._catalog.get(back.photo_id)
            return current.version >= back.version and current.state is not moving.state
        return False


def _sources(state: PhotoState) -> tuple[PhotoState, ...]:
    """Return every state, in the order in which to look for the objects of a photo in `state`.

    Version 0.1.0-rc.1 left the objects of hidden photos in the public prefix.
    """
    return (state, *(other for other in PhotoState if other is not state))
