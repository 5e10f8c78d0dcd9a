"""Define the forms that change several photos at once."""

import re
from collections.abc import Sequence
from datetime import timedelta

from flask import request
from wtforms import Field, HiddenField, SelectField, SelectMultipleField, StringField

from app.domain import photo_ids
from app.domain.errors import InvalidText, PhotoNotFound
from app.domain.image.credit_choice import CreditChoice
from app.domain.messages import message, plural_message
from app.domain.photo_text import MAX_TITLE
from app.domain.tags import clean_tags
from app.web.auth import batch_token, contributor_cookie
from app.web.bulk.batch_actions import BatchPosition
from app.web.forms import TAG_LIMITS, CreditForm, Form
from app.web.pagination import PAGE_SIZE
from app.web.rendering.photo_credit import license_choices_to_keep

_TOO_MANY = plural_message(
    "%(count)s photo is too many at once (limit %(most)s).",
    "%(count)s photos are too many at once (limit %(most)s).",
)
_WHOLE_NUMBER = re.compile("[+-]?[0-9]{1,5}")
_MAX_SHOWN_DATE = 100  # characters of an id and a date in ISO 8601
# `inputmode` offers no minus sign on some phones, so the keyboard is that of texts.
_SHIFT_ATTRIBUTES = {"autocomplete": "off", "size": 6, "maxlength": 6}
_COUNT = re.compile("[0-9]{1,11}")  # also a time in seconds since 1970


class SelectionForm(Form):
    """Photos of one page, chosen by check boxes."""

    photo = SelectMultipleField(validate_choice=False)

    def chosen(self) -> list[str]:
        """Return the ids of the chosen photos without duplicates.

        Raises:
            InvalidText: No photo is chosen, or more than a page has.
        """
        photo_ids = list(dict.fromkeys(self.photo.data or []))
        if not photo_ids:
            raise InvalidText("photo", message("Select at least one photo."))
        if len(photo_ids) > PAGE_SIZE:
            raise InvalidText("photo", _TOO_MANY.with_values(count=len(photo_ids), most=PAGE_SIZE))
        return photo_ids


class TagChangesForm(Form):
    """Tags to add to photos, and tags to remove from them."""

    add = StringField(render_kw=TAG_LIMITS)
    remove = StringField(render_kw=TAG_LIMITS)

    def tags(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the tags to add and the tags to remove.

        Raises:
            InvalidText: A tag is invalid, or both fields are empty.
        """
        add, remove = self.optional_tags()
        if not (add or remove):
            raise InvalidText("add", message("Enter a tag."))
        return add, remove

    def optional_tags(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the same, also without any tag. Raises InvalidText."""
        return _clean(self.add), _clean(self.remove)


class LicenseForm(CreditForm):
    """A license and a credit for photos. An empty field leaves theirs."""

    license = SelectField(choices=license_choices_to_keep, validate_choice=False)

    def license_choice(self) -> CreditChoice:
        """Return the license and the credit to set.

        Raises:
            InvalidText: A field is invalid, or all are empty.
        """
        choice = self.credit_choice.without_blanks()
        if choice.license is None and choice.credit is None:
            raise InvalidText("license", message("Choose a license, or enter a credit."))
        return choice.validated()


class BulkForm(SelectionForm, TagChangesForm, LicenseForm):
    """Changes to the chosen photos: their tags, their license, and a shift of their dates."""

    shift_days = StringField(render_kw=_SHIFT_ATTRIBUTES)
    shift_hours = StringField(render_kw=_SHIFT_ATTRIBUTES)

    @property
    def filled(self) -> list[str]:
        """The changes for which a field is filled in, by the names of their addresses."""
        fields = {
            "tags": (self.add, self.remove),
            "dates": (self.shift_days, self.shift_hours),
            "license": (self.license, self.license_url, self.credit),
        }
        return [verb for verb, group in fields.items() if _is_filled(group)]

    def shift(self) -> timedelta:
        """Return the time to add to the dates.

        Raises:
            InvalidText: A field has no whole number, or both are empty or 0.
        """
        by = timedelta(days=_whole_number(self.shift_days), hours=_whole_number(self.shift_hours))
        if not by:
            raise InvalidText("shift_days", message("Enter days or hours, such as 1 or -1."))
        return by


def shown_dates() -> dict[str, str]:
    """Return the dates of the photos that the page showed, by photo id."""
    values = request.form.getlist("shown_date")[:PAGE_SIZE]
    pairs = (value.partition(" ") for value in values if len(value) <= _MAX_SHOWN_DATE)
    return {photo_id: date for photo_id, _, date in pairs}


class NewAlbumFields(Form):
    """The fields by which a form that is sent twice creates one album."""

    form_id = HiddenField(default=contributor_cookie.new_form_id)
    opened = HiddenField(default=batch_token.new_token)


class AlbumChoiceForm(NewAlbumFields, SelectionForm):
    """The album that the chosen photos are added to, or the title of a new one."""

    album = StringField()
    title = StringField(render_kw={"data-max-length": MAX_TITLE})


class BatchForm(TagChangesForm):
    """Changes to all photos of a batch, and how far they have come."""

    before = HiddenField()
    failed = HiddenField()
    done = HiddenField()

    @property
    def position(self) -> BatchPosition:
        """How far the earlier requests have come. Raises PhotoNotFound."""
        before, failed = _photo_id(self.before), _photo_id(self.failed)
        return BatchPosition(before, failed, parse_count(self.done.data))


def parse_count(text: str | None) -> int:
    """Return a number that a page of this site has sent; 0 for everything else."""
    return int(text) if text and re.fullmatch(_COUNT, text) else 0


def _is_filled(fields: Sequence[Field]) -> bool:
    return any(field.data for field in fields)


def _whole_number(field: Field) -> int:
    text = (field.data or "").strip().replace("\N{MINUS SIGN}", "-")
    if not text:
        return 0
    if not _WHOLE_NUMBER.fullmatch(text):
        raise InvalidText(field.name, message("Enter a whole number, such as 1 or -1."))
    return int(text)


def _photo_id(field: Field) -> str | None:
    photo_id: str = field.data or ""
    if photo_id and not photo_ids.is_photo_id(photo_id):
        raise PhotoNotFound(photo_id)
    return photo_id or None


def _clean(field: Field) -> tuple[str, ...]:
    try:
        return clean_tags(field.data or "")
    except InvalidText as error:
        error.field = field.name
        raise
