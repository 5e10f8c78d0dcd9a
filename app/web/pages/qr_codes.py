"""Draw the address of a photo, an album or a guest link as a QR code, for another device."""

from functools import lru_cache
from io import BytesIO

import segno
from flask import Blueprint, Response, abort, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.web.auth.album_access import get_open
from app.web.caching import HOUR, cache_privately, cache_publicly
from app.web.context import guest_links, photo_service

_QUIET_ZONE = 4  # modules around the code (ISO/IEC 18004, section 6.3.8)
_MAX_ADDRESS = 500  # characters; a host name has at most 253 (RFC 1035, section 2.3.4)
_CODES_KEPT = 256  # about 2 kB each; a code takes some milliseconds of CPU

blueprint = Blueprint("qr_codes", __name__)


@blueprint.get("/photos/<photo_id>/qr.svg")
def show(photo_id: str) -> ResponseReturnValue:
    """Return the code of a public photo. Other photos are a 404, as they are for strangers."""
    photo = photo_service().get_public(photo_id)
    return _code_of(url_for("photos.show", photo_id=photo.photo_id, _external=True))


@blueprint.get("/albums/<album_id>/qr.svg")
def album(album_id: str) -> ResponseReturnValue:
    """Return the code of an album. Who knows the address of an unlisted one may see its code."""
    album = get_open(album_id)
    code = _code_of(url_for("albums.show", album_id=album.album_id, _external=True))
    return code if album.is_public else cache_privately(code)


@blueprint.get("/join/<code>/qr.svg")
def guest_link(code: str) -> ResponseReturnValue:
    """Return the code of a guest link."""
    guest_links().album_of(code)
    return cache_privately(_code_of(url_for("guests.show", code=code, _external=True)))


def _code_of(address: str) -> Response:
    if len(address) > _MAX_ADDRESS:
        abort(400)
    return cache_publicly(Response(_qr_code(address), mimetype="image/svg+xml"), HOUR)


def inline_code(address: str) -> Markup:
    """Return the code of a secret address as an element, empty if the address is too long."""
    if len(address) > _MAX_ADDRESS:
        return Markup()
    svg = segno.make_qr(address).svg_inline(border=_QUIET_ZONE, light="#fff", omitsize=True)
    return Markup(svg)  # noqa: S704  made by segno, which escapes


@lru_cache(_CODES_KEPT)
def _qr_code(text: str) -> bytes:
    """Return an SVG in black on white, since cameras do not read inverted codes reliably."""
    svg = BytesIO()
    segno.make_qr(text).save(
        svg, kind="svg", border=_QUIET_ZONE, light="#fff", omitsize=True, xmldecl=False
    )
    return svg.getvalue()
