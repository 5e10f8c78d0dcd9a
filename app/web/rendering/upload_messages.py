"""Say on the next page how a form with files ended.

Flashed messages are stored in a cookie, so they must stay short.
"""

from collections.abc import Sequence
from itertools import chain

from flask import flash

from app.domain.upload import UploadResult
from app.web.rendering.formatting import format_left_out, format_number, list_removed
from app.web.rendering.i18n import gettext as _
from app.web.rendering.i18n import ngettext
from app.web.rendering.languages.capitals import capitalized
from app.web.rendering.photo_credit import kept_rights
from app.web.uploads import FormResult, SkippedFile

_MAX_SKIPPED = 8  # files that are named
_MAX_NAME = 60  # characters


def flash_result(result: FormResult) -> None:
    """Flash the facts that the page of the photo, or of the batch, does not show."""
    for warning in result.warnings:
        flash(warning, "warning")
    if len(result.published) == 1:
        _flash_photo(result.published[0])
    else:
        _flash_photos(result.published)
    if result.skipped:
        flash(_skipped_message(result.skipped), "skipped")  # type: ignore[arg-type]  # any JSON


def _flash_photo(answer: UploadResult) -> None:
    if facts := list_removed(answer.photo.removed_metadata):
        flash(capitalized(_("%(facts)s removed.", facts=facts)), "success")
    if rights := kept_rights(answer.photo):
        flash(_("Kept: %(rights)s.", rights=rights), "success")
    for note in format_left_out(answer.left_out):
        flash(note, "warning")
    if answer.duplicate_of:
        # Flask stores any JSON as a message.
        flash({"photo_id": answer.duplicate_of}, "duplicate")  # type: ignore[arg-type]


def _flash_photos(published: Sequence[UploadResult]) -> None:
    here_already = sum(answer.duplicate_of is not None for answer in published)
    notes = chain.from_iterable(format_left_out(answer.left_out) for answer in published)
    for note in dict.fromkeys(notes):
        flash(note, "warning")
    if here_already:
        count = format_number(here_already)
        text = ngettext(
            "%(count)s of the photos was already on this site.",
            "%(count)s of the photos were already on this site.",
            here_already,
            count=count,
        )
        flash(text, "success")


def _skipped_message(skipped: Sequence[SkippedFile]) -> dict[str, object]:
    named = [
        {
            "name": file.filename[:_MAX_NAME],
            "photo_id": file.photo.photo_id,
            "album_note": file.album_note,
        }
        for file in skipped[:_MAX_SKIPPED]
    ]
    return {"files": named, "count": len(skipped)}
