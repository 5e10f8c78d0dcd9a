"""Show an album on a projector or a TV, one photo at a time, new photos first.

A wall is a slideshow that starts with the last photo of the album. Every few seconds, a script asks
which photos were added, and shows them immediately. Without JavaScript, the wall shows new photos
when it starts over, after the first photo of the album.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.domain.albums.album import Album
from app.domain.albums.keys import is_position
from app.domain.errors import PhotoNotFound
from app.domain.pages import Page
from app.domain.photo_summary import PhotoSummary
from app.services.albums.album_listings import entry_in
from app.web.auth import access
from app.web.auth.album_access import get_open
from app.web.auth.photo_access import get_visible_in
from app.web.caching import keep_out_of_search_engines
from app.web.context import album_listings, guest_links
from app.web.pages.slideshow import SECONDS
from app.web.pagination import cursors

NEW_PHOTOS = 30  # in each response, if the album has as many
LATENESS = timedelta(minutes=2)  # between the time at which a photo is added and its listing
_MINUTE = "%Y%m%d%H%M"
_SINCE = re.compile("[0-9]{12}")

blueprint = Blueprint("wall", __name__, url_prefix="/albums/<album_id>/wall")


@blueprint.get("")
def show(album_id: str) -> ResponseReturnValue:
    """Show the photo next to the cursor, or the photo in the parameter `photo`."""
    album = get_open(album_id)
    page = _read(album_id)
    photo = page.summaries[0] if page.summaries else None
    if photo is None and (request.args.get("before") or request.args.get("after")):
        return redirect(_url(album))
    return keep_out_of_search_engines(
        render_template(
            "wall/show.html",
            album=album,
            photo=photo,
            caption=_caption(photo) if photo else (),
            links=_links(album, page),
            code_url=_code_url(album),
            is_paused="paused" in request.args,
            seconds=SECONDS,
        )
    )


@blueprint.get("/new")
def new(album_id: str) -> Response:
    """Return the photos that were added last, newest first, with two reads.

    If many photos were added since the response that named this address, there is a third read.
    """
    get_open(album_id)
    next_since = _next_since()
    found = album_listings().added(album_id, NEW_PHOTOS, _since() or next_since)
    response = jsonify(
        photos=[_new_photo(album_id, summary.photo_id) for summary in found],
        next=url_for(".new", album_id=album_id, since=f"{next_since:{_MINUTE}}"),
    )
    response.add_etag()
    response.make_conditional(request)
    return keep_out_of_search_engines(response)


def _new_photo(album_id: str, photo_id: str) -> dict[str, str]:
    return {
        "photo_id": photo_id,
        "path": url_for(".show", album_id=album_id, photo=photo_id),
    }


def _next_since() -> datetime:
    """Return the time since which the next response names photos.

    It changes once a minute. Otherwise, responses without new photos would differ.
    """
    return (datetime.now(UTC) - LATENESS).replace(second=0, microsecond=0)


def _since() -> datetime | None:
    """Return the time in the URL, None without one. Abort with 404 if it is invalid."""
    text = request.args.get("since", "")
    if not text:
        return None
    if not _SINCE.fullmatch(text):
        abort(404)
    try:
        return datetime.strptime(text, _MINUTE).replace(tzinfo=UTC)
    except ValueError:
        abort(404)


def _read(album_id: str) -> Page:
    """Return a page with the photo that the URL names. Raises PhotoNotFound."""
    before, after = cursors(is_position)
    photo_id = request.args.get("photo")
    if not photo_id:
        return album_listings().last_photo_at(album_id, before=before, after=after)
    photo = get_visible_in(album_id, photo_id)
    entry = entry_in(album_id, photo)
    if entry is None or not photo.state.is_in_albums:
        raise PhotoNotFound(photo_id)
    return Page((photo.summary,), older=entry.position, newer=entry.position)


def _links(album: Album, page: Page) -> dict[str, str]:
    """Return the links of a page. The last photo links to photos that were added later."""
    paused = {"photo": page.summaries[0].photo_id} if page.summaries else {}
    return {
        "previous": _url(album, after=page.newer),
        "next": _url(album, before=page.older),
        "pause": _url(album, paused="", **paused),
        "new": url_for(".new", album_id=album.album_id),
    }


def _caption(photo: PhotoSummary) -> tuple[str, ...]:
    """Return the texts that people typed: the title and the name."""
    return tuple(filter(None, (photo.title, photo.contributor_name)))


def _url(album: Album, **parameters: Any) -> str:
    return url_for(".show", album_id=album.album_id, **parameters)


def _code_url(album: Album) -> str:
    """Return the path of the QR code in the corner.

    In the browser of the host, the code has the guest link. In other browsers, it has the address
    of the album, because the guest link may allow more than their visitors may do.
    """
    if guest_links().is_open(album) and access.Access().may_change_album(album):
        return url_for("qr_codes.guest_link", code=album.guest_code)
    return url_for("qr_codes.album", album_id=album.album_id)
