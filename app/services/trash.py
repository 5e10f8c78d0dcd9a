"""Deleting and undoing it: a photo's objects on their way to the trash and back, one way at a time.

Whoever moves a photo first takes it in the catalog (`Photo.lease_expires_at`), and until then nobody else moves it. So no
deletion's last step can meet an undo's first, which would leave a listed photo without its objects.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from app.domain.errors import (
    EditConflict,
    ObjectNotFound,
    PhotoBusy,
    PhotoNotFound,
    StorageError,
    StorageUnavailable,
)
from app.domain.photo import Photo, PhotoState
from app.services.deadline import extend_deadline
from app.services.photo_objects import PhotoObjects
from app.services.ports import Catalog

log = logging.getLogger(__name__)

RETENTION = timedelta(days=30)
LEASE = timedelta(minutes=4)
LEASE_MARGIN = timedelta(
    minutes=2
)  # for all but a move's last step, which a storage answers or refuses well before HOLD
RELEASE_TIMEOUT = 5.0  # seconds beyond those that anybody waits: who deletes again must not find it taken by nobody


class Trash:
    """Moves photos of one catalog and one shelf."""

    def __init__(
        self, catalog: Catalog, photo_objects: PhotoObjects, now: Callable[[], datetime]
    ) -> None:
        self._catalog = catalog
        self._photo_objects = photo_objects
        self._now = now

    def move_in(self, photo: Photo) -> Photo:
        """Unlist the photo, then move its objects out of the public prefix; finishes what was left half done.

        Raises StorageError, after which the photo is unlisted or as before, and EditConflict.
        """
        if photo.state is PhotoState.TRASHED and (
            photo.lease_expires_at is None or self._is_moving(photo)
        ):
            return photo  # it is there, or on its way
        moving = self._acquire_lease(
            photo, state=PhotoState.TRASHED, expires_at=photo.expires_at or self._seconds(RETENTION)
        )
        resting = moving.next_version(lease_expires_at=None)
        try:
            self._photo_objects.copy_to_trash(resting)
            self._check_lease(moving)
            self._photo_objects.delete_public(resting)
        except BaseException:
            self._release_lease(moving)
            raise
        self._finish_move(moving, resting)
        return resting

    def restore(self, photo: Photo) -> Photo:
        """Copy the objects back, then list the photo again, or to its owner alone where it was hidden.

        What the trash has of it stays there until it expires: to remove it now would have to be waited for.
        Raises Moving while it is being deleted, PhotoNotFound once it has expired, StorageError and EditConflict.
        """
        if photo.state is not PhotoState.TRASHED:
            return photo
        if self._is_moving(photo):
            raise PhotoBusy
        moving = self._acquire_lease(photo)
        state = PhotoState.HIDDEN if moving.hidden_by else PhotoState.PUBLIC
        restored = moving.next_version(state=state, expires_at=None, lease_expires_at=None)
        try:
            self._photo_objects.copy_from_trash(restored)
            self._check_lease(moving)
            self._catalog.update(moving, restored)
        except BaseException as error:
            if not self._reached_version(restored):
                self._undo_restore(moving)
                if isinstance(error, ObjectNotFound):
                    raise PhotoNotFound(photo.photo_id) from error
                raise
        return restored

    def purge(self, photo: Photo) -> None:
        """Remove a trashed photo for good, its record last: whatever breaks off, the next purge finds it again.

        Raises Moving and EditConflict when somebody else is moving it, StorageError.
        """
        if self._is_moving(photo):
            raise PhotoBusy
        moving = self._acquire_lease(photo)
        try:
            self._photo_objects.delete_public(moving)  # of an undo that was broken off
            self._photo_objects.delete_trashed(moving)
            self._check_lease(moving)
            self._catalog.delete(moving)
        except BaseException:
            self._release_lease(moving)
            raise

    def _acquire_lease(self, photo: Photo, **changes: object) -> Photo:
        taken = photo.next_version(lease_expires_at=self._seconds(LEASE), **changes)
        try:
            self._catalog.update(photo, taken)
        except StorageUnavailable:
            if (
                self._catalog.get(photo.photo_id) != taken
            ):  # or else it took effect, and only its answer was lost
                raise
        return taken

    def _is_moving(self, photo: Photo) -> bool:
        return photo.lease_expires_at is not None and self._seconds() < photo.lease_expires_at

    def _check_lease(self, moving: Photo) -> None:
        """Raise StorageUnavailable when so much time has passed that somebody else may soon move the photo."""
        if (
            moving.lease_expires_at is None
            or self._seconds(LEASE - LEASE_MARGIN) > moving.lease_expires_at
        ):
            raise StorageUnavailable("The storage took too long to move the photo.")

    def _finish_move(self, moving: Photo, resting: Photo) -> None:
        try:
            self._catalog.update(moving, resting)
        except (EditConflict, StorageError):
            log.exception(
                "photo %s is where it should be, but held for some minutes", moving.photo_id
            )

    def _release_lease(self, moving: Photo) -> None:
        """Let the next one who tries finish this move."""
        with suppress(EditConflict, StorageError), extend_deadline(RELEASE_TIMEOUT):
            self._catalog.update(moving, moving.next_version(lease_expires_at=self._seconds()))

    def _undo_restore(self, moving: Photo) -> None:
        """Take back what a failed undo has copied: a deleted photo stays deleted."""
        with suppress(StorageError), extend_deadline(RELEASE_TIMEOUT):
            self._photo_objects.delete_public(moving)
            self._release_lease(moving)

    def _reached_version(self, photo: Photo) -> bool:
        return self._catalog.get(photo.photo_id).version >= photo.version

    def _seconds(self, later: timedelta = timedelta()) -> int:
        return int((self._now() + later).timestamp())
