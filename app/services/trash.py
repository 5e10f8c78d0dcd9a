"""Move photos to the trash, restore them and delete them permanently.

A request takes a lease on a photo (`Photo.lease_expires_at`) before it moves objects. No other
request moves them until the lease expires. Without the lease, the last step of a deletion could
follow the first step of a restore and leave a listed photo without objects.
"""

import logging
import time
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
from app.domain.photo import Photo, PhotoState, Role
from app.services.deadline import extend_deadline
from app.services.photo_objects import PhotoObjects
from app.services.ports import Catalog

log = logging.getLogger(__name__)

RETENTION = timedelta(days=30)
LEASE = timedelta(minutes=4)
# The last step of a move starts at most this long after the lease was taken. The storage completes
# or refuses one call well within the rest of the lease.
LEASE_MARGIN = timedelta(minutes=2)
# Seconds to release a lease after the deadline of the request. A lease that is not released blocks
# the next attempt until it expires.
RELEASE_TIMEOUT = 5.0
_POLLS, _POLL_SECONDS = 8, 0.25


class Trash:
    """Moves photos between the public prefix and the trash."""

    def __init__(
        self, catalog: Catalog, photo_objects: PhotoObjects, now: Callable[[], datetime]
    ) -> None:
        self._catalog = catalog
        self._photo_objects = photo_objects
        self._now = now

    def move_in(self, photo: Photo, by: Role) -> Photo:
        """Remove a photo from all listings but the trash, then move its objects to the trash.

        A move that was interrupted is completed. A photo counts as deleted only when its objects
        have left the public prefix.

        Raises:
            PhotoBusy: Another request is still moving the objects.
            StorageError: The photo is unchanged, or in the trash with a move to complete.
            EditConflict: Another request has changed the photo.
        """
        if photo.state is PhotoState.TRASHED:
            photo = self.wait_while_moving(photo)
        if photo.state is PhotoState.TRASHED and photo.lease_expires_at is None:
            return photo
        expires_at = photo.expires_at or self._timestamp(RETENTION)
        moving = self._acquire_lease(
            photo,
            state=PhotoState.TRASHED,
            trashed_by=photo.trashed_by or by,
            expires_at=expires_at,
        )
        trashed = moving.next_version(lease_expires_at=None)
        try:
            self._photo_objects.copy_to_trash(trashed)
            self._check_lease(moving)
            self._photo_objects.delete_public(trashed)
        except BaseException:
            self._release_lease(moving)
            raise
        self._finish_move(moving, trashed)
        return trashed

    def restore(self, photo: Photo) -> Photo:
        """Copy the objects of a photo back, then list the photo as before its deletion.

        The objects in the trash stay until they expire, so that the request does not wait for
        their deletion.

        Raises:
            PhotoBusy: Another request is moving the photo.
            PhotoNotFound: The objects in the trash have expired.
            StorageError: The photo stays in the trash.
            EditConflict: Another request has changed the photo.
        """
        if photo.state is not PhotoState.TRASHED:
            return photo
        if self._is_moving(photo):
            raise PhotoBusy
        moving = self._acquire_lease(photo)
        state = PhotoState.HIDDEN if moving.hidden_by else PhotoState.PUBLIC
        restored = moving.next_version(
            state=state, trashed_by=None, expires_at=None, lease_expires_at=None
        )
        try:
            self._photo_objects.copy_from_trash(restored)
            self._check_lease(moving)
            self._catalog.update(moving, restored)
        except BaseException as error:
            if self._has_version(restored):  # only the response of the update was lost
                return restored
            self._undo_restore(moving)
            if isinstance(error, ObjectNotFound):
                raise PhotoNotFound(photo.photo_id) from error
            raise
        return restored

    def purge(self, photo: Photo) -> None:
        """Delete a trashed photo permanently.

        The catalog record is deleted last, and the photo expires at once, so that the next purge
        completes this one after a failure.

        Raises:
            PhotoBusy: Another request is moving the photo.
            EditConflict: Another request has changed or restored the photo.
            StorageError: The photo stays in the trash, maybe without some objects.
        """
        if self._is_moving(photo):
            raise PhotoBusy
        if photo.state is not PhotoState.TRASHED:
            raise EditConflict(photo.photo_id)
        now = self._timestamp()
        moving = self._acquire_lease(photo, expires_at=min(photo.expires_at or now, now))
        try:
            self._photo_objects.delete_public(moving)  # copies of an interrupted restore
            self._photo_objects.delete_trashed(moving)
            self._check_lease(moving)
            self._catalog.delete(moving)
        except BaseException:
            self._release_lease(moving)
            raise

    def wait_while_moving(self, photo: Photo) -> Photo:
        """Wait some seconds for another request to move the objects, and return the new record.

        The second request of a double click then finds the photo deleted.

        Raises:
            PhotoBusy: The other request takes longer.
            PhotoNotFound: The other request has deleted the photo permanently.
        """
        for _ in range(_POLLS):
            if not self._is_moving(photo):
                return photo
            time.sleep(_POLL_SECONDS)
            photo = self._catalog.get(photo.photo_id)
        raise PhotoBusy

    def is_interrupted(self, photo: Photo) -> bool:
        """Return whether the request that moved the objects of a trashed photo has ended early."""
        has_lease = photo.state is PhotoState.TRASHED and photo.lease_expires_at is not None
        return has_lease and not self._is_moving(photo)

    def _acquire_lease(self, photo: Photo, **changes: object) -> Photo:
        leased = photo.next_version(lease_expires_at=self._timestamp(LEASE), **changes)
        try:
            self._catalog.update(photo, leased)
        except StorageUnavailable:
            # If the catalog has the lease, only the response was lost.
            if self._catalog.get(photo.photo_id) != leased:
                raise
        return leased

    def _is_moving(self, photo: Photo) -> bool:
        return photo.lease_expires_at is not None and self._timestamp() < photo.lease_expires_at

    def _check_lease(self, moving: Photo) -> None:
        """Raise StorageUnavailable if the rest of the lease is too short for the last step."""
        needed_until = self._timestamp(LEASE - LEASE_MARGIN)
        if moving.lease_expires_at is None or moving.lease_expires_at < needed_until:
            raise StorageUnavailable("The storage took too long to move the photo.")

    def _finish_move(self, moving: Photo, trashed: Photo) -> None:
        try:
            self._catalog.update(moving, trashed)
        except (EditConflict, StorageError):
            log.exception(
                "photo %s is in the trash, but its lease stays until it expires", moving.photo_id
            )

    def _release_lease(self, moving: Photo) -> None:
        """Expire the lease now, so that the next attempt can complete the move."""
        released = moving.next_version(lease_expires_at=self._timestamp())
        with suppress(EditConflict, StorageError), extend_deadline(RELEASE_TIMEOUT):
            self._catalog.update(moving, released)

    def _undo_restore(self, moving: Photo) -> None:
        """Delete the public copies of a failed restore, so that a deleted photo stays deleted."""
        with suppress(StorageError), extend_deadline(RELEASE_TIMEOUT):
            self._photo_objects.delete_public(moving)
            self._release_lease(moving)

    def _has_version(self, photo: Photo) -> bool:
        """Return whether the catalog has this version of the restored photo, or a later one."""
        with suppress(PhotoNotFound):
            current = self._catalog.get(photo.photo_id)
            return current.version >= photo.version and current.state is not PhotoState.TRASHED
        return False

    def _timestamp(self, offset: timedelta = timedelta()) -> int:
        """Return the time `offset` from now, in seconds since 1970."""
        return int((self._now() + offset).timestamp())
