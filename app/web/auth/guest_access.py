"""Authorize guests: they add photos by the guest link that they have opened."""

from flask import Flask

from app.domain.albums.album import Album
from app.web.auth import access, access_errors, guest_cookie


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


def init_app(app: Flask) -> None:
    """Add `is_guest_of` to the template globals."""
    app.jinja_env.globals["is_guest_of"] = is_guest_of
