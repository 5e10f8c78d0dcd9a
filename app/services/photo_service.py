"""The use cases of published photos: read, search, update, hide, delete, restore."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import BinaryIO

from app.domain import moderation, object_keys, photo_ids
from app.domain.batches import Batch
from app.domain.errors import EditConflict, PhotoNotFound, StorageError
from app.domain.pages import Neighbors, Page, RecordPage, SearchPage
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.search_terms import SearchQuery
from app.domain.upload import PhotoText
from app.domain.usage import KeyRange, Usage
from app.services import background_moves
from app.services.photo_editor import PhotoEditor
from app.services.photo_moves import PhotoMoves
from app.services.photo_objects import PhotoObjects
from app.services.ports import Backend

# Moves do not depend on the edits of others, so they are tried again after a conflict.
_MAX_ATTEMPTS = 20


class PhotoService:
    """The use cases of published photos.

    Args:
        editor: Changes texts, tags, dates and credits.
        now: The clock of leases and of the trash.
    """

    def __init__(
        self,
        backend: Backend,
        photo_objects: PhotoObjects,
        editor: PhotoEditor,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._backend = backend
        self._objects = backend.objects
        self._catalog = backend.catalog
        self._editor = editor
        self._moves = PhotoMoves(backend, photo_objects, now)
        self._now = now
        self._has_moved_hidden = False

    def get(self, photo_id: str) -> Photo:
        """Return a photo that is not in the trash. Raises PhotoNotFound."""
        photo = self.get_any_state(photo_id)
        if photo.state is PhotoState.TRASHED:
            raise PhotoNotFound(photo_id)
        return photo

    def get_public(self, photo_id: str) -> Photo:
        """Return a photo that everyone may see. Raises PhotoNotFound."""
        photo = self.get_any_state(photo_id)
        if photo.state is not PhotoState.PUBLIC:
            raise PhotoNotFound(photo_id)
        return photo

    def get_any_state(self, photo_id: str) -> Photo:
        """Return a photo, also one in the trash. Raises PhotoNotFound."""
        if not photo_ids.is_photo_id(photo_id):
            raise PhotoNotFound(photo_id)
        return self._catalog.get(photo_id)

    def open_object(self, photo: Photo, key: str) -> BinaryIO:
        """Return the object that has the public key `key` while the photo is public.

        Raises ObjectNotFound.
        """
        return self._objects.open(object_keys.moved(key, photo.state.prefix))

    def page(
        self,
        listing: str,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
        max_age: float = 0.0,
    ) -> Page:
        """Return one page of a listing, newest first: see `Catalog.page`."""
        return self._catalog.page(listing, limit, before=before, after=after, max_age=max_age)

    def batch_page(
        self, batch: Batch, listing: str, limit: int, *, before: str | None = None
    ) -> RecordPage:
        """Return at most `limit` records of the photos of a batch in a listing of a contributor."""
        start = min(before or batch.last_id, batch.last_id)
        found = self._catalog.newest_photos([listing], limit, before=start)
        return found[listing].not_before(batch.first_id)

    def search(
        self, query: SearchQuery, limit: int, *, before: str | None = None, after: str | None = None
    ) -> SearchPage:
        """Return one page of the public photos that match `query`: see `Catalog.search`."""
        return self._catalog.search(query, limit, before=before, after=after)

    def find_in_listing(self, listing: str, photo_id: str) -> tuple[Photo, Neighbors] | None:
        """Return a photo and its neighbors in a listing: see `Catalog.find_in_listing`."""
        if not photo_ids.is_photo_id(photo_id):
            return None
        return self._catalog.find_in_listing(listing, photo_id)

    def search_neighbors(self, query: SearchQuery, photo_id: str) -> Neighbors:
        """Return the photos next to a photo in the results of a search."""
        return self._catalog.search_neighbors(query, photo_id)

    def usage(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """Return usage counters of a range of names: see `Catalog.usage`."""
        return self._catalog.usage(span, limit)

    def update(self, photo_id: str, version: int, text: PhotoText) -> Photo:
        """Change the text of a photo.

        Raises:
            InvalidText: A field is too long.
            PhotoNotFound: There is no such photo, or it is in the trash.
            EditConflict: The photo was edited since `version`.
            PhotoBusy: The objects of the photo are being moved.
        """
        return self._editor.update(partial(self.get, photo_id), version, text)

    def retag(self, photo_id: str, add: Iterable[str], remove: Iterable[str]) -> Photo:
        """Add and remove tags. Raises InvalidText, PhotoNotFound, EditConflict and PhotoBusy."""
        return self._editor.retag(self.get(photo_id), add, remove)

    def shift_date(self, photo_id: str, shown: str, by: timedelta) -> Photo:
        """Shift the date of a photo: see `PhotoEditor.shift_date`. Raises PhotoNotFound too."""
        return self._editor.shift_date(self.get(photo_id), shown, by)

    def hide(self, photo_id: str, by: Role) -> Photo:
        """Remove a photo from all public listings and its objects from the public prefix.

        A second call completes one that was interrupted.

        Raises:
            PhotoNotFound: There is no such photo, or it is in the trash.
            PhotoBusy: Another request is moving the photo.
            EditConflict: Other requests changed the photo before every attempt.
        """
        return self._retry(photo_id, lambda photo: self._moves.hide(photo, by))

    def hide_any_state(self, photo_id: str, by: Role) -> Photo:
        """Hide a photo, or let a photo in the trash be restored as hidden. Raises as `hide`."""
        return self._retry(photo_id, lambda photo: self._moves.hide_any_state(photo, by))

    def unhide(self, photo_id: str, by: Role = Role.CONTRIBUTOR) -> Photo:
        """Add a hidden photo to the public listings again.

        Raises:
            PhotoNotFound: There is no such photo, or it is in the trash.
            HiddenByAdmin: Only the admin may unhide the photo.
            PhotoBusy: Another request is moving the photo.
            EditConflict: Other requests changed the photo before every attempt.
        """
        return self._retry(photo_id, lambda photo: self._moves.unhide(photo, by))

    def delete(
        self, photo_id: str, by: Role = Role.CONTRIBUTOR, at: datetime | None = None
    ) -> Photo:
        """Move a photo to the trash; `restore` undoes it for 30 days, from `at` or from now.

        A second call completes one that was interrupted.

        Raises:
            PhotoNotFound: There is no such photo.
            PhotoBusy: Another request is moving the photo.
            EditConflict: Other requests changed the photo before every attempt.
        """
        return self._retry(photo_id, lambda photo: self._moves.delete(photo, by, at))

    def _retry(self, photo_id: str, change: Callable[[Photo], Photo]) -> Photo:
        """Apply `change` to the current record, again after each conflict."""
        for _ in range(_MAX_ATTEMPTS - 1):
            with suppress(EditConflict):
                return change(self.get_any_state(photo_id))
        return change(self.get_any_state(photo_id))

    def restore(self, photo_id: str, by: Role = Role.CONTRIBUTOR) -> Photo:
        """Undo a deletion.

        Raises:
            PhotoNotFound: The photo is not in the trash any more.
            DeletedByAdmin: Only the admin may restore the photo.
            PhotoBusy: Another request is moving the photo.
            EditConflict: Other requests changed the photo before every attempt.
        """
        return self._retry(photo_id, lambda photo: self._moves.restore(photo, by))

    def purge_photo(self, photo_id: str, by: Role = Role.CONTRIBUTOR) -> None:
        """Delete a photo in the trash permanently. A second call at the same time waits.

        Raises:
            PhotoNotFound: The photo is not in the trash.
            DeletedByAdmin: Only the admin may delete the photo permanently.
            PhotoBusy: Another request is deleting or restoring the photo.
            EditConflict: Another request has restored the photo.
        """
        photo = self.get_any_state(photo_id)
        if photo.state is not PhotoState.TRASHED:
            raise PhotoNotFound(photo_id)
        with suppress(PhotoNotFound):  # a concurrent request has deleted it permanently
            try:
                self._purge_after_move(photo, by)
            except EditConflict:  # a concurrent request has taken the lease first
                self._purge_after_move(self._catalog.get(photo_id), by)

    def _purge_after_move(self, photo: Photo, by: Role) -> None:
        photo = self._moves.wait(photo)
        moderation.require_restore_or_purge(photo, by)
        self._moves.purge(photo)

    def finish_moves(self) -> int:
        """Complete moves that were interrupted: see `background_moves.finish_moves`.

        The first call of a process also moves photos that were hidden before an upgrade.
        """
        finished = background_moves.finish_moves(self._catalog, self._moves)
        if not self._has_moved_hidden:
            finished += background_moves.move_hidden(self._backend, self._moves)
            self._has_moved_hidden = True
        return finished

    def purge(self, watch: Callable[[Iterable[Photo]], Iterable[Photo]] = iter) -> int:
        """Delete expired photos from the trash, and return their number.

        On AWS, the S3 lifecycle rule and DynamoDB TTL do the same.

        Args:
            watch: Wraps the iteration over the photos, to show progress.
        """
        expired = self._catalog.expired(int(self._now().timestamp()))
        return background_moves.purge(self._moves, watch(expired))

    def failing_backends(self) -> dict[str, StorageError]:
        """Ping the object store and the catalog, and return the error of each one that fails."""
        errors: dict[str, StorageError] = {}
        for name, port in (("objects", self._objects), ("catalog", self._catalog)):
            try:
                port.ping()
            except StorageError as error:
                errors[name] = error
        return errors
