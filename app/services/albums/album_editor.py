"""Edit the texts and the settings of albums."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.domain.errors import AlbumConflict
from app.domain.versions.edited import is_conflict, is_edit
from app.services.albums.album_covers import AlbumCovers
from app.services.albums.album_records import AlbumRecords

_MAX_ATTEMPTS = 3  # to change an album that others change at the same time


class AlbumEditor:
    """Edits albums. A form conflicts with the edits of others, not with another cover."""

    def __init__(self, records: AlbumRecords, covers: AlbumCovers) -> None:
        self._records = records
        self._covers = covers

    def update(
        self, album: Album, version: int, text: AlbumText, settings: Mapping[str, Any]
    ) -> Album:
        """Change the texts and the settings: see `AlbumService.update`."""
        for _ in range(_MAX_ATTEMPTS - 1):
            edited = _edited(album, version, text, settings)
            with suppress(AlbumConflict):  # another request has changed the album since it was read
                return self._save(album, edited)
            album = self._records.get(album.album_id)
        return self._save(album, _edited(album, version, text, settings))

    def _save(self, album: Album, edited: Album) -> Album:
        if not is_edit(edited):
            return album
        # The cover goes first. If its photo is busy, nothing is changed.
        if edited.visibility is not album.visibility:
            self._covers.mark(edited)
        try:
            return self._records.replace(album, edited)
        except AlbumConflict:
            self._covers.mark(self._records.get(album.album_id))
            raise


def _edited(album: Album, version: int, text: AlbumText, settings: Mapping[str, Any]) -> Album:
    """Return the next version of an album. Raises InvalidText and AlbumConflict."""
    edited = album.next_version(**text.validated(), **settings)
    if is_conflict(version, album, edited):
        raise AlbumConflict(album.album_id)
    return edited
