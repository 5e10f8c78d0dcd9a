"""What a visitor has added, hidden and deleted photos too, to change many at once."""

import time
from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app.domain import object_keys
from app.domain.errors import InvalidText, PhotoNotFound
from app.domain.photo import Page, PhotoSummary
from app.web.auth import access, contributor_cookie
from app.web.bulk import BulkResult, apply_to_each
from app.web.context import photo_service
from app.web.errors import headers_of, status_of
from app.web.forms import SelectionForm, TagsForm
from app.web.pages.gallery import PAGE_SIZE, cursors
from app.web.redirects import flash_with_undo, redirect_back, see_other

FEEDS = {"index": object_keys.owner_listing, "deleted": object_keys.owner_trash_listing}

blueprint = Blueprint("my_uploads", __name__, url_prefix="/uploads")


@blueprint.before_request
def require_upload() -> None:
    """Whoever may not add photos has none to change."""
    access.require_upload()


@blueprint.get("")
def index() -> ResponseReturnValue:
    """One page of the visitor's photos, public and hidden."""
    return _list("index", TagsForm)


@blueprint.get("/deleted")
def deleted() -> ResponseReturnValue:
    """One page of the visitor's photos that are in the trash."""
    return _list("deleted", SelectionForm)


@blueprint.post("/tags")
def retag() -> ResponseReturnValue:
    """Give the chosen photos tags and take tags from them."""
    form = TagsForm()
    try:
        chosen, (add, remove) = form.chosen(), form.tags()
    except InvalidText as error:
        return _form_errors_response("index", form, error)
    outcome = apply_to_each(
        chosen, lambda photo: photo_service().retag(photo.photo_id, add, remove)
    )
    if outcome.errors:
        return _partial_failure_response("index", form, outcome)
    count = len(outcome.changed)
    flash(
        ngettext("%(count)s photo updated.", "%(count)s photos updated.", count, count=count),
        "success",
    )
    return see_other(".index", **page_cursors())


@blueprint.post("/delete")
def delete() -> ResponseReturnValue:
    """Delete the chosen photos once the visitor is `sure`, and offer to undo it."""
    form = TagsForm()
    try:
        chosen = form.chosen()
    except InvalidText as error:
        return _form_errors_response("index", form, error)
    if "sure" not in request.form:
        return render_template(
            "my_uploads/confirm_delete.html",
            summaries=_deletable(chosen),
            page_cursors=page_cursors(),
        )
    outcome = apply_to_each(chosen, lambda photo: photo_service().delete(photo.photo_id))
    if outcome.errors:
        return _partial_failure_response("index", form, outcome)
    count = len(outcome.changed)
    text = ngettext("%(count)s photo deleted.", "%(count)s photos deleted.", count, count=count)
    flash_with_undo(
        text,
        url_for(".restore", back=url_for(".index")),
        [photo.photo_id for photo in outcome.changed],
    )
    return see_other(".index", **page_cursors())


@blueprint.post("/restore")
def restore() -> ResponseReturnValue:
    """Undo the deletion of the chosen photos."""
    form = SelectionForm()
    try:
        chosen = form.chosen()
    except InvalidText as error:
        return _form_errors_response("deleted", form, error)
    outcome = apply_to_each(chosen, lambda photo: photo_service().restore(photo.photo_id))
    if outcome.errors:
        return _partial_failure_response("deleted", form, outcome)
    count = len(outcome.changed)
    flash(
        ngettext("%(count)s photo restored.", "%(count)s photos restored.", count, count=count),
        "success",
    )
    return redirect_back(".deleted", **page_cursors())


def _list(name: str, form: type[SelectionForm]) -> ResponseReturnValue:
    """With `?chosen=all` every photo of the page is ticked."""
    page = _page(name)
    if request.args.get("after") and not page.newer:
        return redirect(url_for(f".{name}"))
    ticked = (
        [summary.photo_id for summary in page.summaries]
        if request.args.get("chosen") == "all"
        else []
    )
    return _show(name, page, form(formdata=None, photo=ticked), BulkResult())


def _form_errors_response(
    name: str, form: SelectionForm, error: InvalidText
) -> ResponseReturnValue:
    form.add_error(error)
    return _show(name, _page(name), form, BulkResult()), status_of(error)


def _partial_failure_response(
    name: str, form: SelectionForm, outcome: BulkResult
) -> ResponseReturnValue:
    """The page again, where only the photos that stay as they were are ticked."""
    form.photo.data = [refusal.photo_id for refusal in outcome.errors]
    error = outcome.errors[0].error
    status = status_of(error)
    return _show(name, _page(name), form, outcome), status, headers_of(error, status)


def _show(name: str, page: Page, form: SelectionForm, outcome: BulkResult) -> str:
    return render_template(
        f"my_uploads/{name}.html", page=page, form=form, result=outcome, page_cursors=page_cursors()
    )


def _page(name: str) -> Page:
    """The page of the visitor's own feed that the address asks for."""
    owner = contributor_cookie.current_owner()
    if owner is None:
        return Page((), None, None)
    before, after = cursors()
    return (
        photo_service()
        .page(FEEDS[name](owner), PAGE_SIZE, before=before, after=after)
        .without_expired(time.time())
    )


def _deletable(photo_ids: list[str]) -> list[PhotoSummary]:
    """The summaries of those that the visitor may delete, newest first. Raises PhotoNotFound where that is none of them."""
    shown = {summary.photo_id: summary for summary in _page("index").summaries}
    summaries = [
        summary
        for photo_id in sorted(photo_ids, reverse=True)
        if (summary := shown.get(photo_id) or _summary(photo_id))
    ]
    if not summaries:
        raise PhotoNotFound(photo_ids[0])
    return summaries


def _summary(photo_id: str) -> PhotoSummary | None:
    """Of a photo that has come to be on another page since it was chosen."""
    with suppress(PhotoNotFound):
        photo = photo_service().get(photo_id)
        return photo.summary if access.Access().may_change(photo) else None
    return None


def page_cursors() -> dict[str, str]:
    """The cursors of the address, so that an answer leads back to the page it came from."""
    return {name: cursor for name in ("before", "after") if (cursor := request.args.get(name))}
