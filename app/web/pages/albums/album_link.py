"""End the link of an unlisted album, now or at a set time, and open it again.

The pages of the album close and open immediately. Its unlisted photos follow. If there are many,
this takes several requests. Each request returns a page that continues, and so does a background
task.
"""

from typing import Self

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.albums.album import Album
from app.domain.errors import InvalidText
from app.domain.photo_summary import PhotoState
from app.web.auth import access
from app.web.bulk.album_steps import MAX_PHOTOS, settle_photos
from app.web.bulk.progress import Progress, progress_page
from app.web.caching import keep_out_of_search_engines
from app.web.context import album_links, album_service
from app.web.errors import form_error
from app.web.pages.albums.end_form import EndForm
from app.web.pages.albums.link_step_form import LinkStepForm, change_of
from app.web.redirects import see_other
from app.web.rendering.i18n import gettext as _
from app.web.selection_forms import parse_count

blueprint = Blueprint("album_link", __name__, url_prefix="/albums/<album_id>/link")


class LinkForm(EndForm):
    """The end of the link of an album."""

    @classmethod
    def of(cls, album: Album) -> Self:
        """Return the form with the future end of the link, if there is one."""
        end = album.ends_at if album_links().is_open(album) else None
        return cls(formdata=None, **cls.fields_of(end))


@blueprint.get("")
def index(album_id: str) -> ResponseReturnValue:
    """Show the end of the link with an explanation."""
    album = _changeable(album_id)
    return _page(album, LinkForm.of(album))


@blueprint.post("")
def update(album_id: str) -> ResponseReturnValue:
    """End the link at the chosen time, or never. A closed album is opened until this time."""
    album = _changeable(album_id)
    was_open = album_links().is_open(album)
    form = LinkForm.submitted()
    try:
        album = album_links().end_at(album, form.until())
    except InvalidText as error:
        form.add_error(error)
        return form_error(error, lambda: _page(album, form))
    if not was_open:
        return _run_step(album, LinkStepForm(formdata=None), _count(album))
    flash(_("Saved."), "success")
    return see_other(".index", album_id=album_id)


@blueprint.get("/<any(end, open):verb>")
def show_after(album_id: str, verb: str) -> ResponseReturnValue:  # noqa: ARG001  part of the URL
    """Show the page of the link to a visitor who opens the address of an action with GET."""
    return see_other(".index", album_id=album_id)


@blueprint.post("/<any(end, open):verb>")
def run(album_id: str, verb: str) -> ResponseReturnValue:
    """End the link or open it again, and move the first photos, or continue with the next photos.

    If the link has changed since the first photos were moved, start with the first photos again.
    """
    album = _changeable(album_id)
    form = LinkStepForm.submitted()
    if form.continues:
        step_form = form if form.is_of(album) else LinkStepForm(formdata=None)
        return _run_step(album, step_form, parse_count(request.args.get("total")))
    try:
        changed = _ended(album) if verb == "end" else _opened(album)
    except InvalidText as error:  # another request has made the album public
        page_form = LinkForm.of(album)
        page_form.add_error(error)
        return form_error(error, lambda: _page(album, page_form))
    return _run_step(changed, form, _count(changed))


def _changeable(album_id: str) -> Album:
    album = album_service().get(album_id)
    access.require_change_album(album)
    return album


def _ended(album: Album) -> Album:
    return album_links().end_now(album)


def _opened(album: Album) -> Album:
    """Open the album, unless it is open. Return the album."""
    is_open = album_links().is_open(album)
    return album if is_open else album_links().end_at(album, None)


def _count(album: Album) -> int:
    return album_service().counts([album.album_id]).get(album.album_id, 0)


def _run_step(album: Album, form: LinkStepForm, total: int) -> ResponseReturnValue:
    is_open, link_change = album_links().is_open(album), change_of(album)
    verb = "open" if is_open else "end"
    step = settle_photos(album, form.position, form.photos_done)
    if not step.is_last:
        return progress_page(
            "album_link/progress.html",
            Progress.of(step.errors, done=step.done, total=total, has_progress=step.has_progress),
            album=album,
            verb=verb,
            after=step.after,
            link_change=link_change,
            action=url_for(".run", album_id=album.album_id, verb=verb, total=total or None),
        )
    album_links().finish_now(album, was_open=is_open)
    flash(_("The link is open again.") if is_open else _("The link has ended."), "success")
    return see_other("albums.show", album_id=album.album_id)


def _page(album: Album, form: LinkForm) -> Response:
    """Return the page. It says how many of the first photos stay in the gallery."""
    first = album_service().page(album.album_id, MAX_PHOTOS).summaries
    public = sum(photo.state is PhotoState.PUBLIC for photo in first)
    page = render_template(
        "album_link/index.html", album=album, form=form, public=public, most=MAX_PHOTOS
    )
    return keep_out_of_search_engines(page)
