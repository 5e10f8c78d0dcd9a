"""Replace the images of a photo by those of the next revision.

Objects are immutable, so other images get other keys. The record names the objects that are not
used yet, or not any more. If the request is interrupted, `PhotoMoves.complete` deletes them.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from app.domain.errors import StorageError, StorageUnavailable
from app.domain.photo import Photo
from app.services.leases import Leases
from app.services.photo_objects import PhotoObjects
from app.services.ports import Catalog

log = logging.getLogger(__name__)


class ImageRevisions:
    """Replaces the images of photos, each under a lease."""

    def __init__(self, catalog: Catalog, photo_objects: PhotoObjects, leases: Leases) -> None:
        self._catalog = catalog
        self._photo_objects = photo_objects
        self._leases = leases

    def replace(self, photo: Photo, revised: Photo, store: Callable[[Photo], None]) -> Photo:
        """Store the images, change the record, then delete the earlier images.

        Args:
            photo: The photo as the catalog has it.
            revised: Its next version with the next revision. Other fields may have changed, too.
            store: Stores the images of the revised photo.

        Raises:
            EditConflict: Another request has changed the photo.
            StorageError: The photo is unchanged.
        """
        leased = self._leases.acquire(photo, unused_objects=revised.object_names)
        switched = replace(
            revised,
            version=leased.version + 1,
            lease_expires_at=leased.lease_expires_at,
            unused_objects=photo.object_names,
        )
        try:
            store(switched)
            self._leases.check(leased)
            self._switch(leased, switched)
        except BaseException:
            self._leases.release(leased)
            raise
        return self._finish(switched)

    def _switch(self, leased: Photo, switched: Photo) -> None:
        try:
            self._catalog.update(leased, switched)
        except StorageUnavailable:
            # If the catalog has the revised photo, only the response was lost.
            if self._catalog.get(leased.photo_id) != switched:
                raise

    def _finish(self, switched: Photo) -> Photo:
        """Delete the earlier images. After a failure, a background task deletes them."""
        finished = switched.next_version(lease_expires_at=None, unused_objects=())
        try:
            self._photo_objects.put_sidecar(finished)
            self._photo_objects.delete_outside(switched)
        except StorageError:
            log.exception("the earlier images of photo %s are deleted later", switched.photo_id)
            self._leases.release(switched)
            return switched
        self._leases.end(switched, finished)
        return finished
