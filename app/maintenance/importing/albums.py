"""Put imported photos into albums of the site."""

from app.domain.albums.album_text import AlbumText
from app.domain.photo_text import MAX_DESCRIPTION, clean_description
from app.maintenance.importing.items import IMPORT_OWNER, ImportAlbum
from app.maintenance.importing.texts import fit
from app.services.albums.album_service import AlbumService

_PAGE = 100  # albums of one read


class ImportAlbums:
    """The albums of all imports, by their titles. As the photos, they belong to no browser.

    A repeated import finds the albums of the one before.
    """

    def __init__(self, service: AlbumService) -> None:
        self._service = service
        self._ids = self._existing()

    def add(self, photo_id: str, albums: tuple[ImportAlbum, ...]) -> None:
        """Add a photo to albums, which are created. In those that have it, it stays as it is.

        Raises:
            InvalidText: The photo is in too many albums. It is in the first ones.
            PhotoNotFound: There is no such photo.
            PhotoBusy: The objects of the photo are being moved.
            EditConflict: Other requests changed the photo before every attempt.
        """
        for album in albums:
            self._service.add(self._id_of(album), photo_id)

    def _id_of(self, album: ImportAlbum) -> str:
        known = self._ids.get(album.name)
        if known:
            return known
        description, _ = fit(album.description, clean_description, MAX_DESCRIPTION)
        created = self._service.create(IMPORT_OWNER, AlbumText(album.name, description))
        self._ids[album.name] = created.album_id
        return created.album_id

    def _existing(self) -> dict[str, str]:
        """Return the ids of the albums by their titles; of albums of one title, the oldest."""
        ids: dict[str, str] = {}
        before: str | None = None
        while True:
            page = self._service.owned(IMPORT_OWNER, _PAGE, before=before)
            ids |= {tile.album.title: tile.album.album_id for tile in page.tiles}
            before = page.older
            if before is None:
                return ids
