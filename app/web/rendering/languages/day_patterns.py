"""Find the pattern of a date with its weekday and without its year, which CLDR states in parts."""

import re

from babel import Locale

_SKELETONS = ("MMMMEEEEd", "MMMEEEEd", "MMMMEd", "MMMEd")  # the best one first
_QUOTED_OR_FIELD = re.compile(r"'[^']*'|E+|c+|MMM+|LLL+")
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


def _widen(field: re.Match[str]) -> str:
    return _FULL_FIELDS.get(field[0][0], field[0])
