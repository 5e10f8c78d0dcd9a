"""Change the record of an album, and then its sidecar."""

from contextlib import suppress

from app.domain.albums.album import Album
from app.domain.errors import AlbumConflict, AlbumNotFound, StorageError
from app.services.albums.album_sidecars import AlbumSidecars
from app.services.albums.catalog import AlbumCatalog


class AlbumRecords:
    """Changes records of albums. The catalog has the authoritative record."""

    def __init__(self, albums: AlbumCatalog, sidecars: AlbumSidecars) -> None:
        self._albums = albums
        self._sidecars = sidecars

    def get(self, album_id: str) -> Album:
        """Return an album. Raises AlbumNotFound."""
        return self._albums.get(album_id)

    def first_photo(self, album_id: str) -> str | None:
        """Return the id of the first public photo of an album. Raises AlbumNotFound."""
        summaries = self._albums.page(album_id, 1).summaries
        return summaries[0].photo_id if summaries else None

    def create(self, album: Album) -> Album:
        """Write a new album, or return the one that its owner has created with the same id.

        Raises:
            AlbumConflict: The album with the id has another owner.
        """
        try:
            self._albums.create(album)
        except AlbumConflict:
            existing = self._albums.get(album.album_id)
            if existing.owner != album.owner:
                raise
            album = existing
        self._sidecars.put(album)
        return album

    def replace(self, before: Album, after: Album) -> Album:
        """Replace an album, and return it. Raises AlbumConflict."""
        self._albums.update(before, after)
        self._sidecars.put(after)
        with suppress(StorageError):
            self._delete_sidecar_without_record(after.album_id)
        return after

    def delete(self, album: Album) -> None:
        """Delete an album. Raises AlbumConflict."""
        # The sidecar goes first: a sidecar without a record is that of an album that was lost.
        self._sidecars.delete(album.album_id)
        self._albums.delete(album)

    def _delete_sidecar_without_record(self, album_id: str) -> None:
        """Delete the sidecar if the album was deleted before the sidecar was written."""
        try:
            self._albums.get(album_id)
        except AlbumNotFound:
            self._sidecars.delete(album_id)
