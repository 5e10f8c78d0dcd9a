"""Define the forms of albums. The domain validates the texts."""

from enum import StrEnum
from typing import Any, Self, TypeVar

from wtforms import HiddenField, SelectField, StringField, TextAreaField

from app.domain.albums.album import Album, AlbumContributors, AlbumOrder, AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.albums.keys import is_position
from app.domain.errors import InvalidText
from app.domain.messages import message
from app.domain.photo_text import MAX_DESCRIPTION, MAX_TITLE
from app.web.forms import Form
from app.web.rendering.api.negotiation import wants_json
from app.web.rendering.i18n import gettext as _
from app.web.selection_forms import NewAlbumFields, parse_count

# A browser sends all of them. The settings stay anyway if they are not sent.
_KEPT = ("title", "description", "version")
_Choice = TypeVar("_Choice", bound=StrEnum)


def _orders() -> list[tuple[str, str]]:
    return [
        (AlbumOrder.TAKEN, _("By date taken")),
        (AlbumOrder.ADDED, _("By date added to the album")),
        (AlbumOrder.MANUAL, _("By hand")),
    ]


def _visibilities() -> list[tuple[str, str]]:
    return [
        (AlbumVisibility.PUBLIC, _("Public: everyone finds it in the list of albums")),
        (AlbumVisibility.UNLISTED, _("Unlisted: only people with the link can see it")),
    ]


def _contributors() -> list[tuple[str, str]]:
    return [
        (AlbumContributors.OWNER, _("Only its host")),
        (AlbumContributors.EVERYONE, _("Everyone who may upload photos")),
    ]


class AlbumForm(NewAlbumFields):
    """The texts and the settings of an album, and the version that they come from."""

    title = StringField(render_kw={"data-max-length": MAX_TITLE, "required": True})
    description = TextAreaField(render_kw={"data-max-length": MAX_DESCRIPTION, "rows": 4})
    order = SelectField(choices=_orders, validate_choice=False)
    visibility = SelectField(choices=_visibilities, validate_choice=False)
    contributors = SelectField(choices=_contributors, validate_choice=False)
    version = HiddenField()

    @classmethod
    def of(cls, album: Album) -> Self:
        """Return the form filled with an album."""
        return cls(
            formdata=None,
            title=album.title,
            description=album.description,
            order=album.order,
            visibility=album.visibility,
            contributors=album.contributors,
            version=album.version,
        )

    @classmethod
    def submitted_for(cls, album: Album) -> Self:
        """Return the submitted form. A client that asks for JSON keeps the fields it leaves out."""
        if not wants_json():
            return cls.submitted()
        current = cls.of(album)
        return cls.submitted_with({name: str(current[name].data) for name in _KEPT})

    @property
    def text(self) -> AlbumText:
        """The submitted texts, not yet validated."""
        return AlbumText(self.title.data or "", self.description.data or "")

    @property
    def submitted_version(self) -> int:
        """The version that the form was filled from; 0, which always conflicts, without one."""
        return parse_count(self.version.data)

    def settings(self) -> dict[str, Any]:
        """Return the settings that were sent. Raises InvalidText."""
        kinds = {"order": AlbumOrder, "visibility": AlbumVisibility}
        sent = {"contributors": AlbumContributors} | kinds
        return {name: self._choice(name, kind) for name, kind in sent.items() if self._has(name)}

    def _has(self, name: str) -> bool:
        return bool(self[name].raw_data)

    def _choice(self, name: str, kind: type[_Choice]) -> _Choice:
        try:
            return kind(self[name].data)
        except ValueError as error:
            raise InvalidText(name, message("Choose one of these.")) from error


class AlbumStepForm(Form):
    """How far a change of all photos of an album has come."""

    after = HiddenField()
    done = HiddenField()
    sort_version = HiddenField()

    @property
    def position(self) -> str | None:
        """The position in the album after which to continue, None at the beginning."""
        after = self.after.data or ""
        return after if is_position(after) else None

    @property
    def photos_done(self) -> int:
        """The number of photos that earlier requests have changed."""
        return parse_count(self.done.data)

    def began_with(self, album: Album) -> int | None:
        """Return the `sort_version` of the album at the first step, which may be this one."""
        if self.position is None:
            return album.sort_version
        return parse_count(self.sort_version.data) or None
