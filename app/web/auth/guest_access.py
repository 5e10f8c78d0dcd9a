"""Authorize guests: they add photos by the guest link that they have opened."""

from flask import Flask

from app.domain.albums.album import Album
from app.web.auth import access, access_errors, guest_cookie
from app.web.context import guest_links


class NotGuest(access_errors.AccessError):
    """The browser has not opened the guest link by which it adds photos."""


def require_upload_here() -> None:
    """Raise an error unless the visitor may send photos to the URL of the request.

    The error is LoginRequired, or NotGuest for the URL of a guest link.
    """
    if not guest_cookie.is_sent():
        access.require_upload()
    elif not guest_cookie.sent_code():
        raise NotGuest


def require_own_uploads() -> None:
    """Raise LoginRequired unless the browser may have uploads of its own, perhaps as a guest."""
    if not access.Access().may_have_uploads:
        raise access_errors.LoginRequired


def is_guest_of(album: Album) -> bool:
    """Return whether the browser has opened the guest link of the album."""
    return album.guest_code in guest_cookie.codes()


def code_for(album: Album) -> str:
    """Return the code by which the browser adds photos to an album; empty if it is no guest.

    The host and the admin are not, and the guest link must take guests now.
    """
    is_guest = is_guest_of(album) and not access.Access().may_change_album(album)
    return album.guest_code if is_guest and guest_links().is_open(album) else ""


def require_add_existing(album: Album) -> None:
    """Raise an error unless the visitor may add photos to an album that are on the site already.

    They keep the state that they have, so this would evade a review, and the limit of a guest.

    Raises:
        LoginRequired, NotAlbumOwner: Only the host adds photos, or reviews those of others.
        NotGuest: The visitor adds photos as a guest.
    """
    access.require_add_to_album(album)
    if code_for(album):
        raise NotGuest
    if album.is_reviewed:
        access.require_change_album(album)


def may_add_existing(album: Album) -> bool:
    """Return whether `require_add_existing` raises no error."""
    try:
        require_add_existing(album)
    except access_errors.AccessError:
        return False
    return True


def init_app(app: Flask) -> None:
    """Add `guest_code_for` to the template globals."""
    app.jinja_env.globals["guest_code_for"] = code_for
