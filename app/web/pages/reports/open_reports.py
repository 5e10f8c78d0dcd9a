"""Show the admin the open reports, and let the admin answer them."""

from flask import Blueprint, abort, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.photo import Photo
from app.domain.photo_ids import is_photo_id
from app.domain.reports.report import Report
from app.web.auth import access
from app.web.context import photo_service, report_service
from app.web.operations import admin_log
from app.web.pages.reports.report_form import reason_texts
from app.web.pagination import PAGE_SIZE, cursors
from app.web.redirects import flash_with_undo, see_other
from app.web.rendering.cache_notice import with_cache_notice
from app.web.rendering.i18n import gettext as _
from app.web.rendering.photo_names import photo_reference

blueprint = Blueprint("open_reports", __name__, url_prefix="/admin/reports")


@blueprint.before_request
def require_admin() -> None:
    """Reject every other visitor."""
    access.require_admin()


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show one page of the open reports, newest first."""
    before, _after = cursors(is_photo_id)
    reported = report_service().page(PAGE_SIZE, before=before)
    return render_template(
        "open_reports/index.html",
        reports=reported.page.reports,
        photos=reported.photos,
        older=reported.page.older,
        is_first=before is None,
        reasons=reason_texts(),
        open_reports=report_service().count(),
    )


@blueprint.post("/<report_id>/dismiss")
def dismiss(report_id: str) -> ResponseReturnValue:
    """Close the report, and leave the photo as it is."""
    report = report_service().get(report_id)
    if report:
        report_service().dismiss(report)
    flash(_("Report closed."), "success")
    return see_other(".index")


@blueprint.post("/<report_id>/hide")
def hide(report_id: str) -> ResponseReturnValue:
    """Hide the photo, and close all of its reports."""
    report = _get(report_id)
    role = access.role_for(photo_service().get(report.photo_id))
    photo = photo_service().hide(report.photo_id, role)
    return _close_all(photo, _("%(photo)s is hidden.", photo=photo_reference(photo)), "unhide")


@blueprint.post("/<report_id>/delete")
def delete(report_id: str) -> ResponseReturnValue:
    """Move the photo to the trash, and close all of its reports."""
    report = _get(report_id)
    role = access.role_for(photo_service().get_any_state(report.photo_id))
    photo = photo_service().delete(report.photo_id, role)
    return _close_all(photo, _("%(photo)s deleted.", photo=photo_reference(photo)), "restore")


def _get(report_id: str) -> Report:
    report = report_service().get(report_id)
    if report is None:
        abort(404)
    return report


def _close_all(photo: Photo, text: str, undo: str) -> ResponseReturnValue:
    admin_log.note_photo(photo.photo_id)
    report_service().close_all(photo.photo_id)
    back = url_for(".index")
    undo_url = url_for(f"photos.{undo}", photo_id=photo.photo_id, back=back)
    flash_with_undo(with_cache_notice(text), undo_url)
    return see_other(".index")
