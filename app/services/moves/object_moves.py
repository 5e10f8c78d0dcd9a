"""Move the objects of a photo to the prefix of another state, and change its record."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from app.domain import moderation
from app.domain.errors import EditConflict, ObjectNotFound, PhotoNotFound, StorageError
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.versions.revisions import secret_revision
from app.services.albums.open_albums import OpenAlbums
from app.services.deadline import extend_deadline
from app.services.leases import RELEASE_TIMEOUT, Leases
from app.services.photo_objects import PhotoObjects
from app.services.ports import Catalog
from app.services.record_writer import RecordWriter
from app.services.revisions.image_revisions import ImageRevisions

_MAX_ATTEMPTS = 3  # to let a photo follow its albums while others change it
# Outside the trash.
_PRIVATE = {PhotoState.PENDING, PhotoState.HIDDEN, PhotoState.PRIVATE}


class ObjectMoves:
    """Moves objects between the prefixes of the states, each time under a lease."""

    def __init__(
        self,
        catalog: Catalog,
        photo_objects: PhotoObjects,
        leases: Leases,
        open_albums: OpenAlbums,
    ) -> None:
        self._catalog = catalog
        self._photo_objects = photo_objects
        self._records = RecordWriter(catalog, photo_objects)
        self._leases = leases
        self._open_albums = open_albums
        self._revisions = ImageRevisions(catalog, photo_objects, leases)

    def take_off(self, photo: Photo, state: PhotoState, **changes: object) -> Photo:
        """Change the record first, so that no page shows the photo, then move the objects."""
        if photo.state is state:
            return self._records.change(photo, **changes)
        moving = self._leases.acquire(photo, state=state, **changes)
        return self.move(moving, _sources(photo.state))

    def bring_back(self, photo: Photo, **changes: Any) -> Photo:
        """Copy the objects first, then change the record, which lists the photo.

        An unlisted photo becomes private if no album that has it is open. Otherwise its objects get
        secret names, because a link may have ended since it was seen last. An album that
        opens or closes in the meantime looks for the photo before it is listed, so the photo
        follows its albums once more in the end.
        """
        closed = self._open_albums.are_closed(replace(photo, **changes))
        changes |= {"closed": closed}
        becomes = moderation.outside_trash(photo, **changes).state
        if becomes is PhotoState.UNLISTED and photo.state is not PhotoState.PENDING:
            back = self.show(photo, **changes)
        else:
            back = self._bring_back(photo, **changes)
        return self.follow_albums(back)

    def show(self, photo: Photo, **changes: Any) -> Photo:
        """Store the objects under other names in the prefix of the new state; change the record.

        Afterwards the earlier objects are deleted in every state.
        """
        shown = photo.next_version(revision=secret_revision(), **changes)
        skip_missing = photo.state is PhotoState.PRIVATE
        try:
            return self._revisions.replace(
                photo,
                moderation.outside_trash(shown),
                lambda it: self._photo_objects.copy_renamed(photo, it, skip_missing=skip_missing),
            )
        except ObjectNotFound as error:
            if photo.state is PhotoState.TRASHED:
                raise PhotoNotFound(photo.photo_id) from error
            raise

    def _bring_back(self, photo: Photo, **changes: Any) -> Photo:
        """Move the objects back under the names that they have.

        Where the photo is or was hidden or pending, the objects outside its new prefix and the
        trash are deleted in between. After the lease, a request that hides the photo again could
        have stored them again.
        """
        moving = self._leases.acquire(photo)
        next_version = moving.next_version(lease_expires_at=None, **changes)
        back = moderation.outside_trash(next_version)
        try:
            self._photo_objects.copy(_sources(moving.state), back)
            self._leases.check(moving)
            if _PRIVATE & {moving.state, back.state}:
                self._photo_objects.delete_outside(back)
            self._catalog.update(moving, back)
        except BaseException as error:
            if self._is_back(moving, back):  # only the response of the update was lost
                return back
            self._undo(moving)
            if isinstance(error, ObjectNotFound) and moving.state is PhotoState.TRASHED:
                raise PhotoNotFound(photo.photo_id) from error
            raise
        return back

    def follow_albums(self, photo: Photo) -> Photo:
        """Let a photo that was just changed follow its albums, which may have changed too.

        Raises as `bring_back`.
        """
        for _ in range(_MAX_ATTEMPTS - 1):
            with suppress(EditConflict):
                return self._follow(photo)
            photo = self._catalog.get(photo.photo_id)
        return self._follow(photo)

    def _follow(self, photo: Photo) -> Photo:
        if not photo.unlisted or not photo.state.is_in_albums:
            return photo
        closed = self._open_albums.are_closed(photo)
        if closed == photo.closed:
            return photo
        if closed:
            return self.take_off(photo, PhotoState.PRIVATE, closed=True)
        return self.show(photo, closed=False)

    def move(self, moving: Photo, sources: Iterable[PhotoState]) -> Photo:
        """Move the objects from `sources` to the prefix of the photo's state, and end the lease.

        A lost object is skipped, since the others must leave the public prefix in any case.
        """
        moved = moving.next_version(lease_expires_at=None, unused_objects=())
        try:
            lost = self._photo_objects.copy(sources, moved, skip_missing=True)
            self._leases.check(moving)
            self._photo_objects.delete_outside(moving, lost)
        except BaseException:
            self._leases.release(moving)
            raise
        self._leases.end(moving, moved)
        return moved

    def _undo(self, moving: Photo) -> None:
        """Move the objects back after a failure, so that the photo stays hidden or deleted.

        If this fails too, the move is completed later.
        """
        with suppress(StorageError), extend_deadline(RELEASE_TIMEOUT):
            self.move(moving, PhotoState)

    def _is_back(self, moving: Photo, back: Photo) -> bool:
        """Return whether the catalog has the version `back`, or a later one in another state."""
        with suppress(PhotoNotFound):
            current = self._catalog.get(back.photo_id)
            return current.version >= back.version and current.state is not moving.state
        return False


def _sources(state: PhotoState) -> tuple[PhotoState, ...]:
    """Return every state, in the order in which to look for the objects of a photo in `state`.

    Version 0.1.0-rc.1 left the objects of hidden photos in the public prefix.
    """
    return (state, *(other for other in PhotoState if other is not state))
