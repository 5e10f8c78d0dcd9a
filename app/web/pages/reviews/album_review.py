"""Review the photos of an album that wait for it: its owner and the admin."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.albums.album import Album
from app.domain.errors import InvalidText
from app.domain.photo import Photo
from app.web.auth import access
from app.web.auth.review_access import require_review
from app.web.bulk.each_photo import BulkResult
from app.web.bulk.progress import Progress, progress_page
from app.web.bulk.review_steps import ReviewStep, approve_all_of, decide, without_gone
from app.web.caching import keep_out_of_search_engines
from app.web.context import album_service, photo_service, review_service
from app.web.errors import form_error, log_server_error
from app.web.pages.reviews.review_forms import GuestReviewForm
from app.web.pages.reviews.review_results import flash_approved, flash_decided
from app.web.pagination import PAGE_SIZE, cursors
from app.web.redirects import see_other
from app.web.selection_forms import SelectionForm


@dataclass(frozen=True, slots=True)
class Guest:
    """Someone who has added photos of a page.

    Attributes:
        name: The name that was typed, which may be empty.
        photo_id: One of the photos.
        count: The number of the photos on the page.
    """

    name: str
    photo_id: str
    count: int


blueprint = Blueprint("album_review", __name__, url_prefix="/albums/<album_id>/review")


@blueprint.get("")
def show(album_id: str) -> ResponseReturnValue:
    """Show the photos that wait for review, newest first; `?select=all` selects them."""
    album = _reviewed_album(album_id)
    return keep_out_of_search_engines(_render(album, BulkResult()))


@blueprint.post("/<any(approve, refuse, restore):verb>")
def run(album_id: str, verb: str) -> ResponseReturnValue:
    """Approve or refuse the chosen photos, or undo a refusal."""
    album = _reviewed_album(album_id)
    form = SelectionForm.submitted()
    try:
        chosen = form.chosen()
    except InvalidText as error:
        form.add_error(error)
        return form_error(error, lambda: _render(album, BulkResult(), form))
    decided = decide(verb, chosen)
    result = without_gone(decided)
    if result.errors:
        return _partial_failure_response(album, form, result)
    flash_decided(verb, decided, len(chosen), url_for(".run", album_id=album_id, verb="restore"))
    return see_other(".show", album_id=album_id)


@blueprint.post("/guest")
def approve_guest(album_id: str) -> ResponseReturnValue:
    """Approve the next photos of the guest who has added a photo."""
    album = _reviewed_album(album_id)
    form = GuestReviewForm.submitted()
    photo = photo_service().get_any_state(form.photo_id)
    require_review(photo)
    step = approve_all_of(photo.owner, album_id, form.position, form.photos_done)
    if step.is_last:
        flash_approved(step.done)
        return see_other(".show", album_id=album_id)
    return _progress_page(album, form.photo_id, step)


@blueprint.get("/<any(approve, refuse, restore, guest):verb>")
def show_after(album_id: str, verb: str) -> ResponseReturnValue:  # noqa: ARG001  of the route
    """Show the page to a visitor who opens the address of an action."""
    return see_other(".show", album_id=album_id)


def _reviewed_album(album_id: str) -> Album:
    album = album_service().get(album_id)
    access.require_review_album(album)
    return album


def _render(album: Album, result: BulkResult, form: SelectionForm | None = None) -> str:
    before, _ = cursors()
    page = review_service().pending(album.album_id, PAGE_SIZE, before=before)
    is_all = request.args.get("select") == "all"
    selected = [photo.photo_id for photo in page.photos] if is_all else []
    return render_template(
        "album_review/show.html",
        album=album,
        page=page,
        count=review_service().count_pending(album.album_id),
        form=form or SelectionForm(formdata=None, photo=selected),
        result=result,
        guests=_guests_of(page.photos),
        before=before,
    )


def _guests_of(photos: Iterable[Photo]) -> list[Guest]:
    """Return the guests who have added photos of a page."""
    photos_of: dict[str, list[Photo]] = {}
    for photo in photos:
        photos_of.setdefault(photo.owner, []).append(photo)
    return [
        Guest(added[0].contributor_name, added[0].photo_id, len(added))
        for added in photos_of.values()
    ]


def _partial_failure_response(
    album: Album, form: SelectionForm, result: BulkResult
) -> ResponseReturnValue:
    """Show the page again, with the photos selected that were not changed."""
    form.photo.data = [item.photo_id for item in result.errors]
    error = result.errors[0].error
    log_server_error(error)
    return form_error(error, lambda: _render(album, result, form))


def _progress_page(album: Album, photo_id: str, step: ReviewStep) -> ResponseReturnValue:
    """Return the page that continues, by itself if there is no error."""
    return progress_page(
        "album_review/progress.html",
        Progress.of(step.errors, done=step.done, total=0, has_progress=step.has_progress),
        album=album,
        photo_id=photo_id,
        before=step.before,
    )
