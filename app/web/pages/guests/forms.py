"""Define the forms of guest links. The domain validates the texts."""

from typing import Any, Self

from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.widgets import NumberInput

from app.domain.albums.album import Album
from app.domain.albums.guests import MAX_PHOTOS, GuestAccess, parse_limit
from app.domain.errors import InvalidText
from app.domain.messages import message
from app.domain.photo_text import MAX_CONTRIBUTOR_NAME, clean_contributor_name
from app.web.auth.contributor_name import remembered_name
from app.web.forms import Form
from app.web.pages.albums.end_form import EndForm
from app.web.rendering.api.negotiation import wants_json
from app.web.rendering.i18n import gettext as _
from app.web.selection_forms import parse_count

_KEPT = (
    "guest_access",
    "guest_review",
    "guest_name",
    "guest_limit",
    "guest_host",
    "until_date",
    "until_time",
    "version",
)


class JoinForm(Form):
    """The name of a guest."""

    contributor_name = StringField(
        default=remembered_name,
        render_kw={"data-max-length": MAX_CONTRIBUTOR_NAME, "autocomplete": "given-name"},
    )


class GuestLinkForm(Form):
    """The code of the guest link to replace or end."""

    code = HiddenField()


def _accesses() -> list[tuple[str, str]]:
    return [
        (GuestAccess.SEE, _("Guests add photos and see the album")),
        (GuestAccess.ADD, _("Guests add photos and see only their own")),
    ]


class GuestSettingsForm(EndForm):
    """The settings of a guest link, and the version of the album that the form was filled from."""

    guest_access = RadioField(choices=_accesses, validate_choice=False)
    guest_review = BooleanField(default=False)
    guest_name = BooleanField(default=False)
    guest_limit = StringField(
        widget=NumberInput(min=1, max=MAX_PHOTOS), render_kw={"autocomplete": "off"}
    )
    guest_host = StringField(
        render_kw={"data-max-length": MAX_CONTRIBUTOR_NAME, "autocomplete": "off"}
    )
    version = HiddenField()

    @classmethod
    def of(cls, album: Album) -> Self:
        """Return the form filled with the settings of an album."""
        has_link = album.guest_access is not GuestAccess.NONE
        return cls(
            formdata=None,
            guest_access=album.guest_access if has_link else GuestAccess.SEE,
            guest_review=album.guest_review,
            guest_name=album.guest_name if has_link else True,
            guest_limit=str(album.guest_limit),
            guest_host=album.guest_host,
            **cls.fields_of(album.guest_until),
            version=album.version,
        )

    @classmethod
    def submitted_for(cls, album: Album) -> Self:
        """Return the submitted form. A client that asks for JSON keeps the fields it leaves out."""
        if not wants_json():
            return cls.submitted()
        current = cls.of(album)
        kept = {name: current[name].data for name in _KEPT}
        return cls.submitted_with({name: str(value or "") for name, value in kept.items()})

    @property
    def submitted_version(self) -> int:
        """The version that the form was filled from, or 0, which always conflicts."""
        return parse_count(self.version.data)

    def settings(self) -> dict[str, Any]:
        """Return the settings. Raises InvalidText."""
        return {
            "guest_access": self._access(),
            "guest_review": bool(self.guest_review.data),
            "guest_name": bool(self.guest_name.data),
            "guest_limit": parse_limit(self.guest_limit.data or ""),
            "guest_host": self._host(),
            "guest_until": self.until(),
        }

    def _host(self) -> str:
        try:
            return clean_contributor_name(self.guest_host.data or "")
        except InvalidText as error:
            error.field = self.guest_host.name
            raise

    def _access(self) -> GuestAccess:
        chosen = self.guest_access.data
        if chosen not in {GuestAccess.ADD, GuestAccess.SEE}:
            raise InvalidText("guest_access", message("Choose one of these."))
        return GuestAccess(chosen)
