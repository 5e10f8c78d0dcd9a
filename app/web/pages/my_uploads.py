"""Show a contributor's own uploads, and change many of them at once."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys
from app.domain.errors import InvalidText
from app.domain.pages import Page
from app.domain.photo import Photo
from app.web.auth import access, contributor_cookie
from app.web.bulk import photo_changes
from app.web.bulk.deletable import deletable
from app.web.bulk.each_photo import BulkResult, apply_to_each
from app.web.errors import headers_of, status_of
from app.web.listings.batch_pages import BatchPage, chosen_batch, read_batch
from app.web.pagination import cursor_parameters, cursors, is_past_newest, read_page
from app.web.redirects import flash_with_undo, redirect_back, see_other
from app.web.rendering.api.listing_json import listing_as_json
from app.web.rendering.api.negotiation import negotiated
from app.web.rendering.cache_notice import with_cache_notice
from app.web.rendering.i18n import ngettext
from app.web.selection_forms import SelectionForm, TagsForm, shown_dates

_Change = TypeVar("_Change")  # as a form has it

LISTINGS: dict[str, Callable[[str], str]] = {
    "index": object_keys.owner_listing,
    "deleted": object_keys.owner_trash_listing,
}

blueprint = Blueprint("my_uploads", __name__, url_prefix="/uploads")


@blueprint.before_request
def require_upload() -> None:
    """Reject visitors who may not upload: they have no uploads to change."""
    access.require_upload()


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show one page of the contributor's public and hidden photos, of one batch with `?batch=`."""
    return _show("index", TagsForm)


@blueprint.get("/deleted")
def deleted() -> ResponseReturnValue:
    """Show one page of the contributor's photos in the trash."""
    return _show("deleted", SelectionForm)


@blueprint.post("/tags")
def retag() -> ResponseReturnValue:
    """Add tags to the chosen photos, and remove tags from them."""
    return _update_chosen(TagsForm.tags, lambda photo, tags: photo_changes.retag(photo, *tags))


@blueprint.post("/dates")
def shift_dates() -> ResponseReturnValue:
    """Shift the dates of the chosen photos: the clock of the camera was wrong."""
    shown = shown_dates()
    return _update_chosen(
        TagsForm.shift, lambda photo, by: photo_changes.shift_date(photo, shown, by)
    )


@blueprint.post("/publish")
def publish() -> ResponseReturnValue:
    """Change the tags of the chosen photos, if any are typed, and unhide the photos."""
    return _update_chosen(
        TagsForm.optional_tags,
        lambda photo, tags: photo_changes.publish(photo, *tags),
        lambda count: ngettext(
            "%(count)s photo published.", "%(count)s photos published.", count, count=count
        ),
        access.require_unhide,
    )


@blueprint.post("/delete")
def delete() -> ResponseReturnValue:
    """Ask for confirmation; with the field `confirm`, delete the chosen photos and offer undo."""
    form = TagsForm.submitted()
    try:
        chosen = form.chosen()
    except InvalidText as error:
        return _form_errors_response("index", form, error)
    if "confirm" not in request.form:
        return _confirm_delete(chosen)
    result = apply_to_each(chosen, photo_changes.delete)
    if result.errors:
        return _partial_failure_response("index", form, result)
    _flash_deleted(result.changed)
    return see_other(".index", **_page_parameters())


@blueprint.post("/restore")
def restore() -> ResponseReturnValue:
    """Undo the deletion of the chosen photos."""
    form = SelectionForm.submitted()
    try:
        chosen = form.chosen()
    except InvalidText as error:
        return _form_errors_response("deleted", form, error)
    result = apply_to_each(chosen, photo_changes.restore, access.require_restore_or_purge)
    if result.errors:
        return _partial_failure_response("deleted", form, result)
    count = len(result.changed)
    flash(
        ngettext("%(count)s photo restored.", "%(count)s photos restored.", count, count=count),
        "success",
    )
    return redirect_back(".deleted", **_page_parameters())


