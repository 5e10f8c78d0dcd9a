"""Show, edit, hide, unhide, delete and restore one photo."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import EditConflict, InvalidText, PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.web.auth import access, purge_token
from app.web.auth.photo_access import get_changeable, get_visible
from app.web.bulk import photo_changes
from app.web.caching import keep_out_of_search_engines
from app.web.context import app_context, photo_rotation, photo_service
from app.web.edits.edit_fields import submitted_edit, submitted_version
from app.web.errors import form_error
from app.web.forms import EditForm, PurgeForm, RotateForm
from app.web.listings.place_in_listing import PlaceInListing
from app.web.redirects import back_path, flash_with_undo, redirect_back, see_other
from app.web.rendering.api.listing_json import place_as_json
from app.web.rendering.api.negotiation import negotiated
from app.web.rendering.cache_notice import with_cache_notice
from app.web.rendering.i18n import gettext as _
from app.web.rendering.photo_names import photo_reference
from app.web.rendering.state_messages import flash_state
from app.web.rendering.static_files import asset

blueprint = Blueprint("photos", __name__, url_prefix="/photos/<photo_id>")


@blueprint.get("")
def show(photo_id: str) -> ResponseReturnValue:
    """Show the photo; its owner and the admin also see it while it is hidden or in the trash."""
    place = PlaceInListing.find(photo_id)
    response = negotiated(lambda: _render(place), lambda: place_as_json(place))
    is_public = place.photo.state is PhotoState.PUBLIC
    return response if is_public else keep_out_of_search_engines(response)


@blueprint.get("/edit")
def edit(photo_id: str) -> ResponseReturnValue:
    """Show the form with the photo's current texts."""
    photo = get_visible(photo_id)
    if photo.state is PhotoState.TRASHED:
        return see_other(".show", photo_id=photo_id)  # the page offers to restore it
    access.require_change(photo)
    return _render_form(photo, EditForm.of(photo))


@blueprint.post("/edit")
def update(photo_id: str) -> ResponseReturnValue:
    """Save the texts; on an error or a conflict show the form with the typed texts."""
    photo = get_changeable(photo_id)
    form = submitted_edit(photo)
    if form.changes_credit(photo):  # an image worker writes it into the files
        app_context().rate_limits.check_decoding()
    try:
        photo_service().update(photo_id, submitted_version(form), form.photo_text)
    except InvalidText as error:
        form.add_error(error)
        return form_error(error, lambda: _render_form(photo, form))
    except EditConflict as error:
        conflict = photo_service().get(photo_id)
        form.version.data = str(conflict.version)  # saving again overwrites the version shown now
        return form_error(error, lambda: _render_form(photo, form, conflict))
    flash(_("Saved."), "success")
    return see_other("photos.show", photo_id=photo_id)


@blueprint.post("/rotate")
def rotate(photo_id: str) -> ResponseReturnValue:
    """Turn the photo by a quarter. A form that is sent again does not turn it again."""
    app_context().rate_limits.check_decoding()
    photo = get_changeable(photo_id)
    form = RotateForm.submitted()
    photo_rotation().rotate(photo, form.quarter_turns, form.shown_revision)
    flash(_("Rotated."), "success")
    return see_other(".show", photo_id=photo_id)


@blueprint.post("/hide")
def hide(photo_id: str) -> ResponseReturnValue:
    """Hide the photo from everyone except its owner and the admin."""
    role = access.role_for(get_changeable(photo_id))
    photo = photo_service().hide(photo_id, role)
    text = with_cache_notice(_("%(photo)s is hidden.", photo=photo_reference(photo)))
    if access.Access().may_unhide(photo):
        flash_with_undo(text, url_for(".unhide", photo_id=photo_id, back=back_path()))
    else:
        flash(text, "success")
    return redirect_back(".show", photo_id=photo_id)


@blueprint.post("/unhide")
def unhide(photo_id: str) -> ResponseReturnValue:
    """Undo `hide`."""
    photo = photo_service().get(photo_id)
    access.require_unhide(photo)
    shown = photo_changes.unhide(photo)
    flash_state(shown, _("%(photo)s is back in the gallery.", photo=photo_reference(shown)))
    return redirect_back(".show", photo_id=photo_id)


