"""Upload page: one form with one or many files, each of which succeeds or fails separately."""

from dataclasses import replace
from itertools import chain
from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from app.domain.batches import Batch
from app.domain.errors import InvalidText, InvalidUpload
from app.domain.messages import message
from app.domain.upload import QuotaScope, UploadRequest, UploadResult, ValidatedText
from app.services.upload_trace import UploadStage, stage
from app.web.auth import access, batch_token, contributor_cookie
from app.web.auth.contributor_name import remember_name
from app.web.context import app_context, upload_service
from app.web.errors import headers_of, problem, status_of
from app.web.forms import PhotoTextForm, UploadForm
from app.web.redirects import see_other, wants_json
from app.web.rendering.formatting import (
    format_left_out,
    format_number,
    format_removed,
    removed_labels,
)
from app.web.rendering.i18n import gettext as _
from app.web.rendering.i18n import ngettext
from app.web.rendering.upload_json import upload_as_json
from app.web.uploads import FormResult, UploadError, publish_files

blueprint = Blueprint("upload", __name__)


@blueprint.get("/upload")
def new() -> ResponseReturnValue:
    """Show the form and make the browser a contributor."""
    access.require_upload()
    contributor_cookie.ensure_owner()
    return _show(UploadForm(formdata=None), FormResult())


@blueprint.post("/upload")
def create() -> ResponseReturnValue:
    """Publish every file of the form."""
    app_context().rate_limits.count_upload()  # first: a refused login counts too
    access.require_upload()
    with stage(UploadStage.RECEIVE):
        form = UploadForm.submitted()
    try:
        text = upload_service().validate(form.photo_text)
    except InvalidText as error:
        form.add_error(error)
        return _error_response(form, FormResult(), error)
    remember_name(text["contributor_name"])
    result = _publish_all(form, text)
    if result.failures:
        return _error_response(form, result, result.failures[0].error)
    return _success_response(result)


def _publish_all(form: UploadForm, text: ValidatedText) -> FormResult:
    cookies_blocked = contributor_cookie.is_blocked(form.sent_id)  # publishing sets a cookie
    files = _chosen(form)
    batch, start = _place_of(form)

    def to_request(number: int, file: FileStorage) -> UploadRequest:
        request = _upload_request(form, text, file)
        return replace(request, batch=batch, position=start + number)

    result = publish_files(files, batch, to_request)
    form.place_next(batch, start + len(files))
    if not result.published and not result.failures:
        nothing_chosen = InvalidUpload(message("Choose at least one photo."))
        result.failures.append(UploadError("", nothing_chosen))
    if cookies_blocked and result.published:
        result.warnings.append(
            _(
                "Your browser blocks this site’s cookies, so you can’t edit, hide or delete "
                "what you just added. Adding it again doesn’t change that."
            )
        )
    return result


def _place_of(form: UploadForm) -> tuple[Batch, int]:
    """Return the batch of the form, and the position of its first file there."""
    now = upload_service().begin_batch()
    if form.sent_position is None:
        return now, 0
    return batch_token.batch_of(form.sent_batch, now), form.sent_position


def _chosen(form: UploadForm) -> list[FileStorage]:
    """Return the chosen files. Browsers send a file without a name if none was chosen."""
    return [file for file in form.photo.data if file.filename]


def _upload_request(form: UploadForm, text: ValidatedText, file: FileStorage) -> UploadRequest:
    is_admin = access.Access().is_admin
    return UploadRequest(
        file=file.stream,  # type: ignore[arg-type]  # Werkzeug's IO[bytes] is a BinaryIO
        filename=file.filename or "",
        text=text,
        owner=contributor_cookie.ensure_owner(form.sent_id),
        upload_id=form.sent_id or contributor_cookie.new_form_id(),
        quota_scope=QuotaScope.SITE if is_admin else QuotaScope.CONTRIBUTOR_AND_SITE,
    )


def _success_response(result: FormResult) -> ResponseReturnValue:
    if wants_json():
        return _as_json(result), 201
    for warning in result.warnings:
        flash(warning, "warning")
    if len(result.published) == 1:
        (answer,) = result.published
        _flash_result(answer)
        return see_other("photos.show", photo_id=answer.photo.photo_id)
    _flash_results(result.published)
    return see_other("gallery.index")


def _error_response(form: UploadForm, result: FormResult, error: Exception) -> ResponseReturnValue:
    if not wants_json():
        status = status_of(error)
        return _show(form, result), status, headers_of(error, status)
    if result.published:
        return _as_json(result), 201
    return problem(error, errors=_errors_as_json(result))


def _show(form: UploadForm, result: FormResult) -> str:
    return render_template(
        "upload/new.html",
        form=form,
        own=PhotoTextForm(formdata=None, prefix="own-"),
        failures=result.failures,
        published=[answer.photo for answer in result.published],
        warnings=result.warnings,
    )


def _flash_result(answer: UploadResult) -> None:
    if words := format_removed(answer.photo.removed_metadata):
        flash(_("%(facts)s removed.", facts=words), "success")
    if rights := answer.photo.rights:
        flash(_("Kept: %(rights)s.", rights=rights), "success")
    for note in format_left_out(answer.left_out):
        flash(note, "warning")
    if answer.duplicate_of:
        # Flask stores any JSON as a message.
        flash({"photo_id": answer.duplicate_of}, "duplicate")  # type: ignore[arg-type]


def _flash_results(published: list[UploadResult]) -> None:
    """Flash a summary: flashed messages are stored in a cookie and must stay short."""
    here_already = sum(answer.duplicate_of is not None for answer in published)
    private = {what for answer in published for what in answer.photo.removed_metadata}
    added = len(published)
    flash(
        ngettext(
            "%(count)s photo added.", "%(count)s photos added.", added, count=format_number(added)
        ),
        "success",
    )
    if words := format_removed(what for what in removed_labels() if what in private):
        flash(_("%(facts)s removed.", facts=words), "success")
    notes = chain.from_iterable(format_left_out(answer.left_out) for answer in published)
    for note in dict.fromkeys(notes):
        flash(note, "warning")
    if here_already:
        count = format_number(here_already)
        text = ngettext(
            "%(count)s of them was already on this site.",
            "%(count)s of them were already on this site.",
            here_already,
            count=count,
        )
        flash(text, "success")


def _as_json(result: FormResult) -> dict[str, Any]:
    batch = result.batch or upload_service().begin_batch()
    return {
        "photos": [upload_as_json(answer) for answer in result.published],
        "errors": _errors_as_json(result),
        "warnings": result.warnings,
        "batch": {
            "token": batch_token.token_of(batch),
            "path": url_for("my_uploads.index", batch=batch.name),
        },
    }


def _errors_as_json(result: FormResult) -> list[dict[str, str]]:
    return [{"filename": it.filename, "detail": it.message} for it in result.failures]
