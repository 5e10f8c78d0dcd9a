"""Find the patterns of days in headings, which CLDR states in parts and not always alike."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError, dates

_SKELETONS = ("MMMMEEEEd", "MMMEEEEd", "MMMMEd", "MMMEd")  # the best one first
INTERVALS = WITHOUT_YEAR, WITH_YEAR = "MMMMd", "yMMMMd"  # skeletons
_QUOTED_OR_FIELD = re.compile(r"'[^']*'|E+|c+|MMM+|LLL+")
_WEEKDAY = re.compile("EEEE|cccc")
_MONTH = re.compile(r"11|[^\W\d_]{3,}")  # of the samples; Spanish has "de" beside it
_SAMPLES = (date(2026, 11, 23), date(2026, 11, 24))
_CACHED_LOCALES = 256
_FULL_FIELDS = {"E": "EEEE", "c": "cccc", "M": "MMMM", "L": "LLLL"}


def day_pattern(locale: Locale) -> str:
    """Return the pattern of a date such as “Monday, November 23”.

    Abbreviated names become full ones, as CLDR says
    (https://www.unicode.org/reports/tr35/tr35-dates.html#Matching_Skeletons).
    """
    known = locale.datetime_skeletons
    best = next((known[name] for name in _SKELETONS if name in known), None)
    pattern = str(best or locale.date_formats["full"])
    return _QUOTED_OR_FIELD.sub(_widen, pattern)


@lru_cache(_CACHED_LOCALES)
def heading_locale(locale: Locale) -> Locale:
    """Return the locale for headings: this one, or a wider one if it mixes two orders.

    In CLDR the long date of `de_CH` is “3. November 2026”, but its interval “November 3.–9.”. That
    of `de` is “3.–9. November”.
    """
    day_first = _is_day_first(dates.format_date(_SAMPLES[0], "long", locale))
    for candidate in _wider(locale):
        if all(_is_day_first(text) is day_first for text in _sample_headings(candidate)):
            return candidate
    return locale


def _wider(locale: Locale) -> Iterator[Locale]:
    """Yield the locale, that of its language in the world, and that of its language."""
    yield locale
    for territory in ("001", None):
        try:
            yield Locale(locale.language, territory, locale.script)
        except UnknownLocaleError:
            continue


def _sample_headings(locale: Locale) -> Iterator[str]:
    yield dates.format_date(_SAMPLES[0], _WEEKDAY.sub("", day_pattern(locale)), locale)
    for skeleton in INTERVALS:
        yield dates.format_interval(*_SAMPLES, skeleton, locale=locale)


def _is_day_first(text: str) -> bool:
    month = _MONTH.search(text)
    return month is None or text.index("23") < month.start()


def _widen(field: re.Match[str]) -> str:
    return _FULL_FIELDS.get(field[0][0], field[0])
