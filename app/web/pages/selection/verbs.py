"""The changes that a visitor makes to selected photos."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import flash, url_for

from app.domain.errors import InvalidText
from app.domain.messages import message
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.web.auth import access
from app.web.bulk import photo_changes
from app.web.bulk.each_photo import BulkResult
from app.web.context import app_context
from app.web.listings.selectable import SelectableListing
from app.web.listings.source_listing import PARAMETER
from app.web.redirects import flash_with_undo
from app.web.rendering.cache_notice import with_cache_notice
from app.web.rendering.i18n import gettext as _
from app.web.rendering.i18n import ngettext
from app.web.rendering.state_messages import flash_states, restored, updated
from app.web.selection_forms import BulkForm, shown_dates

Change = Callable[[Photo], Photo]

ENTERED = "entered"  # the name of the action of the Enter key in a field
_UNCLEAR = message("Press the button for what you want to do.")
_MAX_BACK = 300  # characters: the message is in a cookie of at most 4 kB, with the photo ids


@dataclass(frozen=True, slots=True)
class Verb:
    """A change to each of the selected photos.

    Attributes:
        read: Returns the change that the form asks for. Raises InvalidText.
        report: Reports the change, with an undo where there is one, on a page of the listing.
        require: Raises AccessError for a photo that the visitor may not change in this way.
    """

    read: Callable[[BulkForm], Change]
    report: Callable[[BulkResult, SelectableListing], None]
    require: Callable[[Photo], None] = access.require_change


def _retag(form: BulkForm) -> Change:
    add, remove = form.tags()
    return lambda photo: photo_changes.retag(photo, add, remove)


def _shift_dates(form: BulkForm) -> Change:
    by, shown = form.shift(), shown_dates()
    return lambda photo: photo_changes.shift_date(photo, shown, by)


def _set_license(form: BulkForm) -> Change:
    choice = form.license_choice()
    app_context().rate_limits.check_decoding()  # image workers write it into the files
    return lambda photo: photo_changes.set_license(photo, choice)


def _publish(form: BulkForm) -> Change:
    add, remove = form.optional_tags()
    return lambda photo: photo_changes.publish(photo, add, remove)


def _report_updated(result: BulkResult, _listing: SelectableListing) -> None:
    flash(updated(len(result.changed)), "success")


def _report_shifted(result: BulkResult, _listing: SelectableListing) -> None:
    """Count the dates that the form has shifted. Sent again, it shifts none."""
    undated = sum(photo.taken is None for photo in result.changed)
    if result.written:
        flash(updated(len(result.written)), "success")
    elif undated < len(result.changed):
        flash(_("No date was shifted: they are shifted already, or too imprecise."), "info")
    if undated:
        text = ngettext(
            "%(count)s photo has no date to shift.",
            "%(count)s photos have no date to shift.",
            undated,
            count=undated,
        )
        flash(text, "info")


def _report_hidden(result: BulkResult, listing: SelectableListing) -> None:
    """Offer undo for the photos that were public before."""
    count = len(result.changed)
    text = with_cache_notice(
        ngettext("%(count)s photo hidden.", "%(count)s photos hidden.", count, count=count)
    )
    hidden = "hidden" if access.Access().is_admin else "uploads"
    shown_before = filter(access.Access().may_unhide, result.written)
    _flash_with_undo(text, "publish", listing, hidden, shown_before)


def _report_published(result: BulkResult, _listing: SelectableListing) -> None:
    flash_states(result.changed, {})


def _report_deleted(result: BulkResult, listing: SelectableListing) -> None:
    count = len(result.changed)
    text = with_cache_notice(
        ngettext("%(count)s photo deleted.", "%(count)s photos deleted.", count, count=count)
    )
    trash = "trash" if access.Access().is_admin else "deleted"
    restorable = filter(access.Access().may_restore_or_purge, result.changed)
    _flash_with_undo(text, "restore", listing, trash, restorable)


def _report_restored(result: BulkResult, _listing: SelectableListing) -> None:
    flash_states(result.changed, {PhotoState.PUBLIC: restored})


VERBS = {
    "tags": Verb(_retag, _report_updated),
    "dates": Verb(_shift_dates, _report_shifted),
    "license": Verb(_set_license, _report_updated),
    "hide": Verb(lambda _form: photo_changes.hide, _report_hidden),
    "publish": Verb(_publish, _report_published, access.require_unhide),
    "delete": Verb(lambda _form: photo_changes.delete, _report_deleted),
    "restore": Verb(
        lambda _form: photo_changes.restore, _report_restored, access.require_restore_or_purge
    ),
}


def verb_of(name: str, form: BulkForm) -> Verb:
    """Return the change with this name. The Enter key asks for that whose fields are filled in.

    Raises:
        InvalidText: The fields of several changes are filled in, or none.
    """
    if name != ENTERED:
        return VERBS[name]
    if len(form.filled) != 1:
        raise InvalidText("photo", _UNCLEAR)
    return VERBS[form.filled[0]]


def _flash_with_undo(
    text: str, verb: str, listing: SelectableListing, source: str, photos: Iterable[Photo]
) -> None:
    """Flash a message, with a button that undoes the change of those of the photos that it can.

    The button is for the listing `source`, which has the photos now, and leads back to `listing`.
    """
    photo_ids = [photo.photo_id for photo in photos]
    if photo_ids:
        path = listing.page_url()
        back = path if len(path) <= _MAX_BACK else None
        parameters: dict[str, Any] = {PARAMETER: source, "back": back}
        undo = url_for("selection.run", verb=verb, **parameters)
        flash_with_undo(text, undo, photo_ids)
    else:
        flash(text, "success")
