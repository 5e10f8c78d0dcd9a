"""Review photos that wait for it, and show unlisted photos in the gallery."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from app.domain import moderation, object_keys, photo_ids
from app.domain.errors import AwaitingReview, EditConflict, PhotoNotFound
from app.domain.pages import RecordPage
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.usage import pending_counter
from app.services.albums.open_albums import OpenAlbums
from app.services.leases import Leases
from app.services.moves.object_moves import ObjectMoves
from app.services.photo_moves import PhotoMoves
from app.services.photo_objects import PhotoObjects
from app.services.ports import Backend
from app.services.record_writer import RecordWriter

# Decisions do not depend on the edits of others, so they are tried again after a conflict.
_MAX_ATTEMPTS = 20


class ReviewService:
    """Decides about pending photos.

    A decision that is repeated changes nothing. One that was interrupted is completed as that of a
    photo which is hidden, by the next request or by the background task.
    """

    def __init__(
        self,
        backend: Backend,
        photo_objects: PhotoObjects,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        catalog = backend.catalog
        self._catalog = catalog
        self._now = now
        self._moves = PhotoMoves(backend, photo_objects, now)
        open_albums = OpenAlbums(backend.albums, now)
        self._objects = ObjectMoves(catalog, photo_objects, Leases(catalog, now), open_albums)
        self._records = RecordWriter(catalog, photo_objects)

    def pending(self, album_id: str, limit: int, *, before: str | None = None) -> RecordPage:
        """Return photos of an album that wait for review, newest first: two reads."""
        listing = object_keys.pending_listing(album_id)
        return self._catalog.newest_photos([listing], limit, before=before)[listing]

    def pending_everywhere(self, limit: int, *, before: str | None = None) -> RecordPage:
        """Return photos of the site that wait for review, newest first: two reads."""
        listing = object_keys.PENDING_LISTING
        return self._catalog.newest_photos([listing], limit, before=before)[listing]

    def count_pending(self, album_id: str) -> int:
        """Return the number of photos of an album that wait for review, with one read."""
        counter = pending_counter(album_id)
        return sum(usage.photos for usage in self._catalog.usage((counter, counter), 1))

    def approve(self, photo_id: str) -> Photo:
        """Show a photo that waits for review. A hidden one will not wait when it is shown again.

        Raises:
            PhotoNotFound: There is no such photo, or it is in the trash.
            PhotoBusy: Another request is moving the photo.
            StorageError: The photo still waits for review.
            EditConflict: Other requests changed the photo before every attempt.
        """
        return self._retry(photo_id, self._approve)

    def refuse(self, photo_id: str, by: Role) -> Photo:
        """Delete a photo that waits for review. Its contributor cannot restore it.

        Raises:
            PhotoNotFound: There is no such photo, or it does not wait for review.
            PhotoBusy: Another request is moving the photo.
            StorageError: The photo is unchanged, or in the trash with a move to complete.
            EditConflict: Other requests changed the photo before every attempt.
        """

        def refuse(photo: Photo) -> Photo:
            if not photo.awaiting_review:
                raise PhotoNotFound(photo_id)
            return self._moves.delete(photo, by)

        return self._retry(photo_id, refuse)

    def list_publicly(self, photo_id: str) -> Photo:
        """Show an unlisted photo in the gallery too, from the time on at which it is shown at all.

        Raises:
            PhotoNotFound: There is no such photo, or it is in the trash.
            AwaitingReview: The host of an unlisted album would approve it for the gallery.
            PhotoBusy: Another request is moving the photo.
            EditConflict: Other requests changed the photo before every attempt.
        """
        return self._retry(photo_id, self._list_publicly)

    def _approve(self, photo: Photo) -> Photo:
        """Show the photo, which is new in its albums from now on."""
        photo = self._settled(photo)
        if not photo.awaiting_review:
            return photo
        now = self._now()
        albums = tuple(replace(each, approved_at=now) for each in photo.albums)
        if photo.state is PhotoState.PENDING:
            return self._objects.bring_back(photo, awaiting_review=False, albums=albums)
        return self._records.change(photo, awaiting_review=False, albums=albums)

    def _list_publicly(self, photo: Photo) -> Photo:
        photo = self._settled(photo)
        if photo.awaiting_review:
            raise AwaitingReview
        if photo.state is PhotoState.PRIVATE:
            return self._objects.bring_back(photo, unlisted=False)
        listed = moderation.outside_trash(photo, unlisted=False)
        return self._records.change(photo, state=listed.state, unlisted=False)

    def _settled(self, photo: Photo) -> Photo:
        """Return a photo outside the trash whose objects no request is moving."""
        photo = self._moves.settle(photo)
        if photo.state is PhotoState.TRASHED:
            raise PhotoNotFound(photo.photo_id)
        return photo

    def _retry(self, photo_id: str, change: Callable[[Photo], Photo]) -> Photo:
        """Apply `change` to the current record, again after each conflict."""
        if not photo_ids.is_photo_id(photo_id):
            raise PhotoNotFound(photo_id)
        for _ in range(_MAX_ATTEMPTS - 1):
            with suppress(EditConflict):
                return change(self._catalog.get(photo_id))
        return change(self._catalog.get(photo_id))
