"""Objects on their way between the public place and the trash, in an order that no crash turns into a loss."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from app.domain import object_keys
from app.domain.errors import AlreadyPublished, EditConflict
from app.domain.photo import Photo, State
from app.maintenance.snapshot import find, record_key
from app.services.photo_objects import Shelf
from app.services.photo_service import PhotoLibrary
from app.services.trash import HOLD, KEEP, PATIENCE


class Mover:
    """`present` is always the keys of all the objects that there are of the photo."""

    def __init__(self, library: PhotoLibrary) -> None:
        self._objects = library.objects
        self._library = library
        self._shelf = Shelf(library.objects, 1)

    def finish_deletion(self, photo: Photo, present: Collection[str]) -> None:
        """Move the rest of a trashed photo's objects, as far as they are there, to the trash.

        Nobody else moves it meanwhile (see `app.services.trash`). Raises EditConflict when somebody has taken it.
        """
        started = datetime.now(UTC)
        moving = photo.revised(moving_until=int((started + HOLD).timestamp()))
        self._library.catalog.revise(photo, moving)
        resting = moving.revised(moving_until=None)
        self._copy_to_trash(resting, present)
        if find(self._library, photo.photo_id) != moving or datetime.now(UTC) > started + PATIENCE:
            raise EditConflict(photo.photo_id)
        self._empty_public_place(present)
        self._library.catalog.revise(moving, resting)

    def set_aside(self, photo: Photo, present: Collection[str]) -> None:
        """Trash a photo that the catalog does not know; it gets a record, so that it can be restored, if it is whole.

        Raises AlreadyPublished when the catalog knows it after all.
        """
        expires_at = int((datetime.now(UTC) + KEEP).timestamp())
        trashed = photo.revised(state=State.TRASHED, expires_at=expires_at, moving_until=None)
        self._copy_to_trash(trashed, present)
        if all(key in present or object_keys.trashed(key) in present for key in photo.object_keys):
            self._library.catalog.adopt(trashed)
        elif find(self._library, photo.photo_id):
            raise AlreadyPublished(photo.photo_id)
        self._empty_public_place(present)

    def copy_back(self, public_keys: Iterable[str]) -> None:
        """Copy objects of a listed photo back from the trash."""
        for key in public_keys:
            self._objects.copy(object_keys.trashed(key), key)

    def keep_record(self, photo: Photo) -> None:
        """Write the sidecar, and again if the photo was changed while that was under way."""
        while True:
            self._shelf.put_record(photo)
            now = find(self._library, photo.photo_id)
            if now is None or now == photo:
                return
            if record_key(now) != record_key(photo):
                raise EditConflict(photo.photo_id)
            photo = now

    def _copy_to_trash(self, photo: Photo, present: Collection[str]) -> None:
        for key in photo.object_keys:
            if key in present:
                self._objects.copy(key, object_keys.trashed(key))
        self._shelf.put_record(photo)

    def _empty_public_place(self, present: Collection[str]) -> None:
        self._objects.delete(sorted(key for key in present if not key.startswith(object_keys.TRASH_PREFIX)))
