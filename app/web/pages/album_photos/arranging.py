"""Order the photos of an album by hand, choose its cover, and remove photos."""

import re
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.albums.album import Album
from app.domain.albums.keys import is_position
from app.domain.albums.pages import AlbumPage
from app.domain.errors import InvalidText, PhotoNotFound
from app.domain.messages import message
from app.domain.photo_ids import is_photo_id
from app.services.albums.album_arranger import MAX_PLACE, Direction
from app.web.auth import access, album_access
from app.web.auth.photo_access import get_visible_in
from app.web.context import album_service
from app.web.errors import user_message
from app.web.pagination import PAGE_SIZE, cursor_parameters, cursors
from app.web.redirects import redirect_back, see_other
from app.web.rendering.i18n import gettext as _

_NUMBER = re.compile("[0-9]{1,9}")

blueprint = Blueprint("album_photos", __name__, url_prefix="/albums/<album_id>")


@blueprint.get("/arrange")
def index(album_id: str) -> ResponseReturnValue:
    """Show photos of the album with buttons that move them."""
    album = _get_changeable(album_id)
    before, after = cursors(is_position)
    page = album_service().page(album_id, PAGE_SIZE, before=before, after=after)
    if not page.positions and (before or after):
        return redirect(url_for(".index", album_id=album_id))
    return render_template(
        "album_photos/arrange.html", album=album, page=page, first=_first_number(page)
    )


@blueprint.post("/arrange")
def move(album_id: str) -> ResponseReturnValue:
    """Move a photo one place, or to the place with a number. The order is by hand from then on."""
    album = _get_changeable(album_id)
    photo_id = _sent_photo_id()
    try:
        is_complete = album_service().move(album, photo_id, _sent_direction() or _sent_number())
    except InvalidText as error:
        flash(user_message(error), "error")
        return _back_to_page(album_id, photo_id)
    return _back_to_page(album_id, photo_id) if is_complete else _progress_page(album, photo_id)


@blueprint.post("/cover")
def choose_cover(album_id: str) -> ResponseReturnValue:
    """Make a photo the cover of the album."""
    album = _get_changeable(album_id)
    photo_id = _sent_photo_id()
    album_service().choose_cover(album, photo_id)
    flash(_("This is the cover of the album now."), "success")
    return _back_to_page(album_id, photo_id)


@blueprint.post("/remove")
def remove(album_id: str) -> ResponseReturnValue:
    """Remove a photo from the album. The photo itself stays."""
    album = album_access.get_open(album_id)
    photo = get_visible_in(album_id, _sent_photo_id())
    if not access.Access().may_change(photo):
        access.require_change_album(album)
    album_service().remove(album_id, photo.photo_id)
    if photo.membership_in(album_id):
        flash(_("Removed from “%(title)s”.", title=album.title), "success")
    return redirect_back("albums.show", album_id=album_id)


def _first_number(page: AlbumPage) -> int | None:
    """Return the number of the first photo, None if photos cannot be moved to all the numbers."""
    if not page.previous:
        return 1
    first = album_service().number_of(page.album.album_id, page.positions[0])
    return first if first and first - 1 + len(page.positions) <= MAX_PLACE else None


def _progress_page(album: Album, photo_id: str) -> ResponseReturnValue:
    """Return the page that sends the form again: many photos get places of their own first."""
    names = ("place", "direction")
    parameters: dict[str, Any] = cursor_parameters()
    sent = {name: request.form[name] for name in names if name in request.form}
    page = render_template(
        "album_photos/progress.html",
        album=album,
        fields=sent | {"photo": photo_id},
        action=url_for(".move", album_id=album.album_id, **parameters),
    )
    # A browser that restores its tabs must not continue the action from its cache.
    return make_response(page, {"Cache-Control": "private, no-store"})


def _get_changeable(album_id: str) -> Album:
    album = album_service().get(album_id)
    access.require_change_album(album)
    return album


def _sent_photo_id() -> str:
    photo_id = request.form.get("photo", "")
    if not is_photo_id(photo_id):
        raise PhotoNotFound(photo_id)
    return photo_id


def _sent_direction() -> Direction | None:
    """Return the direction of the button, None for a place with a number."""
    name = request.form.get("direction")
    return next((direction for direction in Direction if direction.value == name), None)


def _sent_number() -> int:
    """Return the number of a place, the first one if the field is empty. Raises InvalidText."""
    text = request.form.get("place", "").strip()
    if text and not _NUMBER.fullmatch(text):
        raise InvalidText("place", message("Enter the number of a place."))
    return max(int(text or 1), 1)


def _back_to_page(album_id: str, photo_id: str) -> ResponseReturnValue:
    """Redirect to the same page of the form, at the photo."""
    return see_other(".index", album_id=album_id, _anchor=photo_id, **cursor_parameters())
