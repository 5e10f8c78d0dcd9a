"""Leases on photos: a request takes one before it moves the objects of a photo.

Until the lease expires, no other request moves them. Without the lease, the last step of a deletion
could follow the first step of a restore and leave a listed photo without objects.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from app.domain.errors import EditConflict, PhotoBusy, StorageError, StorageUnavailable
from app.domain.photo import Photo
from app.services.deadline import extend_deadline
from app.services.ports import Catalog

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=4)
# The last step of a move starts at most this long after the lease was taken. The storage completes
# or refuses one call well within the rest of the lease.
LEASE_MARGIN = timedelta(minutes=2)
# Seconds to release a lease after the deadline of the request. A lease that is not released blocks
# the next attempt until it expires.
RELEASE_TIMEOUT = 5.0
_POLLS, _POLL_SECONDS = 8, 0.25


class Leases:
    """Takes and ends leases in one catalog."""

    def __init__(self, catalog: Catalog, now: Callable[[], datetime]) -> None:
        self._catalog = catalog
        self._now = now

    def acquire(self, photo: Photo, **changes: object) -> Photo:
        """Change the record and take a lease on the photo, in one transaction.

        Raises:
            EditConflict: Another request has changed the photo.
            StorageError: The photo is unchanged, or has a lease that expires.
        """
        leased = photo.next_version(lease_expires_at=self._timestamp(LEASE), **changes)
        try:
            self._catalog.update(photo, leased)
        except StorageUnavailable:
            # If the catalog has the lease, only the response was lost.
            if self._catalog.get(photo.photo_id) != leased:
                raise
        return leased

    def is_held(self, photo: Photo) -> bool:
        """Return whether a request may be moving the objects of the photo."""
        return photo.lease_expires_at is not None and self._timestamp() < photo.lease_expires_at

    def is_interrupted(self, photo: Photo) -> bool:
        """Return whether the request that moved the objects of the photo has ended early."""
        return photo.lease_expires_at is not None and not self.is_held(photo)

    def wait(self, photo: Photo) -> Photo:
        """Wait some seconds for another request to move the objects. Return the current record.

        The second request of a double click then finds the photo moved.

        Raises:
            PhotoBusy: The other request is still moving the objects.
            PhotoNotFound: The other request has deleted the photo permanently.
        """
        for _ in range(_POLLS):
            if not self.is_held(photo):
                return photo
            time.sleep(_POLL_SECONDS)
            photo = self._catalog.get(photo.photo_id)
        raise PhotoBusy

    def check(self, leased: Photo) -> None:
        """Raise StorageUnavailable if the rest of the lease is too short for the last step."""
        needed_until = self._timestamp(LEASE - LEASE_MARGIN)
        if leased.lease_expires_at is None or leased.lease_expires_at < needed_until:
            raise StorageUnavailable("The storage took too long to move the photo.")

    def end(self, leased: Photo, moved: Photo) -> None:
        """Replace the record by the one without the lease; log a failure."""
        try:
            self._catalog.update(leased, moved)
        except (EditConflict, StorageError):
            log.exception(
                "the objects of photo %s are moved, but its lease stays until it expires",
                leased.photo_id,
            )

    def release(self, leased: Photo) -> None:
        """Expire the lease now, so that the next attempt can complete the move."""
        released = leased.next_version(lease_expires_at=self._timestamp())
        with suppress(EditConflict, StorageError), extend_deadline(RELEASE_TIMEOUT):
            self._catalog.update(leased, released)

    def _timestamp(self, offset: timedelta = timedelta()) -> int:
        """Return the time `offset` from now, in seconds since 1970."""
        return int((self._now() + offset).timestamp())
