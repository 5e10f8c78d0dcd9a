"""Repair photos without a record, and sidecars.

Objects are copied before they are deleted, so a crash at any point loses nothing.
"""

from collections.abc import Collection
from datetime import UTC, datetime

from app.domain import object_keys
from app.domain.errors import AlreadyPublished, EditConflict
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.usage import expiry_of
from app.maintenance.snapshot import find_or_none
from app.services.photo_objects import PhotoObjects
from app.services.ports import Backend


class TrashRepair:
    """Moves photos without a record to the trash, and writes sidecars."""

    def __init__(self, backend: Backend, photo_objects: PhotoObjects) -> None:
        self._objects = backend.objects
        self._catalog = backend.catalog
        self._photo_objects = photo_objects

    def trash_orphan(self, photo: Photo, present: Collection[str]) -> None:
        """Move a photo without a record to the trash.

        If all of its objects exist, it also gets a record, so that it can be restored.

        Args:
            photo: The photo in its latest sidecar.
            present: The keys of all existing objects of the photo.

        Raises:
            AlreadyPublished: The catalog has a record of the photo.
        """
        expires_at = expiry_of(datetime.now(UTC))
        trashed = photo.next_version(
            state=PhotoState.TRASHED, expires_at=expires_at, lease_expires_at=None
        )
        self._photo_objects.copy(PhotoState, trashed, skip_missing=True)
        if all(_has_object(present, key) for key in photo.object_keys):
            self._catalog.import_photo(trashed)
        elif find_or_none(self._catalog, photo.photo_id):
            raise AlreadyPublished(photo.photo_id)
        outside_trash = [key for key in present if not key.startswith(object_keys.TRASH_PREFIX)]
        self._objects.delete(sorted(outside_trash))

    def rewrite_sidecar(self, photo: Photo) -> None:
        """Write the sidecar. Write it again if the photo changes in the meantime."""
        while True:
            self._photo_objects.put_sidecar(photo)
            current = find_or_none(self._catalog, photo.photo_id)
            if current is None or current == photo:
                return
            if current.sidecar_key != photo.sidecar_key:
                raise EditConflict(photo.photo_id)
            photo = current


def _has_object(present: Collection[str], key: str) -> bool:
    prefixes = object_keys.PHOTO_PREFIXES
    return any(object_keys.moved(key, prefix) in present for prefix in prefixes)
