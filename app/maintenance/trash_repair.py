"""Objects on their way between the public place and the trash, in an order that no crash turns into a loss."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from app.domain import object_keys
from app.domain.errors import AlreadyPublished, EditConflict
from app.domain.photo import Photo, PhotoState
from app.maintenance.snapshot import find_or_none, sidecar_key
from app.services.photo_objects import PhotoObjects
from app.services.photo_service import PhotoService
from app.services.trash import LEASE, LEASE_MARGIN, RETENTION


class TrashRepair:
    """`present` is always the keys of all the objects that there are of the photo."""

    def __init__(self, service: PhotoService) -> None:
        self._objects = service.objects
        self._service = service
        self._photo_objects = PhotoObjects(service.objects, 1)

    def finish_deletion(self, photo: Photo, present: Collection[str]) -> None:
        """Move the rest of a trashed photo's objects, as far as they are there, to the trash.

        Nobody else moves it meanwhile (see `app.services.trash`). Raises EditConflict when somebody has taken it.
        """
        started = datetime.now(UTC)
        moving = photo.next_version(lease_expires_at=int((started + LEASE).timestamp()))
        self._service.catalog.update(photo, moving)
        resting = moving.next_version(lease_expires_at=None)
        self._copy_to_trash(resting, present)
        if (
            find_or_none(self._service, photo.photo_id) != moving
            or datetime.now(UTC) > started + LEASE_MARGIN
        ):
            raise EditConflict(photo.photo_id)
        self._empty_public_place(present)
        self._service.catalog.update(moving, resting)

    def trash_orphan(self, photo: Photo, present: Collection[str]) -> None:
        """Trash a photo that the catalog does not know; it gets a record, so that it can be restored, if it is whole.

        Raises AlreadyPublished when the catalog knows it after all.
        """
        expires_at = int((datetime.now(UTC) + RETENTION).timestamp())
        trashed = photo.next_version(
            state=PhotoState.TRASHED, expires_at=expires_at, lease_expires_at=None
        )
        self._copy_to_trash(trashed, present)
        if all(key in present or object_keys.trashed(key) in present for key in photo.object_keys):
            self._service.catalog.import_photo(trashed)
        elif find_or_none(self._service, photo.photo_id):
            raise AlreadyPublished(photo.photo_id)
        self._empty_public_place(present)

    def restore_objects(self, public_keys: Iterable[str]) -> None:
        """Copy objects of a listed photo back from the trash."""
        for key in public_keys:
            self._objects.copy(object_keys.trashed(key), key)

    def rewrite_sidecar(self, photo: Photo) -> None:
        """Write the sidecar, and again if the photo was changed while that was under way."""
        while True:
            self._photo_objects.put_sidecar(photo)
            now = find_or_none(self._service, photo.photo_id)
            if now is None or now == photo:
                return
            if sidecar_key(now) != sidecar_key(photo):
                raise EditConflict(photo.photo_id)
            photo = now

    def _copy_to_trash(self, photo: Photo, present: Collection[str]) -> None:
        for key in photo.object_keys:
            if key in present:
                self._objects.copy(key, object_keys.trashed(key))
        self._photo_objects.put_sidecar(photo)

    def _empty_public_place(self, present: Collection[str]) -> None:
        self._objects.delete(
            sorted(key for key in present if not key.startswith(object_keys.TRASH_PREFIX))
        )
