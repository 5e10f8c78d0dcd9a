"""Choose the cover of an album: in its record, and in the record of the photo."""

import logging
from contextlib import suppress

from app.domain.albums.album import Album, AlbumVisibility
from app.domain.errors import (
    AlbumConflict,
    AlbumNotFound,
    EditConflict,
    PhotoBusy,
    PhotoNotFound,
    StorageError,
)
from app.domain.photo import Photo
from app.services.albums.album_photos import AlbumPhotos
from app.services.albums.album_records import AlbumRecords
from app.services.albums.album_sidecars import AlbumSidecars
from app.services.moves.unlisted_photos import UnlistedPhotos
from app.services.ports import Backend

_log = logging.getLogger(__name__)

_MAX_ATTEMPTS = 3  # to change an album that others change at the same time


class AlbumCovers:
    """Keeps the records of albums and the memberships of their covers consistent."""

    def __init__(self, records: AlbumRecords, photos: AlbumPhotos) -> None:
        self._records = records
        self._photos = photos

    def ensure(self, album: Album, photo_id: str) -> None:
        """Make a photo of an album its cover if it has none. A storage error is only logged.

        The photo is already in the album, so the request that added it has succeeded. The next
        photo that is added tries again.
        """
        try:
            self._ensure(album, photo_id)
        except StorageError:
            _log.exception("An album has no cover yet")

    def _ensure(self, album: Album, photo_id: str) -> None:
        # Other requests may have deleted the album, or deleted, hidden or moved the photo.
        with suppress(AlbumNotFound, PhotoNotFound, PhotoBusy, EditConflict):
            for _ in range(_MAX_ATTEMPTS):
                if album.cover:
                    return
                with suppress(AlbumConflict):  # others add a photo or change the album
                    self.choose(album, photo_id)
                    return
                album = self._records.get(album.album_id)

    def choose(self, album: Album, photo_id: str) -> Album:
        """Make a photo the cover of an album.

        Raises:
            PhotoNotFound: The album does not have the photo, or does not show it.
            PhotoBusy: The objects of one of the two photos are being moved.
            AlbumConflict: Another request has changed the album.
            AlbumNotFound: The album was deleted.
        """
        photo = self._photos.get(photo_id)
        if not photo.membership_in(album.album_id) or not photo.state.is_in_albums:
            raise PhotoNotFound(photo_id)
        self._mark(photo_id, album, album.visibility)
        if album.cover == photo_id:
            return album
        try:
            if album.cover:
                with suppress(PhotoNotFound):  # the cover is deleted permanently
                    self._mark(album.cover, album, None)
            return self._records.replace(album, album.next_version(cover=photo_id))
        except (AlbumConflict, EditConflict, PhotoBusy):
            self._restore_cover(album.album_id, photo_id)
            raise

    def clear(self, album_id: str, photo_id: str) -> None:
        """Remove the cover of an album if it is this photo. Raises AlbumNotFound."""
        for _ in range(_MAX_ATTEMPTS):
            album = self._records.get(album_id)
            if album.cover != photo_id:
                return
            with suppress(AlbumConflict):
                self._records.replace(album, album.next_version(cover=""))
                return

    def leave(self, photo: Photo) -> None:
        """Replace a cover that is being deleted permanently by the first photo of each album.

        The objects of the photo are already deleted, so it cannot be restored.
        """
        for membership in photo.albums:
            if membership.cover:
                with suppress(AlbumNotFound):
                    self._succeed(membership.album_id, photo.photo_id)

    def mark(self, album: Album) -> None:
        """Store in the record of the cover whether the album is public."""
        if album.cover:
            with suppress(PhotoNotFound):  # the cover is deleted permanently
                self._mark(album.cover, album, album.visibility)

    def _succeed(self, album_id: str, photo_id: str) -> None:
        """Replace the cover of an album if it is this photo. Raises AlbumNotFound."""
        for _ in range(_MAX_ATTEMPTS):
            album = self._records.get(album_id)
            if album.cover != photo_id:
                return
            cover = self._mark_first(album)
            try:
                self._records.replace(album, album.next_version(cover=cover))
            except AlbumConflict:
                self._unmark(album_id, cover)
            else:
                return

    def _mark_first(self, album: Album) -> str:
        """Mark the first photo of an album as its cover. Return its id, empty if there is none."""
        with suppress(PhotoNotFound, PhotoBusy, EditConflict):
            photo_id = self._records.first_photo(album.album_id)
            if photo_id:
                self._mark(photo_id, album, album.visibility)
                return photo_id
        return ""

    def _unmark(self, album_id: str, photo_id: str) -> None:
        """Store in the record of a photo that it is not the cover, unless it is now."""
        album = self._records.get(album_id)
        if photo_id and album.cover != photo_id:
            with suppress(PhotoNotFound, PhotoBusy, EditConflict):
                self._mark(photo_id, album, None)

    def _restore_cover(self, album_id: str, photo_id: str) -> None:
        """Store in the records of photos which one is the cover, and that `photo_id` is not."""
        try:
            album = self._records.get(album_id)
        except AlbumNotFound:  # another request has deleted the album
            self._photos.remove(photo_id, album_id)
            raise
        if album.cover != photo_id:
            self._mark(photo_id, album, None)
        self.mark(album)

    def _mark(self, photo_id: str, album: Album, cover: AlbumVisibility | None) -> None:
        """Store in the record of a photo whether it is the cover of an album."""
        self._photos.replace(photo_id, album.album_id, cover=cover)


def album_covers(backend: Backend, unlisted_photos: UnlistedPhotos) -> AlbumCovers:
    """Return the covers of the albums of a backend, for changes of photos."""
    sidecars = AlbumSidecars(backend.objects)
    albums = AlbumRecords(backend.albums, sidecars, backend.session_revocations)
    return AlbumCovers(albums, AlbumPhotos(backend.catalog, unlisted_photos))
