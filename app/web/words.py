"""How templates write sizes, dates and exposures."""

from collections.abc import Iterable
from datetime import UTC, datetime
from fractions import Fraction

from flask import Flask


def filesize(size: int) -> str:
    """Bytes as a person reads them, in units of 1000 as phones and file managers count: 4.2 MB."""
    amount = float(size)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def datetime_words(moment: datetime) -> str:
    """23 November 2026, 14:05: the clock where it was, with UTC named since that is nobody's kitchen clock."""
    return f"{moment.day} {moment:%B %Y, %H:%M}{' UTC' if moment.tzinfo is UTC else ''}"


def moment(seconds: int) -> datetime:
    """The moment that many seconds after 1970 began, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def exposure(seconds: float) -> str:
    """1/120 s, or 0.4 s from three tenths on, as cameras write them."""
    if seconds >= 0.3:
        return f"{seconds:g} s"
    return f"{Fraction(1, round(1 / seconds))} s" if seconds > 0 else "0 s"


# What a visitor may have sent without knowing; previews and other metadata are taken out without a word.
REMOVED = {"location": "location", "serial": "camera serial", "owner": "owner’s name"}


def removed_words(removed: Iterable[str]) -> str:
    """“Location and camera serial”, or nothing where nothing private was taken out of a file."""
    *others, last = [REMOVED[what] for what in removed if what in REMOVED] or [""]
    words = f"{', '.join(others)} and {last}" if others else last
    return words[:1].upper() + words[1:]


def number(count: int) -> str:
    """12 345 with a thin no-break space between the thousands."""
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def init_app(app: Flask) -> None:
    """Give templates the filters."""
    app.jinja_env.filters.update(
        filesize=filesize,
        datetime_words=datetime_words,
        moment=moment,
        exposure=exposure,
        number=number,
        removed_words=removed_words,
        isoformat=datetime.isoformat,
    )
