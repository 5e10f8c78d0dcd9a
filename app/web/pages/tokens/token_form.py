"""Define the form of a new access token. The service validates the name."""

import re
from datetime import UTC, date, datetime, time

from wtforms import RadioField, StringField
from wtforms.widgets import DateInput

from app.domain.errors import AlbumNotFound, InvalidText
from app.domain.messages import message
from app.domain.photo_summary import Role
from app.domain.tokens.access_token import MAX_NAME
from app.web.context import album_service, app_context
from app.web.forms import Form
from app.web.rendering.i18n import gettext as _

_END_OF_DAY = time(23, 59, 59)
_MAX_DATE = 20  # characters
_MAX_ADDRESS = 500
_ALBUM = re.compile(r"(?:.*/albums/)?([0-9A-Z]{26})(?:[/?#].*)?")


def role_choices() -> list[tuple[str, str]]:
    """Return the roles of tokens with their rights."""
    return [
        (Role.CONTRIBUTOR.value, _("Add photos, and change its own")),
        (Role.REVIEWER.value, _("Add photos to one album, and approve or refuse photos there")),
        (Role.ADMIN.value, _("Change all photos and albums")),
    ]


class TokenForm(Form):
    """The name, the role and the limits of a new token."""

    name = StringField(
        render_kw={"data-max-length": MAX_NAME, "required": True, "autocomplete": "off"}
    )
    role = RadioField(choices=role_choices, validate_choice=False, default=Role.CONTRIBUTOR.value)
    album_address = StringField(render_kw={"autocomplete": "off"})
    last_day = StringField(widget=DateInput(), render_kw={"autocomplete": "off"})

    def chosen_role(self) -> Role:
        """Return the role. Raises InvalidText."""
        chosen = self.role.data
        if chosen not in {role.value for role in Role}:
            raise InvalidText("role", message("Choose one of these."))
        return Role(chosen)

    def chosen_album(self) -> str | None:
        """Return the id of the only album, None without one. Raises InvalidText."""
        address = (self.album_address.data or "").strip()
        role = self.chosen_role()
        if address and role is Role.ADMIN:
            raise _album_error("admin")
        if not address and role is Role.REVIEWER:
            raise _album_error("reviewer")
        return _album_id(address) if address else None

    def valid_until(self) -> datetime | None:
        """Return the end of the last day in UTC, None without one. Raises InvalidText."""
        day = (self.last_day.data or "").strip()
        if not day:
            return None
        try:
            chosen = date.fromisoformat(day if len(day) <= _MAX_DATE else "")
            end = datetime.combine(chosen, _END_OF_DAY, app_context().config.timezone)
            return end.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise InvalidText("last_day", message("Enter a date.")) from error


_ALBUM_TEXTS = {
    "admin": message("This role is for all albums. Leave the album empty."),
    "reviewer": message("This role is for one album. Enter its address."),
    "unknown": message("There is no such album. Copy the address of its page."),
}


def _album_error(reason: str) -> InvalidText:
    return InvalidText("album_address", _ALBUM_TEXTS[reason])


def _album_id(address: str) -> str:
    """Return the id in the address of an album that exists."""
    found = _ALBUM.fullmatch(address) if len(address) <= _MAX_ADDRESS else None
    if found is None:
        raise _album_error("unknown")
    try:
        return album_service().get(found[1]).album_id
    except AlbumNotFound as error:
        raise _album_error("unknown") from error
