"""The forms: fields and their bounds. What the words mean is checked by the domain."""

import secrets

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, MultipleFileField, PasswordField, StringField, TextAreaField

from app.domain.errors import InvalidText
from app.domain.photo import Photo
from app.domain.tags import MAX_TAG, MAX_TAGS
from app.domain.titles import MAX_ALT, MAX_DESCRIPTION, MAX_TITLE
from app.domain.upload import Words
from app.web.errors import sentence_of


def new_upload_id() -> str:
    """What tells one form from every other: sent twice, it still makes one photo of each file."""
    return secrets.token_urlsafe(16)


class WordsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What people write about a photo."""

    title = StringField(render_kw={"maxlength": MAX_TITLE})
    description = TextAreaField(render_kw={"maxlength": MAX_DESCRIPTION, "rows": 4})
    tags = StringField(render_kw={"maxlength": MAX_TAGS * (MAX_TAG + 2)})
    alt = TextAreaField(render_kw={"maxlength": MAX_ALT, "rows": 2})

    @property
    def words(self) -> Words:
        """The words as typed."""
        fields = (self.title, self.description, self.tags, self.alt)
        return Words(**{field.name: field.data or "" for field in fields})

    def explain(self, error: InvalidText) -> None:
        """Show the error beside its field."""
        field: Field = self[error.field]
        field.errors = [*field.errors, sentence_of(error)]


class UploadForm(WordsForm):
    """One or many files, and the words for them all."""

    photo = MultipleFileField()
    upload_id = HiddenField(default=new_upload_id)


class EditForm(WordsForm):
    """The words of one photo, and the version they were read at."""

    version = HiddenField()

    @classmethod
    def of(cls, photo: Photo) -> "EditForm":
        """The form filled with what the photo says."""
        return cls(
            formdata=None,
            title=photo.title,
            description=photo.description,
            tags=", ".join(photo.tags),
            alt=photo.alt,
            version=photo.version,
        )


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Nothing but the token that says a page of ours sent it."""


class LoginForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A password, and where to go on to."""

    password = PasswordField(render_kw={"autocomplete": "current-password", "required": True})
    next = HiddenField()
