"""Deleting and undoing it: a photo's objects on their way to the trash and back, one way at a time.

Whoever moves a photo first takes it in the catalog (`Photo.moving_until`), and until then nobody else moves it. So no
deletion's last step can meet an undo's first, which would leave a listed photo without its objects.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from app.domain.errors import EditConflict, Moving, ObjectNotFound, PhotoNotFound, StorageError, StorageUnavailable
from app.domain.photo import Photo, State
from app.services.deadline import at_least
from app.services.photo_objects import Shelf
from app.services.ports import Catalog

log = logging.getLogger(__name__)

KEEP = timedelta(days=30)
HOLD = timedelta(minutes=4)
PATIENCE = timedelta(minutes=2)  # for all but a move's last step, which a storage answers or refuses well before HOLD
LETTING_GO = 5.0  # seconds beyond those that anybody waits: who deletes again must not find it taken by nobody


class Trash:
    """Moves photos of one catalog and one shelf."""

    def __init__(self, catalog: Catalog, shelf: Shelf, now: Callable[[], datetime]) -> None:
        self._catalog = catalog
        self._shelf = shelf
        self._now = now

    def put(self, photo: Photo) -> Photo:
        """Unlist the photo, then move its objects out of the public prefix; finishes what was left half done.

        Raises StorageError, after which the photo is unlisted or as before, and EditConflict.
        """
        if photo.state is State.TRASHED and (photo.moving_until is None or self._is_moving(photo)):
            return photo  # it is there, or on its way
        moving = self._take(photo, state=State.TRASHED, expires_at=photo.expires_at or self._seconds(KEEP))
        resting = moving.revised(moving_until=None)
        try:
            self._shelf.copy_to_trash(resting)
            self._check_time(moving)
            self._shelf.clear_public(resting)
        except BaseException:
            self._let_go(moving)
            raise
        self._rest(moving, resting)
        return resting

    def take_out(self, photo: Photo) -> Photo:
        """Copy the objects back, then list the photo again, or to its owner alone where it was hidden.

        What the trash has of it stays there until it expires: to remove it now would have to be waited for.
        Raises Moving while it is being deleted, PhotoNotFound once it has expired, StorageError and EditConflict.
        """
        if photo.state is not State.TRASHED:
            return photo
        if self._is_moving(photo):
            raise Moving
        moving = self._take(photo)
        state = State.HIDDEN if moving.hidden_by else State.PUBLIC
        restored = moving.revised(state=state, expires_at=None, moving_until=None)
        try:
            self._shelf.copy_from_trash(restored)
            self._check_time(moving)
            self._catalog.revise(moving, restored)
        except BaseException as error:
            if not self._has_become(restored):
                self._give_up(moving)
                if isinstance(error, ObjectNotFound):
                    raise PhotoNotFound(photo.photo_id) from error
                raise
        return restored

    def remove(self, photo: Photo) -> None:
        """Remove a trashed photo for good, its record last: whatever breaks off, the next purge finds it again.

        Raises Moving and EditConflict when somebody else is moving it, StorageError.
        """
        if self._is_moving(photo):
            raise Moving
        moving = self._take(photo)
        try:
            self._shelf.clear_public(moving)  # of an undo that was broken off
            self._shelf.empty_trash(moving)
            self._check_time(moving)
            self._catalog.forget(moving)
        except BaseException:
            self._let_go(moving)
            raise

    def _take(self, photo: Photo, **changes: object) -> Photo:
        taken = photo.revised(moving_until=self._seconds(HOLD), **changes)
        try:
            self._catalog.revise(photo, taken)
        except StorageUnavailable:
            if self._catalog.get(photo.photo_id) != taken:  # or else it took effect, and only its answer was lost
                raise
        return taken

    def _is_moving(self, photo: Photo) -> bool:
        return photo.moving_until is not None and self._seconds() < photo.moving_until

    def _check_time(self, moving: Photo) -> None:
        """Raise StorageUnavailable when so much time has passed that somebody else may soon move the photo."""
        if moving.moving_until is None or self._seconds(HOLD - PATIENCE) > moving.moving_until:
            raise StorageUnavailable("The storage took too long to move the photo.")

    def _rest(self, moving: Photo, resting: Photo) -> None:
        try:
            self._catalog.revise(moving, resting)
        except (EditConflict, StorageError):
            log.exception("photo %s is where it should be, but held for some minutes", moving.photo_id)

    def _let_go(self, moving: Photo) -> None:
        """Let the next one who tries finish this move."""
        with suppress(EditConflict, StorageError), at_least(LETTING_GO):
            self._catalog.revise(moving, moving.revised(moving_until=self._seconds()))

    def _give_up(self, moving: Photo) -> None:
        """Take back what a failed undo has copied: a deleted photo stays deleted."""
        with suppress(StorageError), at_least(LETTING_GO):
            self._shelf.clear_public(moving)
            self._let_go(moving)

    def _has_become(self, photo: Photo) -> bool:
        return self._catalog.get(photo.photo_id).version >= photo.version

    def _seconds(self, later: timedelta = timedelta()) -> int:
        return int((self._now() + later).timestamp())
