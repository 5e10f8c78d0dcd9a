"""Add the photos of an upload to an album."""

from collections.abc import Sequence

from flask import request

from app.domain.albums.album import Album
from app.domain.errors import AlbumNotFound
from app.domain.upload import UploadResult
from app.web.auth import access
from app.web.context import album_service


def preset_album() -> Album | None:
    """Return the album in the URL, None without one. Raises AlbumNotFound and NotAlbumOwner."""
    album_id = request.args.get("album")
    if not album_id:
        return None
    album = album_service().get(album_id)
    access.require_add_to_album(album)
    return album


def sent_album(album_id: str | None) -> Album | None:
    """Return the album of a form. None if it was deleted: its photos are published without it.

    Raises NotAlbumOwner.
    """
    if not album_id:
        return None
    try:
        album = album_service().get(album_id)
    except AlbumNotFound:
        return None
    access.require_add_to_album(album)
    return album


def ensure_cover(album: Album | None, published: Sequence[UploadResult]) -> None:
    """Make the first photo of the form the cover, if the album has none."""
    if album and published:
        album_service().ensure_cover(album, published[0].photo.photo_id)
