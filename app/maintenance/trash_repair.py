"""Move objects to and from the trash during a repair.

Objects are copied before they are deleted, so a crash at any point loses nothing.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from app.domain import object_keys
from app.domain.errors import AlreadyPublished, EditConflict
from app.domain.photo import Photo, PhotoState
from app.maintenance.sidecars import sidecar_key
from app.maintenance.snapshot import find_or_none
from app.services.photo_objects import PhotoObjects
from app.services.ports import Backend
from app.services.trash import LEASE, LEASE_MARGIN, RETENTION


class TrashRepair:
    """Repairs deletions. `present` holds the keys of all existing objects of the photo."""

    def __init__(self, backend: Backend) -> None:
        self._objects = backend.objects
        self._catalog = backend.catalog
        self._photo_objects = PhotoObjects(backend.objects, 1)

    def finish_deletion(self, photo: Photo, present: Collection[str]) -> None:
        """Move the remaining objects of a trashed photo to the trash.

        The lease keeps other requests from moving them at the same time (see `app.services.trash`).

        Raises:
            EditConflict: Another request has changed the photo or has taken the lease.
        """
        started = datetime.now(UTC)
        leased = photo.next_version(lease_expires_at=int((started + LEASE).timestamp()))
        self._catalog.update(photo, leased)
        finished = leased.next_version(lease_expires_at=None)
        self._copy_to_trash(finished, present)
        is_late = datetime.now(UTC) > started + LEASE_MARGIN
        if is_late or find_or_none(self._catalog, photo.photo_id) != leased:
            raise EditConflict(photo.photo_id)
        self._delete_outside_trash(present)
        self._catalog.update(leased, finished)

    def trash_orphan(self, photo: Photo, present: Collection[str]) -> None:
        """Move a photo without a record to the trash.

        If all of its objects exist, it also gets a record, so that it can be restored.

        Raises:
            AlreadyPublished: The catalog has a record of the photo.
        """
        expires_at = int((datetime.now(UTC) + RETENTION).timestamp())
        trashed = photo.next_version(
            state=PhotoState.TRASHED, expires_at=expires_at, lease_expires_at=None
        )
        self._copy_to_trash(trashed, present)
        if all(key in present or object_keys.trashed(key) in present for key in photo.object_keys):
            self._catalog.import_photo(trashed)
        elif find_or_none(self._catalog, photo.photo_id):
            raise AlreadyPublished(photo.photo_id)
        self._delete_outside_trash(present)

    def restore_objects(self, public_keys: Iterable[str]) -> None:
        """Copy objects of a listed photo back from the trash."""
        for key in public_keys:
            self._objects.copy(object_keys.trashed(key), key)

    def rewrite_sidecar(self, photo: Photo) -> None:
        """Write the sidecar. Write it again if the photo changes in the meantime."""
        while True:
            self._photo_objects.put_sidecar(photo)
            current = find_or_none(self._catalog, photo.photo_id)
            if current is None or current == photo:
                return
            if sidecar_key(current) != sidecar_key(photo):
                raise EditConflict(photo.photo_id)
            photo = current

    def _copy_to_trash(self, photo: Photo, present: Collection[str]) -> None:
        for key in photo.object_keys:
            if key in present:
                self._objects.copy(key, object_keys.trashed(key))
        self._photo_objects.put_sidecar(photo)

    def _delete_outside_trash(self, present: Collection[str]) -> None:
        keys = [key for key in present if not key.startswith(object_keys.TRASH_PREFIX)]
        self._objects.delete(sorted(keys))
