"""Create, change and delete albums.

A new order changes all photos of an album, and so does a deletion. If there are many photos, this
takes several requests. Each request returns a page that continues.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.albums.album import Album
from app.domain.errors import AlbumConflict, InvalidText
from app.web.album_forms import AlbumForm, AlbumStepForm
from app.web.auth import access, contributor_cookie
from app.web.bulk.album_steps import AlbumStep, remove_photos, sort_photos
from app.web.bulk.progress import Progress, progress_page
from app.web.bulk.steps import refusals_of
from app.web.context import album_service, app_context
from app.web.errors import form_error
from app.web.pages.albums.new_album import create_album
from app.web.redirects import see_other
from app.web.rendering.i18n import gettext as _
from app.web.selection_forms import parse_count

blueprint = Blueprint("album_editor", __name__, url_prefix="/albums")

_STEPS: dict[str, Callable[[Album, str | None, int], AlbumStep]] = {
    "sort": sort_photos,
    "delete": remove_photos,
}


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """Show an empty form and make the browser a contributor."""
    access.require_upload()
    contributor_cookie.ensure_cookie()
    return _render_form(AlbumForm(formdata=None))


@blueprint.post("/new")
def create() -> ResponseReturnValue:
    """Create an album. It counts as an upload, which limits the number of albums of a visitor."""
    app_context().rate_limits.count_upload()
    access.require_upload()
    form = AlbumForm.submitted()
    try:
        settings = form.settings()
        album = create_album(form, form.text, **settings)
    except InvalidText as error:
        form.add_error(error)
        return form_error(error, lambda: _render_form(form))
    flash(_("Album created."), "success")
    return see_other("albums.show", album_id=album.album_id)


@blueprint.get("/<album_id>/edit")
def edit(album_id: str) -> ResponseReturnValue:
    """Show the form with the texts and settings of an album."""
    album = _changeable(album_id)
    return _render_form(AlbumForm.of(album), album)


@blueprint.post("/<album_id>/edit")
def update(album_id: str) -> ResponseReturnValue:
    """Save an album. After an error or a conflict, show the form with the typed texts."""
    album = _changeable(album_id)
    form = AlbumForm.submitted_for(album)
    try:
        settings = form.settings()
        updated = album_service().update(album, form.submitted_version, form.text, **settings)
    except InvalidText as error:
        form.add_error(error)
        return form_error(error, lambda: _render_form(form, album))
    except AlbumConflict as error:
        conflict = album_service().get(album_id)
        form.version.data = str(conflict.version)  # saving again overwrites the version shown now
        return form_error(error, lambda: _render_form(form, album, conflict))
    if updated.sort_version is None:  # the order has not changed, or is by hand
        return _finish(updated, "sort")
    return _run_step(updated, "sort", AlbumStepForm(formdata=None), total=_count(updated))


@blueprint.get("/<album_id>/delete")
def confirm_delete(album_id: str) -> ResponseReturnValue:
    """Ask for confirmation."""
    album = _changeable(album_id)
    total = _count(album) or None
    return render_template("album_editor/confirm_delete.html", album=album, total=total)


@blueprint.post("/<album_id>/<any(sort, delete):verb>")
def run(album_id: str, verb: str) -> ResponseReturnValue:
    """Change the next photos, and finish after the last one."""
    album = _changeable(album_id)
    total = parse_count(request.args.get("total"))
    return _run_step(album, verb, AlbumStepForm.submitted(), total=total)


@blueprint.get("/<album_id>/sort")
def show_sort(album_id: str) -> ResponseReturnValue:
    """Show the album to a visitor who opens the address of the action with GET."""
    return see_other("albums.show", album_id=album_id)


def _changeable(album_id: str) -> Album:
    album = album_service().get(album_id)
    access.require_change_album(album)
    return album


def _count(album: Album) -> int:
    return album_service().counts([album.album_id]).get(album.album_id, 0)


def _run_step(album: Album, verb: str, form: AlbumStepForm, *, total: int) -> ResponseReturnValue:
    after, sort_version = form.position, form.began_with(album)
    step = _STEPS[verb](album, after, form.photos_done)
    if not step.is_last:
        # A photo with an error has no place yet, so the order is not complete after this.
        remaining_sort = None if refusals_of(step.errors) else sort_version
        return _progress_page(album, verb, step, remaining_sort, total)
    if verb == "delete" and after and album_service().page(album.album_id, 1).summaries:
        # Other requests have added photos since the first step.
        again = AlbumStepForm(formdata=None, done=str(step.done))
        return _run_step(album, verb, again, total=total)
    if verb == "sort":
        album_service().finish_sort(album, sort_version)
    return _finish(album, verb)


def _finish(album: Album, verb: str) -> ResponseReturnValue:
    """Delete the record of an empty album, or say that the album is saved."""
    if verb == "delete":
        album_service().delete(album_service().get(album.album_id))  # the cover has changed it
        flash(_("“%(title)s” is deleted. Its photos are still here.", title=album.title), "success")
        return see_other("albums.mine" if contributor_cookie.owns(album) else "albums.index")
    flash(_("Saved."), "success")
    return see_other("albums.show", album_id=album.album_id)


def _progress_page(
    album: Album, verb: str, step: AlbumStep, sort_version: int | None, total: int
) -> ResponseReturnValue:
    parameters: dict[str, Any] = {"total": total or None}
    return progress_page(
        "album_editor/progress.html",
        Progress.of(step.errors, done=step.done, total=total, has_progress=step.has_progress),
        album=album,
        verb=verb,
        after=step.after,
        sort_version=sort_version,
        action=url_for(".run", album_id=album.album_id, verb=verb, **parameters),
    )


def _render_form(form: AlbumForm, album: Album | None = None, conflict: Album | None = None) -> str:
    return render_template("album_editor/edit.html", form=form, album=album, conflict=conflict)
