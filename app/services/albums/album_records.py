"""Change the record of an album, then its sidecar."""

from contextlib import suppress

from app.domain.albums.album import Album
from app.domain.errors import AlbumConflict, AlbumNotFound, StorageError
from app.services.albums.album_sidecars import AlbumSidecars
from app.services.albums.catalog import AlbumCatalog
from app.services.session_revocations import SessionRevocations

_FOREVER = 253_402_300_799  # Unix time: the end of the year 9999


class AlbumRecords:
    """Changes the records of albums. The catalog has the authoritative record.

    Args:
        albums: The records.
        sidecars: Their copies in the object store.
        revocations: Has the ids of deleted albums, so that no form creates them again.
    """

    def __init__(
        self, albums: AlbumCatalog, sidecars: AlbumSidecars, revocations: SessionRevocations
    ) -> None:
        self._albums = albums
        self._sidecars = sidecars
        self._revocations = revocations

    def get(self, album_id: str) -> Album:
        """Return an album. Raises AlbumNotFound."""
        return self._albums.get(album_id)

    def first_photo(self, album_id: str) -> str | None:
        """Return the id of the first public photo of an album. Raises AlbumNotFound."""
        summaries = self._albums.page(album_id, 1).summaries
        return summaries[0].photo_id if summaries else None

    def create(self, album: Album) -> Album:
        """Write a new album, or return the album that its owner has already created with this id.

        Raises:
            AlbumConflict: The album with this id has another owner.
            AlbumNotFound: The album with this id was deleted. Its address may have been shared.
        """
        if self._was_deleted(album):
            return self._existing(album)
        try:
            self._albums.create(album)
        except AlbumConflict:
            album = self._existing(album)
        else:
            self._undo_if_deleted(album)
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
        """Delete an album permanently. Raises AlbumConflict."""
        self._revocations.revoke(_revocation_of(album.album_id), _FOREVER)
        # The sidecar is deleted first: a sidecar without a record means that the record was lost.
        self._sidecars.delete(album.album_id)
        self._albums.delete(album)

    def _was_deleted(self, album: Album) -> bool:
        return self._revocations.is_revoked(_revocation_of(album.album_id))

    def _undo_if_deleted(self, album: Album) -> None:
        """Delete a new album that another request created and deleted in the meantime."""
        if self._was_deleted(album):
            self._albums.delete(album)
            raise AlbumNotFound(album.album_id)

    def _existing(self, album: Album) -> Album:
        """Return the album of the same owner with the same id. Raises the errors of `create`."""
        existing = self._albums.get(album.album_id)
        if existing.owner != album.owner:
            raise AlbumConflict(album.album_id)
        return existing

    def _delete_sidecar_without_record(self, album_id: str) -> None:
        """Delete the sidecar if the album was deleted before the sidecar was written."""
        try:
            self._albums.get(album_id)
        except AlbumNotFound:
            self._sidecars.delete(album_id)


def _revocation_of(album_id: str) -> str:
    """Return the id under which a deletion is stored. No session and no link has this id."""
    return f"album:{album_id}"