def _updated(count: int) -> str:
    return ngettext("%(count)s photo updated.", "%(count)s photos updated.", count, count=count)


def _update_chosen(
    read: Callable[[TagsForm], _Change],
    change: Callable[[Photo, _Change], Photo],
    success: Callable[[int], str] = _updated,
    require: Callable[[Photo], None] = access.require_change,
) -> ResponseReturnValue:
    """Read a change from the form, apply it to the chosen photos, and show the page again."""
    form = TagsForm.submitted()
    try:
        chosen = form.chosen()
        values = read(form)
    except InvalidText as error:
        return _form_errors_response("index", form, error)
    result = apply_to_each(chosen, lambda photo: change(photo, values), require)
    if result.errors:
        return _partial_failure_response("index", form, result)
    flash(success(len(result.changed)), "success")
    return see_other(".index", **_page_parameters())


def _flash_deleted(photos: list[Photo]) -> None:
    """Say how many photos are deleted, and offer undo for those that the visitor may restore."""
    count = len(photos)
    text = with_cache_notice(
        ngettext("%(count)s photo deleted.", "%(count)s photos deleted.", count, count=count)
    )
    may_restore = access.Access().may_restore_or_purge
    restorable = [photo.photo_id for photo in photos if may_restore(photo)]
    if restorable:
        flash_with_undo(
            text, url_for(".restore", back=url_for(".index", **_batch_parameter())), restorable
        )
    else:
        flash(text, "success")


def _show(name: str, form_class: type[SelectionForm]) -> ResponseReturnValue:
    """Show a page of a listing; `?select=all` selects every photo of it."""
    page = _read_own_page(name)
    if is_past_newest(page):
        return redirect(url_for(f".{name}", **_batch_parameter()))
    selected: list[str] = []
    if request.args.get("select") == "all":
        selected = [summary.photo_id for summary in page.summaries]
    form = form_class(formdata=None, photo=selected)
    count = page.photo_count if isinstance(page, BatchPage) else None
    return negotiated(
        lambda: _render(name, page, form, BulkResult()),
        lambda: listing_as_json(page, count, **_batch_parameter()),
    )


def _confirm_delete(chosen: list[str]) -> str:
    return render_template(
        "my_uploads/confirm_delete.html",
        summaries=deletable(chosen, _read_own_page("index")),
        page_cursors=_page_parameters(),
    )


def _form_errors_response(
    name: str, form: SelectionForm, error: InvalidText
) -> ResponseReturnValue:
    form.add_error(error)
    return _render(name, _read_own_page(name), form, BulkResult()), status_of(error)


def _partial_failure_response(
    name: str, form: SelectionForm, result: BulkResult
) -> ResponseReturnValue:
    """Show the page again, with the photos selected that were not changed."""
    form.photo.data = [item.photo_id for item in result.errors]
    error = result.errors[0].error
    status = status_of(error)
    return _render(name, _read_own_page(name), form, result), status, headers_of(error, status)


def _render(name: str, page: Page, form: SelectionForm, result: BulkResult) -> str:
    template = "batch" if isinstance(page, BatchPage) else name
    return render_template(
        f"my_uploads/{template}.html",
        page=page,
        form=form,
        result=result,
        page_cursors=_page_parameters(),
    )


def _page_parameters() -> dict[str, Any]:
    """Return the query parameters of links back to the same page."""
    return cursor_parameters() | _batch_parameter()


def _batch_parameter() -> dict[str, Any]:
    batch = chosen_batch()
    return {"batch": batch.name} if batch else {}


def _read_own_page(name: str) -> Page:
    owner = contributor_cookie.current_owner()
    if owner is None:
        return Page((), None, None)
    batch = chosen_batch()
    if batch and name == "index":
        return read_batch(batch, owner, cursors()[0])
    listing = LISTINGS[name](owner)
    return read_page(listing).without_expired(time.time())
