"""Upload page: one form with one or many files, each of which succeeds or fails separately."""

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from app.domain.batches import Batch
from app.domain.errors import InvalidText, InvalidUpload
from app.domain.image.credit_choice import CreditChoice
from app.domain.messages import message
from app.domain.tags import clean_tags
from app.domain.upload import QuotaScope, UploadRequest, ValidatedText
from app.services.upload_trace import UploadStage, stage
from app.web.auth import (
    access,
    batch_token,
    contributor_cookie,
    guest_access,
    guest_cookie,
    shared_files,
)
from app.web.auth.contributor_name import remember_name
from app.web.context import app_context, upload_service
from app.web.errors import headers_of, problem, status_of
from app.web.forms import PhotoTextForm, UploadForm
from app.web.redirects import see_other
from app.web.rendering.api.negotiation import wants_json
from app.web.rendering.api.upload_json import errors_as_json, result_as_json
from app.web.rendering.i18n import gettext as _
from app.web.rendering.upload_messages import flash_result
from app.web.upload_album import (
    UploadTarget,
    add_skipped,
    finish,
    guest_target,
    preset_target,
    sent_target,
)
from app.web.uploads import FormResult, UploadError, publish_files

blueprint = Blueprint("upload", __name__)


@blueprint.get("/upload")
def new() -> ResponseReturnValue:
    """Show the form and make the browser a contributor. Guests have a form of their own."""
    if guest_cookie.is_sent():  # the address of a form that was shown again with an error
        return see_other("guests.upload", code=request.args[guest_cookie.PARAMETER])
    access.require_upload()
    contributor_cookie.ensure_cookie()
    add_duplicates = request.args.get("add_duplicates") == "1"
    target = preset_target()
    if target.guest_code:
        return see_other("guests.upload", code=target.guest_code)
    form = UploadForm(
        formdata=None,
        tags=", ".join(_preset_tags()),
        add_duplicates=add_duplicates,
        album=target.album.album_id if target.album else "",
    )
    return show_form(form, FormResult(), target)


@blueprint.post("/upload")
def create() -> ResponseReturnValue:
    """Publish every file of the form."""
    app_context().rate_limits.count_upload()  # first: a refused login counts too
    guest_access.require_upload_here()
    of_guest = guest_target()
    with stage(UploadStage.RECEIVE):
        form = UploadForm.submitted()
    target = of_guest or sent_target(form.album.data)
    try:
        text = _validated_text(form, target)
        credit = form.credit_choice.validated()
    except InvalidText as error:
        form.add_error(error)
        return _error_response(form, FormResult(), error, target)
    result = _publish_all(form, text, credit, target)
    add_skipped(target, result)
    finish(target, result.published)
    if result.failures:
        return _error_response(form, result, result.failures[0].error, target)
    return _success_response(form, result, target)


def show_form(form: UploadForm, result: FormResult, target: UploadTarget) -> str:
    """Return the page of the form, which is shorter for guests."""
    return render_template(
        "guests/upload.html" if target.guest_code else "upload/new.html",
        form=form,
        target=target,
        album=target.album,
        own=PhotoTextForm(formdata=None, prefix="own-"),
        failures=result.failures,
        published=[answer.photo for answer in result.published],
        skipped=result.skipped,
        warnings=result.warnings,
    )


def _validated_text(form: UploadForm, target: UploadTarget) -> ValidatedText:
    """Return the text, and remember the name. Raises InvalidText."""
    text = upload_service().validate(form.photo_text)
    if not target.asks_for_name:  # the name that the browser remembers is not shown in the form
        return {**text, "contributor_name": ""}
    if not shared_files.are_drafts():  # their form may be that of another site
        remember_name(text["contributor_name"])
    return text


def _preset_tags() -> tuple[str, ...]:
    """Return the tags of the site and of the URL, or of the site alone if one is invalid."""
    site_tags = app_context().config.site_tags
    try:
        return clean_tags([*site_tags, request.args.get("tags", "")])
    except InvalidText:
        return site_tags


def _publish_all(
    form: UploadForm, text: ValidatedText, credit: CreditChoice, target: UploadTarget
) -> FormResult:
    cookies_blocked = contributor_cookie.is_blocked(form.sent_id)  # publishing sets a cookie
    files = _chosen(form)
    batch, start = _place_of(form)

    def to_request(number: int, file: FileStorage) -> UploadRequest:
        request = _upload_request(form, text, credit, file)
        return target.of_upload(replace(request, batch=batch, position=start + number))

    result = publish_files(files, batch, to_request)
    form.place_next(batch, start + len(files))
    if not (result.published or result.skipped or result.failures):
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


def _upload_request(
    form: UploadForm, text: ValidatedText, credit: CreditChoice, file: FileStorage
) -> UploadRequest:
    is_admin = access.Access().is_admin
    return UploadRequest(
        file=file.stream,  # type: ignore[arg-type]  # Werkzeug's IO[bytes] is a BinaryIO
        filename=file.filename or "",
        text=text,
        owner=contributor_cookie.ensure_owner(form.sent_id),
        credit=credit,
        upload_id=form.sent_id or contributor_cookie.new_form_id(),
        quota_scope=QuotaScope.SITE if is_admin else QuotaScope.CONTRIBUTOR_AND_SITE,
        is_draft=shared_files.are_drafts(),
        add_duplicates=form.add_duplicates.data,
    )


def _success_response(
    form: UploadForm, result: FormResult, target: UploadTarget
) -> ResponseReturnValue:
    if wants_json():
        return result_as_json(result, target), 201 if result.published else 200
    if not result.published:  # all files are here already
        return show_form(form, result, target)
    flash_result(result)
    if target.next_path:
        return redirect(target.next_path, 303)
    batch = result.batch
    if batch and shared_files.are_drafts():
        return see_other("my_uploads.index", batch=batch.name, select="all")
    if batch is None or len(result.published) == 1:
        return redirect(target.path_of(result.published[0].photo), 303)
    return see_other("my_uploads.index", batch=batch.name)


def _error_response(
    form: UploadForm, result: FormResult, error: Exception, target: UploadTarget
) -> ResponseReturnValue:
    if not wants_json():
        status = status_of(error)
        return show_form(form, result, target), status, headers_of(error, status)
    if result.published:
        return result_as_json(result, target), 201
    return problem(error, errors=errors_as_json(result))
