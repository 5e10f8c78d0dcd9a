"""Say on the next page how a review ended."""

from collections.abc import Sequence

from flask import flash

from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.web.bulk.each_photo import BulkResult
from app.web.redirects import flash_with_undo
from app.web.rendering.formatting import format_number
from app.web.rendering.i18n import gettext as _
from app.web.rendering.i18n import ngettext
from app.web.rendering.state_messages import flash_states


def flash_approved(count: int) -> None:
    """Say how many photos are approved."""
    flash(_approved(count), "success")


def flash_decided(verb: str, result: BulkResult, chosen: int, undo: str) -> None:
    """Say how many photos the decision is about, and how many of the chosen ones still wait.

    Args:
        verb: The decision.
        result: The photos that it has changed, and those that are gone.
        chosen: The number of the chosen photos.
        undo: The URL that undoes a refusal.
    """
    count = len(result.changed)
    if verb == "refuse":
        _flash_refused(result.changed, undo)
    elif verb == "approve":
        texts = dict.fromkeys((PhotoState.PUBLIC, PhotoState.UNLISTED), _approved)
        flash_states(result.changed, texts)
    else:
        flash_states(result.changed, {PhotoState.PENDING: _waits_again})
    if gone := len(result.errors):
        _flash_gone(gone)
    if count + gone < chosen:
        flash(_("There was no time for all of them. Choose the others again."), "warning")


def _flash_refused(photos: Sequence[Photo], undo: str) -> None:
    count = len(photos)
    shown = format_number(count)
    text = ngettext("%(count)s photo refused.", "%(count)s photos refused.", count, count=shown)
    flash_with_undo(text, undo, [photo.photo_id for photo in photos])


def _flash_gone(count: int) -> None:
    text = ngettext(
        "%(count)s photo isn’t here anymore.",
        "%(count)s photos aren’t here anymore.",
        count,
        count=format_number(count),
    )
    flash(text, "info")


def _approved(count: int) -> str:
    shown = format_number(count)
    return ngettext("%(count)s photo approved.", "%(count)s photos approved.", count, count=shown)


def _waits_again(count: int) -> str:
    return ngettext(
        "%(count)s photo waits for review again.",
        "%(count)s photos wait for review again.",
        count,
        count=format_number(count),
    )
