"""Pages for hosts: the guest link of an album, its settings, its guests and a card to print."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue

from app.domain.albums.album import Album
from app.domain.errors import AlbumConflict, InvalidText
from app.domain.messages import message
from app.web.auth import access
from app.web.caching import keep_out_of_search_engines
from app.web.context import album_links, album_service, guest_links, review_service
from app.web.errors import form_error
from app.web.pages.guests.card_languages import second_language
from app.web.pages.guests.forms import GuestLinkForm, GuestSettingsForm
from app.web.redirects import see_other
from app.web.rendering.i18n import gettext as _
from app.web.rendering.i18n import in_languages, language

_INSTRUCTIONS = (
    message("Add your photos"),
    message("Scan the code with the camera of your phone. You need no app and no account."),
)

blueprint = Blueprint("album_guests", __name__, url_prefix="/albums/<album_id>/guests")


@blueprint.get("")
def index(album_id: str) -> ResponseReturnValue:
    """Show the guest link with its settings, and the photos of the guests."""
    album = _changeable(album_id)
    return _page(album, GuestSettingsForm.of(album))


@blueprint.post("")
def update(album_id: str) -> ResponseReturnValue:
    """Create the guest link, or change its settings."""
    album = _changeable(album_id)
    form = GuestSettingsForm.submitted_for(album)
    try:
        guest_links().change(album, form.submitted_version, **form.settings())
    except InvalidText as error:
        form.add_error(error)
        return form_error(error, lambda: _page(album, form))
    except AlbumConflict as error:
        conflict = album_service().get(album_id)
        form.version.data = str(conflict.version)  # saving again overwrites the version shown now
        return form_error(error, lambda: _page(conflict, form, has_conflict=True))
    flash(_("Saved."), "success")
    return see_other(".index", album_id=album_id)


@blueprint.get("/<any(renew, end):verb>")
def confirm(album_id: str, verb: str) -> ResponseReturnValue:
    """Ask for confirmation, because the link on printed cards stops working."""
    album = _changeable(album_id)
    if not album.guest_code:
        return see_other(".index", album_id=album_id)
    form = GuestLinkForm(formdata=None, code=album.guest_code)
    page = render_template("album_guests/confirm.html", album=album, verb=verb, form=form)
    return _private(page)


@blueprint.post("/<any(renew, end):verb>")
def run(album_id: str, verb: str) -> ResponseReturnValue:
    """Replace the guest link by a new link, or end it. A form that is sent again changes nothing.

    The form has the code of the link, so it does not change a newer link.
    """
    album = _changeable(album_id)
    code = GuestLinkForm.submitted().code.data
    if not code:
        return see_other(".confirm", album_id=album_id, verb=verb)
    if verb == "renew" and guest_links().renew(album, code).guest_code:
        flash(_("This is the new link. The earlier one no longer works."), "success")
    elif verb == "end":
        guest_links().end(album, code)
        flash(_("The link no longer works. The photos of your guests are still here."), "success")
    return see_other(".index", album_id=album_id)


@blueprint.get("/card")
def card(album_id: str) -> ResponseReturnValue:
    """Show a card to print with the guest link, in one or two languages."""
    album = _changeable(album_id)
    if not album.guest_code:
        return see_other(".index", album_id=album_id)
    second = second_language()
    tags = [language(), second] if second else [language()]
    lines = in_languages(tags, _INSTRUCTIONS)
    page = render_template(
        "album_guests/card.html", album=album, instructions=lines, second_language=second
    )
    return _private(page)


def _changeable(album_id: str) -> Album:
    album = album_service().get(album_id)
    access.require_change_album(album)
    return album


def _page(album: Album, form: GuestSettingsForm, *, has_conflict: bool = False) -> str:
    return render_template(
        "album_guests/index.html",
        album=album,
        form=form,
        has_conflict=has_conflict,
        guests=guest_links().guests(album.album_id),
        waiting=review_service().count_pending(album.album_id),
        count=album_service().counts([album.album_id]).get(album.album_id, 0),
        link_is_open=guest_links().is_open(album),
        album_is_open=album_links().is_open(album),
    )


def _private(page: str) -> ResponseReturnValue:
    return keep_out_of_search_engines(page)
