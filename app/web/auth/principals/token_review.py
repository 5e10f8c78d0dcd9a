"""Let the token of a reviewer review an album as long as its link has not ended."""

from flask import g

from app.domain.errors import AlbumNotFound
from app.domain.photo_summary import Role
from app.web.auth.principals import principal
from app.web.context import album_links, album_service


def reviewed_album() -> str | None:
    """Return the album whose photos the request may review although its sender made it not.

    The pages of a closed album are for its owner and the admin alone. One read in a request.
    """
    current = principal.current()
    if current is None or current.role is not Role.REVIEWER or not current.album_id:
        return None
    if "reviewed_album" not in g:
        g.reviewed_album = current.album_id if _is_open(current.album_id) else None
    album_id: str | None = g.reviewed_album
    return album_id


def _is_open(album_id: str) -> bool:
    try:
        return album_links().is_open(album_service().get(album_id))
    except AlbumNotFound:
        return False
