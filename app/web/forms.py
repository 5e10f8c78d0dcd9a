"""Define the forms. The domain validates the texts."""

from flask import request
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
from app.web.auth import contributor_cookie
from app.web.errors import user_message
from app.web.pagination import PAGE_SIZE

_TOO_MANY = plural_message(
    "%(count)s photo is too many at once (limit %(most)s).",
    "%(count)s photos are too many at once (limit %(most)s).",
)


class _Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form whose fields the domain validates."""

    def add_error(self, error: InvalidText) -> None:
        """Show the error at its field."""
        field: Field = self[error.field]
        field.errors = [*field.errors, user_message(error)]


class PhotoTextForm(_Form):
    """Title, description, tags and alternative text."""

    title = StringField(render_kw={"maxlength": MAX_TITLE})
    description = TextAreaField(render_kw={"maxlength": MAX_DESCRIPTION, "rows": 4})
    tags = StringField(render_kw={"maxlength": MAX_TAGS * (MAX_TAG + 2)})
    alt = TextAreaField(render_kw={"maxlength": MAX_ALT, "rows": 2})

    @property
    def photo_text(self) -> PhotoText:
        """The submitted texts, not yet validated."""
        fields = (self.title, self.description, self.tags, self.alt)
        return PhotoText(**{field.name: field.data or "" for field in fields})


class UploadForm(PhotoTextForm):
    """One or more files, and the texts for all of them."""

    photo = MultipleFileField()
    # A form that is sent twice makes one photo of each file.
    upload_id = HiddenField(default=contributor_cookie.new_form_id)

    @property
    def sent_id(self) -> str:
        """The id that the browser sent; empty for scripts that did not open the form."""
        return request.form.get(self.upload_id.name, "")


class EditForm(PhotoTextForm):
    """The texts of one photo, and the version of the photo that they come from."""

    version = HiddenField()

    @classmethod
    def of(cls, photo: Photo) -> "EditForm":
        """Return the form filled with the photo's texts."""
        return cls(
            formdata=None,
            title=photo.title,
            description=photo.description,
            tags=", ".join(photo.tags),
            alt=photo.alt,
            version=photo.version,
        )


class SelectionForm(_Form):
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


class TagsForm(SelectionForm):
    """Tags to add to the chosen photos, and tags to remove."""

    add = StringField(render_kw={"maxlength": MAX_TAGS * (MAX_TAG + 2)})
    remove = StringField(render_kw={"maxlength": MAX_TAGS * (MAX_TAG + 2)})

    def tags(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the tags to add and the tags to remove.

        Raises:
            InvalidText: A tag is invalid, or both fields are empty.
        """
        add = _clean(self.add)
        remove = _clean(self.remove)
        if not (add or remove):
            raise InvalidText("add", message("Enter a tag."))
        return add, remove


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form with nothing but the CSRF token."""


class TransferForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The token of a transfer link."""

    token = HiddenField()


class LoginForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A password, and the page to show after the login."""

    password = PasswordField(render_kw={"autocomplete": "current-password", "required": True})
    next = HiddenField()


def _clean(field: Field) -> tuple[str, ...]:
    try:
        return clean_tags(field.data or "")
    except InvalidText as error:
        error.field = field.name
        raise