@blueprint.get("/delete")
def confirm_delete(photo_id: str) -> ResponseReturnValue:
    """Ask for confirmation. A photo that is deleted already leads to its page."""
    photo = get_visible(photo_id)
    if photo.state is PhotoState.TRASHED:
        return see_other(".show", photo_id=photo_id)
    access.require_change(photo)
    return render_template("photos/confirm_delete.html", photo=photo)


@blueprint.post("/delete")
def delete(photo_id: str) -> ResponseReturnValue:
    """Move the photo to the trash, and offer undo if the visitor may restore it."""
    photo = get_visible(photo_id)
    access.require_change(photo)
    list_page = _list_page(photo)
    photo = photo_service().delete(photo_id, access.role_for(photo))
    text = with_cache_notice(_("%(photo)s deleted.", photo=photo_reference(photo)))
    if access.Access().may_restore_or_purge(photo):
        flash_with_undo(text, url_for(".restore", photo_id=photo_id, back=back_path()))
    else:
        flash(text, "success")
    return redirect_back(list_page)


@blueprint.post("/restore")
def restore(photo_id: str) -> ResponseReturnValue:
    """Undo `delete`."""
    deleted = get_visible(photo_id)
    access.require_restore_or_purge(deleted)
    photo = photo_changes.restore(deleted)
    flash_state(photo, _("%(photo)s restored.", photo=photo_reference(photo)))
    return redirect_back(".show", photo_id=photo_id)


@blueprint.get("/purge")
def confirm_purge(photo_id: str) -> ResponseReturnValue:
    """Ask for confirmation. A photo that is not in the trash any more leads to its page."""
    photo = get_visible(photo_id)
    if photo.state is not PhotoState.TRASHED:
        return see_other(".show", photo_id=photo_id)
    access.require_restore_or_purge(photo)
    token = purge_token.create_token(photo_id, photo_reference(photo))
    return render_template("photos/confirm_purge.html", photo=photo, form=PurgeForm(token=token))


@blueprint.post("/purge")
def purge(photo_id: str) -> ResponseReturnValue:
    """Delete a photo in the trash permanently; sending the form again has the same result."""
    try:
        photo = photo_service().get_any_state(photo_id)
    except PhotoNotFound:
        form = PurgeForm.submitted()
        return _purged_response(purge_token.read_name(photo_id, form.token.data or ""))
    access.require_see(photo)
    if photo.state is not PhotoState.TRASHED:
        return see_other(".show", photo_id=photo_id)
    access.require_restore_or_purge(photo)
    photo_service().purge_photo(photo_id, access.trash_role(photo))
    return _purged_response(photo_reference(photo))


def _render(place: PlaceInListing) -> ResponseReturnValue:
    photo = place.photo
    if photo.state is PhotoState.TRASHED:
        return render_template("photos/deleted.html", photo=photo)
    page = render_template("photos/show.html", photo=photo, place=place)
    # Chromium prefetches the page of a neighbor when its link is pressed or touched. A
    # <link rel="prefetch"> would violate our content security policy in Firefox (default-src
    # 'none'), which could not use the page anyway: it would have to validate it again.
    return page, {"Speculation-Rules": f'"{asset("neighbors.speculationrules")}"'}


def _list_page(photo: Photo) -> str:
    """Return the endpoint of a page that lists the photo. The gallery has no page for guests."""
    is_guest = not access.Access().may_upload
    is_own = access.role_for(photo) is Role.CONTRIBUTOR
    is_only_own = is_own and photo.state is not PhotoState.PUBLIC
    return "my_uploads.index" if is_guest or is_only_own else "gallery.index"


def _purged_response(name: str) -> ResponseReturnValue:
    text = with_cache_notice(_("%(photo)s is deleted permanently.", photo=name))
    flash(text, "success")
    return redirect_back("gallery.index")


def _render_form(photo: Photo, form: EditForm, conflict: Photo | None = None) -> str:
    return render_template("photos/edit.html", photo=photo, form=form, conflict=conflict)
