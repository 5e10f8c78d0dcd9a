"""The forms: fields and their bounds. What the words mean is checked by the domain."""

import secrets

from flask_wtf import FlaskForm
from wtforms import (
    Field,
    HiddenField,
    MultipleFileField,
    PasswordField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from app.domain.errors import InvalidText
from app.domain.messages import message, plural_message
from app.domain.photo import Photo
from app.domain.photo_text import MAX_ALT, MAX_DESCRIPTION, MAX_TITLE
from app.domain.tags import MAX_TAG, MAX_TAGS, clean_tags
from app.domain.upload import PhotoText
from app.web.errors import user_message
from app.web.pages.gallery import PAGE_SIZE

_TOO_MANY = plural_message(
    "%(count)s photo is too many at once (limit %(most)s).",
    "%(count)s photos are too many at once (limit %(most)s).",
)


def new_upload_id() -> str:
    """What tells one form from every other: sent twice, it still makes one photo of each file."""
    return secrets.token_urlsafe(16)


class _Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form whose fields the domain checks."""

    def add_error(self, error: InvalidText) -> None:
        """Show the error beside its field."""
        field: Field = self[error.field]
        field.errors = [*field.errors, user_message(error)]


class PhotoTextForm(_Form):
    """What people write about a photo."""

    title = StringField(render_kw={"maxlength": MAX_TITLE})
    description = TextAreaField(render_kw={"maxlength": MAX_DESCRIPTION, "rows": 4})
    tags = StringField(render_kw={"maxlength": MAX_TAGS * (MAX_TAG + 2)})
    alt = TextAreaField(render_kw={"maxlength": MAX_ALT, "rows": 2})

    @property
    def words(self) -> PhotoText:
        """The words as typed."""
        fields = (self.title, self.description, self.tags, self.alt)
        return PhotoText(**{field.name: field.data or "" for field in fields})


class UploadForm(PhotoTextForm):
    """One or many files, and the words for them all."""

    photo = MultipleFileField()
    upload_id = HiddenField(default=new_upload_id)


class EditForm(PhotoTextForm):
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


class SelectionForm(_Form):
    """Some photos of a page."""

    photo = SelectMultipleField(validate_choice=False)

    def chosen(self) -> list[str]:
        """Their ids. Raises InvalidText for none, and for more than a page has."""
        photo_ids = list(dict.fromkeys(self.photo.data or []))
        if not photo_ids:
            raise InvalidText("photo", message("Select at least one photo."))
        if len(photo_ids) > PAGE_SIZE:
            raise InvalidText("photo", _TOO_MANY.with_values(count=len(photo_ids), most=PAGE_SIZE))
        return photo_ids


class TagsForm(SelectionForm):
    """Tags for some photos, and tags they are to lose."""

    add = StringField(render_kw={"maxlength": MAX_TAGS * (MAX_TAG + 2)})
    remove = StringField(render_kw={"maxlength": MAX_TAGS * (MAX_TAG + 2)})

    def tags(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The tags to add and those to remove. Raises InvalidText, also where there is neither."""
        add, remove = _tags(self.add), _tags(self.remove)
        if not (add or remove):
            raise InvalidText("add", message("Enter a tag."))
        return add, remove


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Nothing but the token that says a page of ours sent it."""


class LoginForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A password, and where to go on to."""

    password = PasswordField(render_kw={"autocomplete": "current-password", "required": True})
    next = HiddenField()


def _tags(field: Field) -> tuple[str, ...]:
    try:
        return clean_tags(field.data or "")
    except InvalidText as error:
        error.field = field.name
        raise
