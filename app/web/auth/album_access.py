"""Authorize the pages of albums: those of a closed album are for its owner and the admin alone."""

from flask import Flask

from app.domain.albums.album import Album
from app.domain.errors import AlbumClosed
from app.web.auth.access import Access
from app.web.context import album_links, album_service


def may_open(album: Album) -> bool:
    """Return whether the visitor, who knows the address of the album, may open it."""
    return album_links().is_open(album) or Access().may_change_album(album)


def require_open(album: Album) -> None:
    """Raise AlbumClosed unless the visitor may open the album."""
    if not may_open(album):
        raise AlbumClosed


def get_open(album_id: str) -> Album:
    """Return an album that the visitor may open. Raises AlbumNotFound and AlbumClosed."""
    album = album_service().get(album_id)
    require_open(album)
    return album


def require_takes_photos(album: Album) -> None:
    """Raise AlbumClosed for a closed album: photos added there would be shown to few."""
    if not album_links().is_open(album):
        raise AlbumClosed


def init_app(app: Flask) -> None:
    """Add `is_open` to the template globals."""
    app.jinja_env.globals["is_open"] = lambda album: album_links().is_open(album)
