"""Review the photos of the whole site that wait for it: the admin."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidText
from app.web.auth import access
from app.web.bulk.each_photo import BulkResult
from app.web.bulk.review_steps import decide, without_gone
from app.web.context import report_service, review_service
from app.web.errors import form_error, log_server_error
from app.web.pages.reviews.review_results import flash_decided
from app.web.pagination import PAGE_SIZE, cursors
from app.web.redirects import see_other
from app.web.selection_forms import SelectionForm

blueprint = Blueprint("site_review", __name__, url_prefix="/admin/pending")


@blueprint.before_request
def require_admin() -> None:
    """Reject every other visitor."""
    access.require_admin()


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show the photos that wait for review, newest first; `?select=all` selects them."""
    return _render(BulkResult())


@blueprint.post("/<any(approve, refuse, restore):verb>")
def run(verb: str) -> ResponseReturnValue:
    """Approve or refuse the chosen photos, or undo a refusal."""
    form = SelectionForm.submitted()
    try:
        chosen = form.chosen()
    except InvalidText as error:
        form.add_error(error)
        return form_error(error, lambda: _render(BulkResult(), form))
    decided = decide(verb, chosen)
    result = without_gone(decided)
    if result.errors:
        form.photo.data = [item.photo_id for item in result.errors]
        failure = result.errors[0].error
        log_server_error(failure)
        return form_error(failure, lambda: _render(result, form))
    flash_decided(verb, decided, len(chosen), url_for(".run", verb="restore"))
    return see_other(".show")


@blueprint.get("/<any(approve, refuse, restore):verb>")
def show_after(verb: str) -> ResponseReturnValue:  # noqa: ARG001  of the route
    """Show the page to a visitor who opens the address of an action."""
    return see_other(".show")


def _render(result: BulkResult, form: SelectionForm | None = None) -> str:
    before, _ = cursors()
    page = review_service().pending_everywhere(PAGE_SIZE, before=before)
    is_all = request.args.get("select") == "all"
    selected = [photo.photo_id for photo in page.photos] if is_all else []
    return render_template(
        "site_review/show.html",
        page=page,
        form=form or SelectionForm(formdata=None, photo=selected),
        result=result,
        before=before,
        open_reports=report_service().count(),
    )
