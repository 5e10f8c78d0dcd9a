"""Group the digits of numbers as CLDR says: in Spain 1234 and 12.345, in Mexico 1,234.

Babel does not read the element `minimumGroupingDigits`
(https://www.unicode.org/reports/tr35/tr35-numbers.html#Number_Elements).
"""

import re

from babel import Locale
from babel.numbers import format_decimal

# The locales of the site's languages for which the element is 2, in version 48 of CLDR. Those of
# Latin America inherit 1 from es_419.
_FIVE_DIGITS: dict[str, set[str | None]] = {
    "es": {None, "EA", "ES", "GQ", "IC", "PH"},
    "pt": {"CH", "CV", "GQ", "GW", "LU", "MO", "MZ", "PT", "ST", "TL"},
}
_DECIMAL_PLACES = 3  # that a number has at most
_APOSTROPHE = "'"
_BEFORE_GROUP = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")


def is_grouped(number: float, locale: Locale) -> bool:
    """Return whether a number has separators between its groups of three digits."""
    territories = _FIVE_DIGITS.get(locale.language, set())
    least = 10_000 if locale.territory in territories else 1_000
    return round(abs(number), _DECIMAL_PLACES) >= least


def format_grouped(number: float, locale: Locale) -> str:
    """Format a number with at most three decimal places and with separators where CLDR has them."""
    symbols = locale.number_symbols[locale.default_numbering_system]
    if symbols["group"] != _APOSTROPHE:
        return format_decimal(number, locale=locale, group_separator=is_grouped(number, locale))
    # Babel reads two apostrophes as quotes and removes them: 1234567 in Switzerland.
    text = format_decimal(number, locale=locale, group_separator=False)
    integer, point, decimals = text.partition(symbols["decimal"])
    return _BEFORE_GROUP.sub(_APOSTROPHE, integer) + point + decimals
