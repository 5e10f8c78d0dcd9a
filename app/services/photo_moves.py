"""Hide, delete, unhide and restore photos, and move their objects to the prefix of the new state.

A hidden or deleted photo leaves all public pages first. It counts as hidden or deleted only when
its objects have left the public prefix. A photo is listed again only when its objects are back.
"""

from collections.abc import Callable
from datetime import datetime

from app.domain import moderation
from app.domain.errors import EditConflict, PhotoBusy, PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.usage import expiry_of
from app.services.albums.album_covers import album_covers
from app.services.albums.guest_limits import GuestLimits, was_added_by_guest
from app.services.albums.open_albums import OpenAlbums
from app.services.leases import Leases
from app.services.moves.object_moves import ObjectMoves
from app.services.moves.unlisted_photos import UnlistedPhotos
from app.services.photo_objects import PhotoObjects
from app.services.ports import Backend
from app.services.quotas import Quota, Quotas
from app.services.record_writer import RecordWriter


class PhotoMoves:
    """Moves photos between the prefixes of their states, each under a lease."""

    def __init__(
        self, backend: Backend, photo_objects: PhotoObjects, now: Callable[[], datetime]
    ) -> None:
        self._catalog = backend.catalog
        self._photo_objects = photo_objects
        self._records = RecordWriter(backend.catalog, photo_objects)
        self._covers = album_covers(backend, UnlistedPhotos(backend, photo_objects, now))
        self._guest_limits = GuestLimits(backend.albums, Quotas(backend.catalog, Quota(), Quota()))
        self._leases = Leases(backend.catalog, now)
        open_albums = OpenAlbums(backend.albums, now)
        self._objects = ObjectMoves(backend.catalog, photo_objects, self._leases, open_albums)
        self._now = now

    def hide(self, photo: Photo, by: Role) -> Photo:
        """Remove a photo from all public listings, then move its objects to the hidden prefix.

        If the admin hid the photo, it stays hidden by the admin: see `moderation.hidden`.

        Raises:
            PhotoNotFound: The photo is in the trash.
            PhotoBusy: Another request is still moving the objects.
            StorageError: The photo is unchanged, or hidden with a move to complete.
            EditConflict: Another request has changed the photo.
        """
        photo = self.settle(photo)
        if photo.state is PhotoState.TRASHED:
            raise PhotoNotFound(photo.photo_id)
        changes = moderation.hidden(photo, by)
        return self._objects.take_off(photo, PhotoState.HIDDEN, **changes)

    def hide_any_state(self, photo: Photo, by: Role) -> Photo:
        """Hide a photo, or let a photo in the trash be restored as hidden. Raises as `hide`."""
        photo = self.settle(photo)
        if photo.state is not PhotoState.TRASHED:
            return self.hide(photo, by)
        return self._records.change(photo, **moderation.hidden(photo, by))

    def delete(self, photo: Photo, by: Role, at: datetime | None = None) -> Photo:
        """Remove a photo from all listings but the trash, then move its objects to the trash.

        If the admin deleted the photo, it stays deleted by the admin: see `moderation.deleted`. The
        photo stays in the trash for 30 days from `at`, which is now if it is None.

        Raises:
            PhotoBusy: Another request is still moving the objects.
            StorageError: The photo is unchanged, or in the trash with a move to complete.
            EditConflict: Another request has changed the photo.
        """
        photo = self.settle(photo)
        changes = moderation.deleted(photo, by)
        expires_at = photo.expires_at or expiry_of(at or self._now())
        return self._objects.take_off(photo, PhotoState.TRASHED, expires_at=expires_at, **changes)

    def unhide(self, photo: Photo, by: Role) -> Photo:
        """Move the objects of a hidden photo back, then list the photo, or let it wait for review.

        A photo that its owner has hidden too stays hidden by its owner.

        Raises:
            PhotoNotFound: The photo is in the trash.
            HiddenByAdmin: Only the admin may unhide the photo.
            PhotoBusy: Another request is still moving the objects.
            StorageError: The photo stays hidden.
            EditConflict: Another request has changed the photo.
        """
        photo = self.settle(photo)
        if photo.state is PhotoState.TRASHED:
            raise PhotoNotFound(photo.photo_id)
        if photo.state is not PhotoState.HIDDEN:
            return photo
        moderation.require_unhide(photo, by)
        changes = moderation.unhidden(photo)
        if photo.owner_hid:
            return self._records.change(photo, **changes)
        return self._objects.bring_back(photo, **changes)

    def restore(self, photo: Photo, by: Role) -> Photo:
        """Copy the objects of a deleted photo back, then list the photo as before its deletion.

        The objects in the trash stay until they expire, so that the request does not wait for
        their deletion. A photo that its owner has deleted too stays deleted by its owner.

        Raises:
            PhotoBusy: Another request is still moving the objects.
            Busy: Other requests add or restore photos of the guest for too long.
            PhotoNotFound: The objects in the trash have expired.
            DeletedByAdmin: Only the admin may restore the photo.
            QuotaReached: A guest has the most photos in the album already.
            StorageError: The photo stays in the trash.
            EditConflict: Another request has changed the photo.
        """
        photo = self.settle(photo)
        if photo.state is not PhotoState.TRASHED:
            return photo
        moderation.require_restore_or_purge(photo, by)
        if photo.owner_deleted:
            changes = {"trashed_by": Role.CONTRIBUTOR, "owner_deleted": False}
            return self._records.change(photo, **changes)
        # The host and the admin decide for themselves.
        if by is Role.CONTRIBUTOR and was_added_by_guest(photo):
            return self._restore_for_guest(photo)
        return self._bring_back_from_trash(photo)

    def purge(self, photo: Photo) -> None:
        """Delete a trashed photo permanently.

        The catalog record is deleted last, and the photo expires at once, so that the next purge
        completes this one after a failure.

        Raises:
            PhotoBusy: Another request is moving the photo.
            EditConflict: Another request has changed or restored the photo.
            StorageError: The photo stays in the trash, maybe without some objects.
        """
        if self._leases.is_held(photo):
            raise PhotoBusy
        if photo.state is not PhotoState.TRASHED:
            raise EditConflict(photo.photo_id)
        self._purge(photo)

    def wait(self, photo: Photo) -> Photo:
        """Wait some seconds for another request to move the objects: see `Leases.wait`."""
        return self._leases.wait(photo)

    def is_interrupted(self, photo: Photo) -> bool:
        """Return whether the request that moved the objects of the photo has ended early."""
        return self._leases.is_interrupted(photo)

    def complete(self, photo: Photo) -> Photo:
        """Move all objects to the prefix of the photo's state, after an interrupted move.

        A photo whose restoration was interrupted stays hidden or deleted. The lease is not checked:
        the caller knows that no other request holds it.

        Raises:
            PhotoNotFound: It was a permanent deletion, which is complete now.
            EditConflict: Another request has changed the photo.
            StorageError: The move is still incomplete.
        """
        if photo.expires_at is not None and photo.expires_at <= self._timestamp():
            self._purge(photo)
            raise PhotoNotFound(photo.photo_id)
        return self._objects.move(self._leases.acquire(photo), PhotoState)

    def settle(self, photo: Photo) -> Photo:
        """Wait for another request to move the objects, and complete a move that was interrupted.

        Afterwards all objects have the prefix of the photo's state.
        """
        photo = self._leases.wait(photo)
        return photo if photo.lease_expires_at is None else self.complete(photo)

    def _restore_for_guest(self, photo: Photo) -> Photo:
        with self._guest_limits.turn_of(photo):
            photo = self.settle(self._catalog.get(photo.photo_id))
            if photo.state is not PhotoState.TRASHED:  # the same form was sent twice
                return photo
            self._guest_limits.check(photo)
            return self._bring_back_from_trash(photo)

    def _bring_back_from_trash(self, photo: Photo) -> Photo:
        return self._objects.bring_back(photo, trashed_by=None, expires_at=None)

    def _purge(self, photo: Photo) -> None:
        now = self._timestamp()
        moving = self._leases.acquire(photo, expires_at=min(photo.expires_at or now, now))
        try:
            self._photo_objects.delete_outside(moving)  # copies of an interrupted restore
            self._photo_objects.delete(moving)
            self._leases.check(moving)
            self._covers.leave(moving)
            self._catalog.delete(moving)
        except BaseException:
            self._leases.release(moving)
            raise

    def _timestamp(self) -> int:
        """Return the time, in seconds since 1970."""
        return int(self._now().timestamp())
