"""Choose the album that photos are added to, or a new one."""

import hashlib

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.domain.albums.memberships import Membership
from app.domain.errors import AlbumNotFound, InvalidText
from app.domain.photo import Photo
from app.web.auth import access, album_access, contributor_cookie, guest_access
from app.web.auth.photo_access import get_changeable
from app.web.bulk.each_photo import BulkResult, apply_to_each
from app.web.context import album_service, app_context
from app.web.errors import form_error
from app.web.operations import admin_log
from app.web.pages.albums.new_album import create_album
from app.web.redirects import back_path, redirect_back, see_other
from app.web.rendering.i18n import gettext as _
from app.web.rendering.i18n import ngettext
from app.web.selection_forms import AlbumChoiceForm

MAX_ALBUMS = 100  # that the page offers: the newest ones

blueprint = Blueprint("album_choice", __name__)


@blueprint.before_request
def require_upload() -> None:
    """Reject visitors who may not upload: they have no photos to add."""
    access.require_upload()


@blueprint.get("/photos/<photo_id>/albums")
def of_photo(photo_id: str) -> ResponseReturnValue:
    """Show the albums that have the photo, and those that it can be added to."""
    photo = get_changeable(photo_id)
    return _show(AlbumChoiceForm(formdata=None, photo=[photo_id]), photo=photo)


@blueprint.post("/uploads/albums")
def of_selection() -> ResponseReturnValue:
    """Show the albums that the chosen photos can be added to."""
    form = AlbumChoiceForm.submitted()
    try:
        form.chosen()
    except InvalidText as error:
        flash(str(error.message), "error")
        return redirect_back("my_uploads.index")
    return _show(form)


@blueprint.post("/uploads/albums/add")
def add() -> ResponseReturnValue:
    """Add the chosen photos to the album, which is created if it is a new one."""
    form = AlbumChoiceForm.submitted()
    try:
        chosen = form.chosen()
        album = _album(form, chosen)
    except InvalidText as error:
        form.add_error(error)
        return form_error(error, lambda: _show(form))
    guest_access.require_add_existing(album)
    album_access.require_open(album)
    admin_log.note_album(album.album_id)
    membership = album_service().new_membership(album)
    result = apply_to_each(chosen, lambda photo: _add(photo, membership))
    if result.errors:
        return _partial_failure_response(form, album, result)
    _flash_added(album, len(result.changed))
    return see_other("albums.show", album_id=album.album_id)


@blueprint.post("/photos/<photo_id>/albums/remove")
def remove(photo_id: str) -> ResponseReturnValue:
    """Remove a photo from an album whose address its owner does not learn."""
    photo = get_changeable(photo_id)
    digest = request.form.get("digest", "")
    for membership in photo.albums:
        if _digest(membership) == digest:
            album_service().remove(membership.album_id, photo_id)
            flash(_("Removed from the album."), "success")
    return see_other(".of_photo", photo_id=photo_id)


def _add(photo: Photo, membership: Membership) -> Photo:
    return album_service().add(membership.album_id, photo.photo_id, membership)


def _album(form: AlbumChoiceForm, chosen: list[str]) -> Album:
    """Return the chosen album, or a new one for photos of which the visitor may change the first.

    Raises:
        InvalidText: The new album has no title.
        AlbumNotFound: The chosen album is gone.
        PhotoNotFound, NotOwner: The visitor may not change the first photo.
        RateLimitExceeded: Too many albums or photos came from the visitor's address.
    """
    if form.album.data:
        return album_service().get(form.album.data)
    get_changeable(chosen[0])
    app_context().rate_limits.count_upload()
    text = AlbumText(form.title.data or "", "")
    return create_album(form, text)


def _show(
    form: AlbumChoiceForm, photo: Photo | None = None, result: BulkResult | None = None
) -> str:
    memberships = photo.albums if photo else ()
    found = [(album, each) for each in memberships if (album := _find(each))]
    having = [album for album, each in found if _may_know(album, each)]
    unknown = [_digest(each) for album, each in found if album not in having]
    return render_template(
        "album_photos/choose.html",
        form=form,
        photo=photo,
        having=having,
        unknown=unknown,
        albums=[album for album in _addable() if album not in having],
        result=result or BulkResult(),
        back=back_path(),
    )


def _find(membership: Membership) -> Album | None:
    try:
        return album_service().get(membership.album_id)
    except AlbumNotFound:
        return None


def _may_know(album: Album, membership: Membership) -> bool:
    """Return whether the visitor may learn the title and the address of an album of their photo.

    Guests who only add photos may not, and someone else may have added the photo. An album whose
    link has ended is for its owner alone.
    """
    if access.Access().may_change_album(album):
        return True
    is_shown = membership.by_guest and album.guest_access is GuestAccess.SEE
    return album.is_public or bool(is_shown and album_access.may_open(album))


def _digest(membership: Membership) -> str:
    """Return a name of the album from which its address cannot be found."""
    return hashlib.sha256(f"album:{membership.album_id}".encode()).hexdigest()[:32]


def _addable() -> list[Album]:
    """Return the newest albums that the visitor may add the photos to, the own ones first."""
    owner = contributor_cookie.current_owner()
    own = album_service().owned(owner, MAX_ALBUMS).tiles if owner else ()
    others = album_service().public(MAX_ALBUMS).tiles
    found = {tile.album.album_id: tile.album for tile in (*own, *others)}
    return list(filter(guest_access.may_add_existing, found.values()))


def _partial_failure_response(
    form: AlbumChoiceForm, album: Album, result: BulkResult
) -> ResponseReturnValue:
    """Show the form again, for the photos that were not added."""
    form.photo.data = [item.photo_id for item in result.errors]
    form.album.data = album.album_id
    return form_error(result.errors[0].error, lambda: _show(form, result=result))


def _flash_added(album: Album, count: int) -> None:
    text = ngettext(
        "%(count)s photo added to “%(title)s”.",
        "%(count)s photos added to “%(title)s”.",
        count,
        count=count,
        title=album.title,
    )
    flash(text, "success")
