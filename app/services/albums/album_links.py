"""End the links of unlisted albums, and change the states of their photos accordingly.

Changing the record of the album closes or opens its pages. Then its photos follow the link: they
become private or unlisted, in steps that may be repeated. The record has the time at which they
have to (`settle_at`). A background task completes interrupted steps, and starts when a link ends.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from app.domain.albums.album import Album
from app.domain.albums.link import is_possible_end, next_settling
from app.domain.errors import (
    AlbumConflict,
    AlbumNotFound,
    Busy,
    EditConflict,
    InvalidText,
    PhotoNotFound,
    StorageError,
)
from app.domain.messages import message
from app.domain.photo import Photo
from app.services.albums.album_records import AlbumRecords
from app.services.albums.catalog import AlbumCatalog
from app.services.albums.due_links import MOVES_AT_ONCE, DueLinks
from app.services.moves.unlisted_photos import UnlistedPhotos

log = logging.getLogger(__name__)

_MAX_ATTEMPTS = 3  # to change an album that others change at the same time
_IS_PUBLIC = message("Only the link of an unlisted album can end. Make the album unlisted first.")
_IN_THE_PAST = message("Choose a time in the future, or end the link now.")
_TOO_LATE = message("Enter a date.")


class AlbumLinks:
    """The use cases of the links of albums.

    Args:
        albums: The records of the albums.
        records: Changes them together with their sidecars.
        photos: Makes single photos private or unlisted.
        now: The clock.
        moves_at_once: Photos that the background task moves at the same time.
    """

    def __init__(
        self,
        albums: AlbumCatalog,
        records: AlbumRecords,
        photos: UnlistedPhotos,
        now: Callable[[], datetime],
        moves_at_once: int = MOVES_AT_ONCE,
    ) -> None:
        self._albums = albums
        self._records = records
        self._photos = photos
        self._now = now
        self._due = DueLinks(albums, photos, self.finish, now, moves_at_once)

    def is_open(self, album: Album) -> bool:
        """Return whether everyone who has the link can see the album now."""
        return album.is_open(self._now())

    def end_at(self, album: Album, ends_at: datetime | None) -> Album:
        """End the link at a time in the future, or never. A closed album is opened until this time.

        Raises:
            InvalidText: The album is public, or the time is not in the future or too late.
            AlbumConflict: Another request has changed the album.
        """
        if ends_at and ends_at <= self._now():
            raise InvalidText("until_date", _IN_THE_PAST)
        if ends_at and not is_possible_end(ends_at):
            raise InvalidText("until_date", _TOO_LATE)
        return self._change(album, ends_at)

    def end_now(self, album: Album) -> Album:
        """End the link now, if it is open. Raises the errors of `end_at`."""
        now = self._now()
        return self._change(album, now) if album.is_open(now) else album

    def settle(self, photo: Photo) -> Photo:
        """Let one photo follow its albums: see `UnlistedPhotos.settle`."""
        return self._photos.settle(photo.photo_id)

    def follow(self, album: Album, photos: Iterable[Photo]) -> None:
        """Make new photos of an album private if its link has ended, or if it was deleted.

        If the album is open, this takes one read. A failure is only logged. The background task
        tries again, or `repair` if the album was deleted.
        """
        try:
            if self._is_open_now(album.album_id):
                return
            for photo in photos:
                self._photos.settle(photo.photo_id)
        except (StorageError, Busy, EditConflict, PhotoNotFound):
            log.exception("new photos of album %s cannot follow its link yet", album.album_id)

    def _is_open_now(self, album_id: str) -> bool:
        with suppress(AlbumNotFound):
            return self.is_open(self._albums.get(album_id))
        return False

    def finish_now(self, album: Album, *, was_open: bool) -> None:
        """Record that all photos have followed the change of the album: see `finish`.

        Args:
            album: The album before its photos followed.
            was_open: Whether it was open then. Its link may have ended in the meantime.
        """
        end = None if was_open else album.ends_at
        self.finish(album, end or album.created_at)

    def finish(self, album: Album, began: datetime) -> None:
        """Record that all photos have followed the link, unless the link changed in the meantime.

        Args:
            album: The album before its photos followed.
            began: When the first photo began to follow.
        """
        for _ in range(_MAX_ATTEMPTS):
            current = self._albums.get(album.album_id)
            if current.ends_at != album.ends_at or current.settle_at != album.settle_at:
                return
            settle_at = next_settling(current.ends_at, began)
            if settle_at == current.settle_at:
                return
            with suppress(AlbumConflict):
                self._records.replace(current, current.next_version(settle_at=settle_at))
                return

    def settle_due(self) -> int:
        """Move the photos of the albums that are due: see `DueLinks.settle`."""
        return self._due.settle()

    def _change(self, album: Album, ends_at: datetime | None) -> Album:
        if album.is_public:
            raise InvalidText("until_date", _IS_PUBLIC)
        if album.ends_at == ends_at:
            return album
        settle_at = self._next_settling(album, ends_at)
        changed = album.next_version(ends_at=ends_at, settle_at=settle_at)
        return self._records.replace(album, changed)

    def _next_settling(self, album: Album, ends_at: datetime | None) -> datetime | None:
        """Return when the photos have to follow the new end: now if the album opens or closes."""
        now = self._now()
        is_waiting = album.settle_at is not None and album.settle_at <= now
        stays_open = album.is_open(now) and replace(album, ends_at=ends_at).is_open(now)
        return ends_at if stays_open and not is_waiting else now
