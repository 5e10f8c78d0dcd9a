"""Change the record of a photo, and then its sidecar.

The catalog has the authoritative record. The sidecar in the object store is updated after it.
"""

import logging
from dataclasses import replace
from typing import Any

from app.domain.errors import EditConflict, StorageError, StorageUnavailable
from app.domain.photo import Photo
from app.services.photo_objects import PhotoObjects
from app.services.ports import Catalog

log = logging.getLogger(__name__)


class RecordWriter:
    """Changes records, each in one catalog transaction."""

    def __init__(self, catalog: Catalog, photo_objects: PhotoObjects) -> None:
        self._catalog = catalog
        self._photo_objects = photo_objects

    def change(self, photo: Photo, **changes: Any) -> Photo:
        """Change fields of a photo, if they differ.

        Raises:
            EditConflict: Another request has changed the photo.
        """
        if replace(photo, **changes) == photo:
            return photo
        return self.replace(photo, photo.next_version(**changes))

    def replace(self, before: Photo, after: Photo) -> Photo:
        """Replace the previous version with `after`; a repeated change has no effect.

        Raises:
            EditConflict: Another request has changed the photo.
        """
        previous = replace(before, version=after.version - 1)
        try:
            self._catalog.update(previous, after)
        except (EditConflict, StorageUnavailable):
            # If the catalog has `after`, the form was sent twice or only the response was lost.
            if self._catalog.get(after.photo_id) != after:
                raise
        self._write_sidecar(after)
        return after

    def _write_sidecar(self, photo: Photo) -> None:
        """Update the sidecar; a failure is only logged because a repair can update it later."""
        try:
            self._photo_objects.put_sidecar(photo)
        except StorageError:
            log.exception(
                "the sidecar of photo %s is out of date; run the repair command", photo.photo_id
            )
