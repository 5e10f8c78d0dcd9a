"""Define the fields for the day and the time at which a link ends."""

from datetime import UTC, date, datetime, time

from wtforms import StringField
from wtforms.widgets import DateInput, TimeInput

from app.domain.albums.link import is_possible_end
from app.domain.errors import InvalidText
from app.domain.messages import message
from app.web.context import app_context
from app.web.forms import Form
from app.web.rendering.local_time import to_local_time

_END_OF_DAY = time(23, 59)
_MAX_LENGTH = 20  # characters of a date or a time


class EndForm(Form):
    """The last day of a link and the time on this day, in the time zone of the site."""

    until_date = StringField(widget=DateInput(), render_kw={"autocomplete": "off"})
    until_time = StringField(widget=TimeInput(), render_kw={"autocomplete": "off"})

    @staticmethod
    def fields_of(end: datetime | None) -> dict[str, str]:
        """Return the values of the fields for the end of a link."""
        local = to_local_time(end) if end else None
        return {
            "until_date": f"{local:%Y-%m-%d}" if local else "",
            "until_time": f"{local:%H:%M}" if local else "",
        }

    def until(self) -> datetime | None:
        """Return the end in UTC, or None without a day. Without a time, it is the end of the day.

        Raises InvalidText.
        """
        day, clock = (self.until_date.data or "").strip(), (self.until_time.data or "").strip()
        if not day and not clock:
            return None
        if max(len(day), len(clock)) > _MAX_LENGTH:
            raise InvalidText("until_date", message("Enter a date."))
        try:
            chosen = date.fromisoformat(day)
        except ValueError as error:
            raise InvalidText("until_date", message("Enter a date.")) from error
        return _at(chosen, clock)


def _at(chosen: date, clock: str) -> datetime:
    zone = app_context().config.timezone
    try:
        at = time.fromisoformat(clock) if clock else _END_OF_DAY
    except ValueError as error:
        raise InvalidText("until_time", message("Enter a time.")) from error
    try:
        end = datetime.combine(chosen, at.replace(tzinfo=None), zone).astimezone(UTC)
    except OverflowError as error:
        raise InvalidText("until_date", message("Enter a date.")) from error
    if not is_possible_end(end):
        raise InvalidText("until_date", message("Enter a date."))
    return end
