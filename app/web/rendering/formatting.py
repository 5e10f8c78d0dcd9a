"""Format texts, numbers, sizes, dates and exposures in the language of the request."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from babel import Locale, dates, lists, units
from flask import Flask

from app.domain.image.processed_image import LeftOut
from app.domain.messages import Message, Value
from app.web.rendering.i18n import get_locale, gettext, ngettext
from app.web.rendering.languages.capitals import capitalized
from app.web.rendering.languages.grouping import format_grouped, is_grouped

_NO_BREAK_SPACE = "\u00a0"  # between a number and its unit, so that they are in one line
_CACHED = 1024  # short texts of each kind
_MAX_EXCERPT = 200  # characters, of which link previews show about as many
_MAX_CUT_WORD = 30  # characters; texts without spaces are cut inside
_FILE_SIZE_UNITS: tuple[tuple[str, Literal["short", "long"]], ...] = (
    ("byte", "long"),
    ("kilobyte", "short"),
    ("megabyte", "short"),
    ("gigabyte", "short"),
)


def init_app(app: Flask) -> None:
    """Add the filters to templates."""
    app.jinja_env.filters.update(
        format_or_list=format_or_list,
        format_filesize=format_filesize,
        format_date=format_date,
        day=date.fromisoformat,
        format_datetime=format_datetime,
        from_timestamp=from_timestamp,
        format_number=format_number,
        format_excerpt=format_excerpt,
        format_removed=format_removed,
        isoformat=datetime.isoformat,
        capitalized=capitalized,
    )


def translate(message: Message) -> str:
    """Translate a message and fill in its values."""
    values = {name: _format_value(value) for name, value in message.values.items()}
    if message.plural is None:
        return gettext(message.singular, **values)
    return ngettext(message.singular, message.plural, int(message.values["count"]), **values)


def format_number(number: float) -> str:
    """Format a number with at most three decimal places: 12,345.6."""
    return _decimal(number, get_locale())


def format_filesize(size: int) -> str:
    """Format bytes in units of 1000, as phones and file managers do: 4.2 MB."""
    return _filesize(size, get_locale())


def format_datetime(moment: datetime) -> str:
    """Format a local time: November 23, 2026, 2:05 PM."""
    return _datetime(moment.replace(tzinfo=None), get_locale())


def datetime_pattern() -> str:
    """Return the pattern of a time, `{0}`, with its date, `{1}`."""
    return _datetime_pattern(get_locale())


def format_date(day: date) -> str:
    """Format a date: November 23, 2026."""
    return _date(day, get_locale())


def from_timestamp(seconds: int) -> datetime:
    """Return the time in UTC that is `seconds` after 1970-01-01."""
    return datetime.fromtimestamp(seconds, UTC)


def format_exposure(seconds: float) -> str:
    """Format an exposure time as cameras do: 1/120 s, and 0.4 s from 0.3 s on."""
    is_short = 0 < seconds < 0.3
    time = str(Fraction(1, round(1 / seconds))) if is_short else format_number(seconds)
    return gettext("%(time)s\u00a0s", time=time)


def format_or_list(items: Sequence[str]) -> str:
    """Join items with “or”: JPEG, PNG, or TIFF."""
    return lists.format_list(items, "or", locale=get_locale())


def format_removed(removed: Iterable[str]) -> str:
    """Say which private metadata was removed from a file: Location and camera serial removed.

    The result is empty if no private metadata was removed.
    """
    facts = list_removed(removed)
    return capitalized(gettext("%(facts)s removed", facts=facts)) if facts else ""


def list_removed(removed: Iterable[str]) -> str:
    """List the private metadata that was removed from a file: location and camera serial."""
    labels = removed_labels()
    names = [labels[kind] for kind in removed if kind in labels]
    return lists.format_list(names, locale=get_locale())


def format_left_out(left_out: LeftOut) -> list[str]:
    """Return a note for each part of an uploaded file that its photo lacks."""
    notes = []
    if left_out.pages:
        notes.append(
            ngettext(
                "%(count)s more page of the file was left out.",
                "%(count)s more pages of the file were left out.",
                left_out.pages,
                count=format_number(left_out.pages),
            )
        )
    if left_out.animation:
        notes.append(gettext("The animation was left out; the photo is its first image."))
    if left_out.panorama:
        notes.append(gettext("The data for a 360° view was left out; the photo is flat."))
    return notes


def format_excerpt(text: str) -> str:
    """Return the beginning of a text in one line, cut after a word where the text has spaces."""
    line = " ".join(text.split())
    if len(line) <= _MAX_EXCERPT:
        return line
    end = _MAX_EXCERPT - 1
    while end and unicodedata.combining(line[end]):  # keep a letter and its marks together
        end -= 1
    last_space = line.rfind(" ", end - _MAX_CUT_WORD, end + 1)
    return f"{line[: last_space if last_space > 0 else end]}…"


def removed_labels() -> dict[str, str]:
    """Return the names of metadata that people may not know their photos contain."""
    return {
        "location": gettext("location"),
        "serial": gettext("camera serial"),
        "owner": gettext("owner’s name"),
    }


def _format_value(value: Value) -> str:
    return value if isinstance(value, str) else format_number(value)


# Pages have the same counts, sizes and times again and again, and Babel takes long.


@lru_cache(_CACHED)
def _decimal(number: float, locale: Locale) -> str:
    return format_grouped(number, locale)


@lru_cache(_CACHED)
def _filesize(size: int, locale: Locale) -> str:
    power = 0
    while power < len(_FILE_SIZE_UNITS) - 1 and size >= 1000 ** (power + 1):
        power += 1
    unit, length = _FILE_SIZE_UNITS[power]
    amount = size / 1000**power
    places = 1 if amount < 100 else 0
    integer = "#,##0" if is_grouped(round(amount, places), locale) else "0"
    pattern = f"{integer}.#" if places else integer
    text = units.format_unit(amount, unit, length, pattern, locale=locale)
    return text.replace(" ", _NO_BREAK_SPACE)


@lru_cache(_CACHED)
def _datetime(local_time: datetime, locale: Locale) -> str:
    day = _date(local_time.date(), locale)
    clock = dates.format_time(local_time, "short", locale=locale)
    return _datetime_pattern(locale).format(clock, day)


def _datetime_pattern(locale: Locale) -> str:
    return str(dates.get_datetime_format("long", locale)).replace("'", "")


@lru_cache(_CACHED)
def _date(day: date, locale: Locale) -> str:
    return dates.format_date(day, "long", locale)
