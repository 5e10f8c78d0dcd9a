"""Render moments in the time zone of the site, for scripts to show in the visitor's.

`static/js/local-times.js` replaces the texts of the elements. The time at which a photo was taken
is the local time of the camera, so it is not a moment and never converted.
"""

from datetime import datetime

from flask import Flask
from markupsafe import Markup

from app.web.rendering.formatting import format_date, format_datetime
from app.web.rendering.local_time import to_local_time


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
    return _element(moment, "long short", format_moment(moment))


def date_element(moment: datetime) -> Markup:
    """Return an element with the date of a moment."""
    return _element(moment, "long", format_date(to_local_time(moment)))


def _element(moment: datetime, style: str, text: str) -> Markup:
    """Return an element; `style` is the `dateStyle` and the `timeStyle` of `Intl`."""
    element = Markup('<time datetime="{}" data-style="{}">{}</time>')
    return element.format(moment.isoformat(), style, text)
