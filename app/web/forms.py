"""Define the forms. The domain validates the texts."""

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Self

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    MultipleFileField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.widgets import TimeInput

from app.domain.batches import Batch
from app.domain.errors import InvalidText
from app.domain.image.credit import MAX_NAME
from app.domain.image.credit_choice import CreditChoice
from app.domain.image.date_choice import DateChoice
from app.domain.photo import Photo
from app.domain.photo_text import MAX_ALT, MAX_CONTRIBUTOR_NAME, MAX_DESCRIPTION, MAX_TITLE
from app.domain.tags import MAX_TAG, MAX_TAGS
from app.domain.upload import PhotoText
from app.web.auth import batch_token, contributor_cookie, shared_files
from app.web.auth.contributor_name import remembered_name
from app.web.errors import user_message
from app.web.rendering.archive_dates import month_choices
from app.web.rendering.photo_credit import license_choices, license_choices_of_upload

# The attribute `maxlength` would cut pasted text without a word. static/js/text-limits.js counts
# instead, and the domain checks.
TAG_LIMITS = {"data-max-length": MAX_TAG, "data-max-tags": MAX_TAGS}
_NAME_ATTRIBUTES = {"data-max-length": MAX_CONTRIBUTOR_NAME}


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form whose fields the domain validates.

    Attributes:
        file_fields: The names of the fields that take files. All others take text.
    """

    file_fields: frozenset[str] = frozenset()

    @classmethod
    def submitted(cls) -> Self:
        """Return the form that the request contains.

        A text field that was sent as a file is empty, and so is a file field that was sent as text.
        """
        files, texts = MultiDict(request.files), MultiDict(request.form)
        for name in files.keys() - cls.file_fields:
            files.poplist(name)
        for name in cls.file_fields:
            texts.poplist(name)
        return cls(CombinedMultiDict([files, texts]))

    @classmethod
    def submitted_with(cls, defaults: Mapping[str, str]) -> Self:
        """Return the form that the request contains, with defaults for the fields it leaves out."""
        left_out = {name: text for name, text in defaults.items() if name not in request.form}
        return cls(CombinedMultiDict([request.form, MultiDict(left_out)]))

    def add_error(self, error: InvalidText) -> None:
        """Show the error at its field."""
        field: Field = self[error.field]
        field.errors = [*field.errors, user_message(error)]


class CreditForm(Form):
    """The credit and the license of photos."""

    credit = StringField(render_kw={"data-max-length": MAX_NAME})
    license = SelectField(choices=license_choices, validate_choice=False)
    license_url = URLField()

    @property
    def credit_choice(self) -> CreditChoice:
        """The submitted credit, not yet validated. A field that was not sent stays as it is."""
        fields = (self.credit, self.license, self.license_url)
        sent = {field.name: field.data or "" for field in fields if field.raw_data}
        return CreditChoice(**sent)


class PhotoTextForm(CreditForm):
    """Title, description, tags, alternative text, name of the contributor, and credit."""

    title = StringField(render_kw={"data-max-length": MAX_TITLE})
    description = TextAreaField(render_kw={"data-max-length": MAX_DESCRIPTION, "rows": 4})
    tags = StringField(render_kw=TAG_LIMITS)
    alt = TextAreaField(render_kw={"data-max-length": MAX_ALT, "rows": 2})
    contributor_name = StringField(render_kw=_NAME_ATTRIBUTES)

    @property
    def photo_text(self) -> PhotoText:
        """The submitted texts, not yet validated."""
        fields = (self.title, self.description, self.tags, self.alt, self.contributor_name)
        texts: dict[str, Any] = {field.name: field.data or "" for field in fields}
        return PhotoText(**texts, credit=self.credit_choice)


class UploadForm(PhotoTextForm):
    """One or more files, and the texts for all of them."""

    file_fields = frozenset({"photo"})

    license = SelectField(choices=license_choices_of_upload, validate_choice=False)
    photo = MultipleFileField()
    contributor_name = StringField(default=remembered_name, render_kw=_NAME_ATTRIBUTES)
    # A form that is sent twice makes one photo of each file.
    upload_id = HiddenField(default=contributor_cookie.new_form_id)
    # The files of several requests with one batch keep one order. `position` is that of the first
    # file of the request. A request without it is a batch of its own.
    batch = HiddenField(default=batch_token.new_token)
    position = HiddenField()
    album = HiddenField()  # the id of the album that the photos are added to
    add_duplicates = BooleanField(
        default=False, false_values=("", "0", "false"), render_kw={"value": "1"}
    )

    @property
    def credit_choice(self) -> CreditChoice:
        """The submitted credit, not yet validated. An empty field keeps the value of the file."""
        return super().credit_choice.without_blanks()

    @property
    def sent_id(self) -> str:
        """The id that the browser sent; empty for scripts that did not open the form.

        A share menu sends none. If it does, the form is that of another site, whose owner would
        know the contributor that the id makes.
        """
        return "" if shared_files.are_drafts() else request.form.get(self.upload_id.name, "")

    @property
    def sent_batch(self) -> str:
        """The token of the batch that the browser sent; empty without one."""
        return request.form.get(self.batch.name, "")

    @property
    def sent_position(self) -> int | None:
        """The position that the browser sent, None without one."""
        position = self.position.data or ""
        return int(position) if re.fullmatch("[0-9]{1,9}", position) else None

    def place_next(self, batch: Batch, position: int) -> None:
        """Give the files that are sent next the places from `position` of the batch."""
        self.batch.data = batch_token.token_of(batch)
        self.position.data = str(position)


class EditForm(PhotoTextForm):
    """The texts and the date of one photo, and the version of the photo that they come from."""

    version = HiddenField()
    taken_year = StringField(render_kw={"inputmode": "numeric", "autocomplete": "off"})
    taken_month = SelectField(choices=month_choices, validate_choice=False)
    taken_day = StringField(render_kw={"inputmode": "numeric", "autocomplete": "off"})
    taken_time = StringField(widget=TimeInput(), render_kw={"autocomplete": "off"})
    taken_about = BooleanField(default=False)

    @property
    def photo_text(self) -> PhotoText:
        """The submitted texts and the date, not yet validated."""
        return replace(super().photo_text, taken=self._date_choice)

    def changes_credit(self, photo: Photo) -> bool:
        """Return whether a field of the credit differs from that of the photo."""
        before = asdict(CreditChoice.of(photo.credit))
        sent = asdict(self.credit_choice).items()
        return any(value not in (None, before[name]) for name, value in sent)

    @property
    def _date_choice(self) -> DateChoice:
        """The submitted date. Without the field of the year it stays as it is."""
        if not self.taken_year.raw_data:
            return DateChoice()
        names = ("taken_year", "taken_month", "taken_day", "taken_time")
        year, month, day, clock = (str(self[name].data or "").strip() for name in names)
        is_about = bool(self.taken_about.data)
        return DateChoice(year=year, month=month, day=day, clock=clock, is_about=is_about)

    @classmethod
    def of(cls, photo: Photo) -> "EditForm":
        """Return the form filled with the photo's texts."""
        return cls(
            formdata=None,
            title=photo.title,
            description=photo.description,
            tags=", ".join(photo.tags),
            alt=photo.alt,
            contributor_name=photo.contributor_name,
            **asdict(CreditChoice.of(photo.credit)),
            **_date_fields(photo),
            version=photo.version,
        )


class RotateForm(Form):
    """The direction, and the revision of the photo that the visitor saw."""

    direction = StringField()
    revision = StringField()

    @property
    def quarter_turns(self) -> int:
        """Return how often to turn the photo clockwise."""
        return 3 if self.direction.data == "left" else 1

    @property
    def shown_revision(self) -> int | None:
        """Return the revision, None if the form has none."""
        text = self.revision.data or ""
        return int(text) if re.fullmatch("[0-9]{1,16}", text) else None


class TransferForm(Form):
    """The token of a transfer link."""

    token = HiddenField()
    form_id = HiddenField()  # a random one: see `transfer_links.use_token`


class PurgeForm(Form):
    """The token of a photo that will be deleted permanently: see `auth.purge_token`."""

    token = HiddenField()


class LoginForm(Form):
    """A password, and the page to show after the login."""

    password = PasswordField(render_kw={"autocomplete": "current-password", "required": True})
    next = HiddenField()


def _date_fields(photo: Photo) -> dict[str, Any]:
    choice = DateChoice.of(photo.taken)
    fields = {"year": choice.year, "month": choice.month, "day": choice.day, "time": choice.clock}
    texts = {f"taken_{name}": text for name, text in fields.items()}
    return texts | {"taken_about": choice.is_about}
