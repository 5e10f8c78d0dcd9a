"""Find geographic coordinates in short texts."""

import re

_DECIMAL = r"[-+]?\d{1,3}(?:\.\d{3,}|,\d{4,})\s{0,3}°?\s{0,3}(?:[NSEWO]\b)?"
_NUMBER = r"\d{1,3}(?:[.,]\d+)?"
_MINUTES = rf"{_NUMBER}\s{{0,3}}['\u2032’]"
_SECONDS = rf"{_NUMBER}\s{{0,3}}(?:[\"\u2033”]|''|\u2032\u2032|’’)"
_COORDINATES = re.compile(
    rf"(?:\b[NSEWO]\s{{0,3}})?{_DECIMAL}[\s,;/]{{1,3}}(?:[NSEWO]\s{{0,3}})?{_DECIMAL}"
    rf"|(?:\b[NSEWO]\s{{0,3}})?{_NUMBER}\s{{0,3}}°\s{{0,3}}"
    rf"(?:{_MINUTES}(?:\s{{0,3}}{_SECONDS})?(?:\s{{0,3}}[NSEWO]\b)?|[NSEWO]\b)",
    re.IGNORECASE,
)


def remove_coordinates(text: str) -> str:
    """Return the text in one line without decimal degrees, and without degrees and minutes.

    A temperature has no minutes and no direction, so it stays.
    """
    without = _COORDINATES.sub(" ", text)
    return text if without == text else " ".join(without.split()).strip(" ,;/")
