"""An owner and the texts of an album, and the photos that an album shows."""

from typing import Any

from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.services.albums.album_service import AlbumService

OWNER = "0" * 32
LAKE = AlbumText("Lake", "")


def no_image(*_arguments: object, **_options: object) -> Any:
    raise NotImplementedError


def shown(albums: AlbumService, album: Album) -> list[str]:
    return [photo.photo_id for photo in albums.page(album.album_id, 30).summaries]
