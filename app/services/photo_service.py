"""The use cases of published photos: read, search, update, hide, delete, restore."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime

from app.domain import object_keys, photo_ids
from app.domain.errors import (
    EditConflict,
    ObjectNotFound,
    PhotoBusy,
    PhotoNotFound,
    StorageError,
)
from app.domain.photo import Page, Photo, PhotoState, PhotoSummary, Role
from app.domain.search_terms import SearchQuery
from app.domain.tags import TagCount, TagPage
from app.domain.upload import PhotoText
from app.domain.usage import KeyRange, Usage
from app.services.photo_editor import PhotoEditor
from app.services.photo_objects import PhotoObjects
from app.services.ports import Backend
from app.services.search import SearchPage, search
from app.services.trash import Trash

log = logging.getLogger(__name__)

_MOVES_PAGE = 100  # photos in one read of `finish_moves`


class PhotoService:
    """The use cases of published photos.

    Args:
        now: The clock of leases and of the trash.
    """

    def __init__(
        self,
        backend: Backend,
        photo_objects: PhotoObjects,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._objects = backend.objects
        self._catalog = backend.catalog
        self._editor = PhotoEditor(backend.catalog, photo_objects)
        self._trash = Trash(backend.catalog, photo_objects, now)
        self._now = now

    def get(self, photo_id: str) -> Photo:
        """Return a photo that is not in the trash. Raises PhotoNotFound."""
        photo = self.get_any_state(photo_id)
        if photo.state is PhotoState.TRASHED:
            raise PhotoNotFound(photo_id)
        return photo

    def get_any_state(self, photo_id: str) -> Photo:
        """Return a photo, also one in the trash. Raises PhotoNotFound."""
        if not photo_ids.is_photo_id(photo_id):
            raise PhotoNotFound(photo_id)
        return self._catalog.get(photo_id)

    def page(
        self, listing: str, limit: int, *, before: str | None = None, after: str | None = None
    ) -> Page:
        """Return one page of a listing, newest first: see `Catalog.page`."""
        return self._catalog.page(listing, limit, before=before, after=after)

    def search(
        self, query: SearchQuery, limit: int, *, before: str | None = None, after: str | None = None
    ) -> SearchPage:
        """Return one page of the public photos that match `query`, newest first."""
        return search(self._catalog.page, query, limit, before=before, after=after)

    def neighbors(self, photo_id: str) -> tuple[PhotoSummary | None, PhotoSummary | None]:
        """Return the next newer and the next older public photo, None at either end."""
        newer = self._catalog.page(object_keys.PUBLIC_LISTING, 1, after=photo_id).summaries
        older = self._catalog.page(object_keys.PUBLIC_LISTING, 1, before=photo_id).summaries
        return (newer[0] if newer else None, older[0] if older else None)

    def most_used_tags(self, limit: int) -> tuple[TagCount, ...]:
        """Return tags with their numbers of public photos, most used first."""
        return self._catalog.most_used_tags(limit)

    def tags(self, start: str, limit: int) -> TagPage:
        """Return tags with their numbers of public photos by name: see `Catalog.tags`."""
        return self._catalog.tags(start, limit)

    def usage(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """Return usage counters of a range of names: see `Catalog.usage`."""
        return self._catalog.usage(span, limit)

    def update(self, photo_id: str, version: int, text: PhotoText) -> Photo:
        """Change the text of a photo.

        Raises:
            InvalidText: A field is too long, or the title is empty.
            PhotoNotFound: There is no such photo, or it is in the trash.
            EditConflict: The photo is not at `version` any more.
        """
        return self._editor.update(self.get(photo_id), version, text)

    def retag(self, photo_id: str, add: Iterable[str], remove: Iterable[str]) -> Photo:
        """Add and remove tags. Raises InvalidText, PhotoNotFound and EditConflict."""
        return self._editor.retag(self.get(photo_id), add, remove)

    def hide(self, photo_id: str, by: Role) -> Photo:
        """Remove a photo from all public listings. Raises PhotoNotFound and EditConflict."""
        return self._editor.hide(self.get(photo_id), by)

    def unhide(self, photo_id: str, version: int) -> Photo:
        """Add a hidden photo to the public listings again.

        Raises PhotoNotFound, and EditConflict if the photo is not at `version` any more.
        """
        photo = self.get(photo_id)
        if photo.state is PhotoState.HIDDEN and photo.version != version:
            raise EditConflict(photo_id)
        return self._editor.unhide(photo)

    def delete(self, photo_id: str, by: Role = Role.CONTRIBUTOR) -> Photo:
        """Move a photo to the trash; `restore` undoes it for 30 days.

        A second call finishes a deletion that was interrupted.

        Raises:
            PhotoNotFound: There is no such photo.
            PhotoBusy: Another request is deleting or restoring the photo.
        """
        photo = self.get_any_state(photo_id)
        try:
            return self._trash.move_in(photo, by)
        except EditConflict:
            photo = self.get_any_state(photo_id)
            if photo.state is not PhotoState.TRASHED:
                raise
            return self._trash.move_in(photo, by)  # a concurrent request deletes it, too

    def restore(self, photo_id: str) -> Photo:
        """Undo a deletion.

        Raises:
            PhotoNotFound: The photo is not in the trash any more.
            PhotoBusy: The deletion has not finished yet.
        """
        return self._trash.restore(self.get_any_state(photo_id))

    def purge_photo(self, photo_id: str) -> None:
        """Delete a photo in the trash permanently. A second call at the same time waits.

        Raises:
            PhotoNotFound: The photo is not in the trash.
            PhotoBusy: Another request is deleting or restoring the photo.
            EditConflict: Another request has restored the photo.
        """
        photo = self.get_any_state(photo_id)
        if photo.state is not PhotoState.TRASHED:
            raise PhotoNotFound(photo_id)
        with suppress(PhotoNotFound):  # a concurrent request has deleted it permanently
            try:
                self._purge_after_move(photo)
            except EditConflict:  # a concurrent request has taken the lease first
                self._purge_after_move(self._catalog.get(photo_id))

    def _purge_after_move(self, photo: Photo) -> None:
        self._trash.purge(self._trash.wait_while_moving(photo))

    def finish_moves(self) -> int:
        """Complete deletions that were interrupted, and return their number.

        An interrupted restore leaves the photo deleted.
        """
        finished = 0
        page = self._catalog.page(object_keys.MOVING_LISTING, _MOVES_PAGE)
        while True:
            finished += sum(self._finish_move(summary.photo_id) for summary in page.summaries)
            if page.older is None:
                return finished
            page = self._catalog.page(object_keys.MOVING_LISTING, _MOVES_PAGE, before=page.older)

    def _finish_move(self, photo_id: str) -> bool:
        """Complete the deletion of one photo. Return whether this call did it."""
        try:
            photo = self._catalog.get(photo_id)
            if not self._trash.is_interrupted(photo):
                return False
            self._complete(photo)
        except (PhotoNotFound, PhotoBusy, EditConflict):
            return False  # another process was faster
        except (ObjectNotFound, StorageError):
            log.exception("the deletion of photo %s cannot be completed", photo_id)
            return False
        return True

    def _complete(self, photo: Photo) -> None:
        now = int(self._now().timestamp())
        if photo.expires_at is not None and photo.expires_at <= now:
            self._trash.purge(photo)
        else:
            self._trash.move_in(photo, photo.trashed_by or Role.ADMIN)

    def purge(self, watch: Callable[[Iterable[Photo]], Iterable[Photo]] = iter) -> int:
        """Delete expired photos from the trash, and return their number.

        On AWS, the S3 lifecycle rule and DynamoDB TTL do the same.

        Args:
            watch: Wraps the iteration over the photos, to show progress.
        """
        purged = 0
        expired = self._catalog.expired(int(self._now().timestamp()))
        for photo in watch(expired):
            with suppress(PhotoBusy, EditConflict):  # a concurrent request restores it
                self._trash.purge(photo)
                purged += 1
        return purged

    def failing_backends(self) -> dict[str, StorageError]:
        """Ping the object store and the catalog, and return the error of each one that fails."""
        errors: dict[str, StorageError] = {}
        for name, port in (("objects", self._objects), ("catalog", self._catalog)):
            try:
                port.ping()
            except StorageError as error:
                errors[name] = error
        return errors
