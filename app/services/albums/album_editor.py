"""Edit the texts and settings of albums, and record whether a new order is complete."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from app.domain.albums.album import Album, AlbumOrder
from app.domain.albums.album_text import AlbumText
from app.domain.errors import AlbumConflict, AlbumNotFound
from app.domain.versions.edited import is_conflict, is_edit
from app.services.albums.album_covers import AlbumCovers
from app.services.albums.album_records import AlbumRecords

_MAX_ATTEMPTS = 3  # to change an album that others change at the same time


class AlbumEditor:
    """Edits albums. The record of an album says whether a new order is not complete."""

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

    def finish_sort(self, album: Album, sort_version: int | None) -> None:
        """Record that the new order is complete, unless another order was chosen in the meantime.

        Args:
            album: The album.
            sort_version: The `sort_version` of the album when the first photo got its place.
        """

        def finished(current: Album) -> Album | None:
            is_same = sort_version is not None and current.sort_version == sort_version
            return current.next_version(sort_version=None) if is_same else None

        with suppress(AlbumNotFound):
            self._change(album, finished)

    def order_by_hand(self, album: Album) -> None:
        """Set the order to by hand. Raises AlbumNotFound and AlbumConflict."""

        def by_hand(current: Album) -> Album | None:
            is_by_hand = current.order is AlbumOrder.MANUAL
            changes = {"order": AlbumOrder.MANUAL, "sort_version": None}
            return None if is_by_hand else current.next_version(**changes)

        self._change(album, by_hand)

    def _change(self, album: Album, change: Callable[[Album], Album | None]) -> None:
        """Apply `change`, which returns None for an album that needs no change."""
        for attempt in range(1, _MAX_ATTEMPTS + 1):
            after = change(album)
            if after is None:
                return
            try:
                self._records.replace(album, after)
            except AlbumConflict:
                if attempt == _MAX_ATTEMPTS:
                    raise
                album = self._records.get(album.album_id)
            else:
                return

    def _save(self, album: Album, edited: Album) -> Album:
        if not is_edit(edited):
            return album
        # The cover is changed first. If its photo is busy, nothing is changed.
        if edited.visibility is not album.visibility:
            self._covers.mark(edited)
        try:
            return self._records.replace(album, edited)
        except AlbumConflict:
            self._covers.mark(self._records.get(album.album_id))
            raise


def _edited(album: Album, version: int, text: AlbumText, settings: Mapping[str, Any]) -> Album:
    """Return the next version of an album. Raises InvalidText and AlbumConflict."""
    sorting: dict[str, int | None] = {}
    order = settings.get("order", album.order)
    if order is not album.order:
        sorting["sort_version"] = None if order is AlbumOrder.MANUAL else album.version + 1
    edited = album.next_version(**text.validated(), **settings, **sorting)
    if edited.is_public and edited.ends_at:  # its private photos become unlisted
        settle_at = min(edited.ends_at, edited.settle_at or edited.ends_at)  # maybe already due
        edited = replace(edited, ends_at=None, settle_at=settle_at)
    if is_conflict(version, album, edited):
        raise AlbumConflict(album.album_id)
    return edited
