"""Return the result of an upload, and its photos, as JSON."""

from typing import Any

from flask import url_for

from app.domain.upload import UploadResult
from app.web.auth import batch_token
from app.web.context import upload_service
from app.web.rendering.api.photo_json import photo_as_json
from app.web.rendering.formatting import format_left_out, format_removed
from app.web.rendering.photo_credit import kept_rights
from app.web.rendering.photo_urls import photo_path
from app.web.upload_album import UploadTarget
from app.web.uploads import FormResult


def result_as_json(result: FormResult, target: UploadTarget) -> dict[str, Any]:
    """Return the result of an upload form, whose photos were added to `target`."""
    batch = result.batch or upload_service().begin_batch()
    return {
        "photos": [upload_as_json(answer, target) for answer in result.published],
        "skipped": [
            {
                "filename": file.filename,
                "photo_id": file.photo.photo_id,
                "path": photo_path(file.photo.photo_id),
                "album_note": file.album_note,
            }
            for file in result.skipped
        ],
        "errors": errors_as_json(result),
        "warnings": result.warnings,
        "batch": {
            "token": batch_token.token_of(batch),
            "path": target.next_path or url_for("my_uploads.index", batch=batch.name),
        },
    }


def errors_as_json(result: FormResult) -> list[dict[str, str]]:
    """Return the files that failed."""
    return [{"filename": it.filename, "detail": it.message} for it in result.failures]


def upload_as_json(answer: UploadResult, target: UploadTarget) -> dict[str, Any]:
    """Return a published photo: `url` is for scripts, `path` for the pages of this site."""
    photo = answer.photo
    return photo_as_json(photo, target.listing) | {
        "path": target.path_of(photo),
        "removed": list(photo.removed_metadata),
        "removed_text": format_removed(photo.removed_metadata),
        "kept_text": kept_rights(photo),
        "left_out": format_left_out(answer.left_out),
        "duplicate_of": answer.duplicate_of,
    }
