"""Render moments in the time zone of the site, for scripts to show in the visitor's.

`static/js/local-times.js` replaces the texts of the elements. Browsers join a date and a time by
another pattern of CLDR ("November 3, 2026 at 2:05 PM"), so the element has that of the server. The
time at which a photo was taken is the local time of the camera, so it is not a moment and never
converted.
"""

from datetime import datetime

from flask import Flask
from markupsafe import Markup

from app.web.rendering.formatting import datetime_pattern, format_date, format_datetime
from app.web.rendering.local_time import to_local_time

_DATE, _TIME = "dateStyle", "timeStyle"


def init_app(app: Flask) -> None:
    """Add the filters to templates."""
    app.jinja_env.filters.update(
        format_moment=format_moment, time_element=time_element, date_element=date_element
    )


def format_moment(moment: datetime) -> str:
    """Format a moment with the time zone of the site: November 23, 2026, 2:05 PM UTC."""
    local_time = to_local_time(moment)
    return f"{format_datetime(local_time)} {local_time.tzname()}"


def time_element(moment: datetime) -> Markup:
    """Return an element with the date and the time of a moment."""
    pattern = datetime_pattern().format(_TIME, _DATE)
    return _element(moment, pattern, format_moment(moment))


def date_element(moment: datetime) -> Markup:
    """Return an element with the date of a moment."""
    return _element(moment, _DATE, format_date(to_local_time(moment).date()))


def _element(moment: datetime, style: str, text: str) -> Markup:
    """Return an element; in `style`, the script replaces the names of options of `Intl`."""
    element = Markup('<time datetime="{}" data-style="{}">{}</time>')
    return element.format(moment.isoformat(), style, text)
