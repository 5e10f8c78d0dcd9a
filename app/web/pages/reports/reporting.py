"""Let everyone report a photo to the admin. A report changes nothing by itself."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidText, PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_ids import is_photo_id
from app.web.auth import access
from app.web.context import app_context, photo_service, report_service
from app.web.errors import form_error
from app.web.listings.album_source import AlbumSource
from app.web.listings.source_listing import MAX_VALUE, PARAMETER, source_listing
from app.web.pages.reports.report_form import ReportForm
from app.web.redirects import see_other

blueprint = Blueprint("reporting", __name__, url_prefix="/photos/<photo_id>/report")


@blueprint.before_request
def require_reader() -> None:
    """Answer as for a missing page if the site has no admin, who reads the reports."""
    if not access.Access().may_report:
        abort(404)


@blueprint.get("")
def new(photo_id: str) -> ResponseReturnValue:
    """Show the form."""
    return _render(_reportable(photo_id), ReportForm(formdata=None))


@blueprint.post("")
def create(photo_id: str) -> ResponseReturnValue:
    """Store the report; on an error show the form with the typed text."""
    photo = _reportable(photo_id)
    form = ReportForm.submitted()
    try:
        reason = form.chosen_reason()
        app_context().rate_limits.count_report()
        report_service().report(photo, reason, form.text.data or "")
    except InvalidText as error:
        form.add_error(error)
        return form_error(error, lambda: _render(photo, form))
    return see_other(".thanks", photo_id=photo_id, **_place())


@blueprint.get("/thanks")
def thanks(photo_id: str) -> ResponseReturnValue:
    """Say that the report was received. The photo may be hidden by now."""
    if not is_photo_id(photo_id):
        abort(404)
    return render_template("reporting/thanks.html", photo_id=photo_id, listing=_listing())


def _reportable(photo_id: str) -> Photo:
    """Return a photo whose page has the link to report it. Raises PhotoNotFound.

    An unlisted or private photo is seen in an album that the visitor may open, or everywhere by
    those who may see it without the album, such as its owner.
    """
    photo = photo_service().get_any_state(photo_id)
    source = source_listing()
    is_in_album = isinstance(source, AlbumSource) and source.has(photo)
    if not (is_in_album or (photo.state.is_in_albums and access.Access().may_see(photo))):
        raise PhotoNotFound(photo_id)
    return photo


def _listing() -> str | None:
    """Return the listing from which the photo was opened, for links back to it there."""
    value = request.args.get(PARAMETER, "")
    return value if 0 < len(value) <= MAX_VALUE else None


def _place() -> dict[str, Any]:
    return {PARAMETER: _listing()}


def _render(photo: Photo, form: ReportForm) -> str:
    return render_template("reporting/new.html", photo=photo, form=form, listing=_listing())
