"""Upload page: one form with one or many files, each of which succeeds or fails separately."""

from itertools import chain
from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from app.domain.errors import InvalidText, InvalidUpload
from app.domain.messages import message
from app.domain.upload import QuotaScope, UploadRequest, UploadResult, ValidatedText
from app.services.upload_trace import UploadStage, stage
from app.web.auth import access, contributor_cookie
from app.web.context import app_context, upload_service
from app.web.errors import headers_of, problem, status_of
from app.web.forms import UploadForm, new_upload_id
from app.web.redirects import see_other, wants_json
from app.web.rendering.formatting import (
    format_left_out,
    format_number,
    format_removed,
    removed_labels,
)
from app.web.rendering.i18n import gettext as _
from app.web.rendering.i18n import ngettext
from app.web.rendering.photo_urls import absolute, original_url, rendition_url
from app.web.uploads import UploadError, publish_files

blueprint = Blueprint("upload", __name__)


@blueprint.get("/upload")
def new() -> ResponseReturnValue:
    """Show the form and make the browser a contributor."""
    access.require_upload()
    contributor_cookie.ensure_owner()
    return _show(UploadForm(formdata=None), [], [])


@blueprint.post("/upload")
def create() -> ResponseReturnValue:
    """Publish every file of the form."""
    app_context().rate_limits.count_upload()  # first: a refused login counts too
    access.require_upload()
    with stage(UploadStage.RECEIVE):
        form = UploadForm()
    try:
        text = upload_service().validate(form.photo_text)
    except InvalidText as error:
        form.add_error(error)
        return _error_response(form, [], [], error)
    result = publish_files(_chosen(form), lambda file: _upload_request(form, text, file))
    failures = result.failures
    if not result.published and not failures:
        failures = [UploadError("", InvalidUpload(message("Choose at least one photo.")))]
    if failures:
        return _error_response(form, result.published, failures, failures[0].error)
    return _success_response(result.published)


def _chosen(form: UploadForm) -> list[FileStorage]:
    """Return the chosen files. Browsers send a file without a name if none was chosen."""
    return [
        file for file in form.photo.data or [] if isinstance(file, FileStorage) and file.filename
    ]


def _upload_request(form: UploadForm, text: ValidatedText, file: FileStorage) -> UploadRequest:
    is_admin = access.Access().is_admin
    return UploadRequest(
        file=file.stream,  # type: ignore[arg-type]  # Werkzeug's IO[bytes] is a BinaryIO
        filename=file.filename or "",
        text=text,
        owner=contributor_cookie.ensure_owner(),
        upload_id=form.upload_id.data or new_upload_id(),
        quota_scope=QuotaScope.SITE if is_admin else QuotaScope.CONTRIBUTOR_AND_SITE,
    )


def _success_response(published: list[UploadResult]) -> ResponseReturnValue:
    if wants_json():
        return _as_json(published, []), 201
    if len(published) == 1:
        _flash_result(published[0])
        return see_other("photos.show", photo_id=published[0].photo.photo_id)
    _flash_results(published)
    return see_other("gallery.index")


def _error_response(
    form: UploadForm,
    published: list[UploadResult],
    failures: list[UploadError],
    error: Exception,
) -> ResponseReturnValue:
    if not wants_json():
        status = status_of(error)
        return _show(form, published, failures), status, headers_of(error, status)
    if published:
        return _as_json(published, failures), 201
    return problem(
        error,
        errors=[{"filename": failure.filename, "detail": failure.message} for failure in failures],
    )


def _show(form: UploadForm, published: list[UploadResult], failures: list[UploadError]) -> str:
    photos = [answer.photo for answer in published]
    return render_template("upload/new.html", form=form, failures=failures, published=photos)


def _flash_result(answer: UploadResult) -> None:
    if words := format_removed(answer.photo.removed_metadata):
        flash(_("%(facts)s removed.", facts=words), "success")
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


def _as_json(published: list[UploadResult], failures: list[UploadError]) -> dict[str, Any]:
    return {
        "photos": [_photo_as_json(answer) for answer in published],
        "errors": [
            {"filename": failure.filename, "detail": failure.message} for failure in failures
        ],
    }


def _photo_as_json(answer: UploadResult) -> dict[str, Any]:
    photo = answer.photo
    return {
        "id": photo.photo_id,
        "url": url_for("photos.show", photo_id=photo.photo_id, _external=True),
        "title": photo.title,
        "original": absolute(original_url(photo)),
        "renditions": [
            {
                "width": width,
                "height": photo.height_at(width),
                "url": absolute(rendition_url(photo, width)),
            }
            for width in photo.widths
        ],
        "removed": list(photo.removed_metadata),
        "removed_text": format_removed(photo.removed_metadata),
        "left_out": format_left_out(answer.left_out),
        "duplicate_of": answer.duplicate_of,
    }
