"""Clean what people type about photos, and reject what is too long. Clean names of files."""

from pathlib import PurePosixPath

from app.domain.errors import InvalidText
from app.domain.messages import plural_message
from app.domain.unicode_text import is_blank, normalize_text

MAX_TITLE = 200  # characters, as are the other limits
MAX_DESCRIPTION = 5000
MAX_ALT = 1000

_LIMITS = {"title": MAX_TITLE, "alt": MAX_ALT, "description": MAX_DESCRIPTION}
MAX_FILENAME = 255  # file systems allow as many bytes
_RAW_FACTOR = 4  # normalizing may shorten a text: spaces, and letters with separate marks


def clean_title(text: str) -> str:
    """Return the title in one line; empty if it has no visible character.

    Raises:
        InvalidText: The title has more than `MAX_TITLE` characters.
    """
    _check_raw_length("title", text, MAX_TITLE)
    title = _single_line(text)
    return "" if is_blank(title) else _check_length("title", title, MAX_TITLE)


def clean_alt(text: str) -> str:
    """Return the alternative text in one line; empty if it has no visible character.

    Raises:
        InvalidText: The text has more than `MAX_ALT` characters.
    """
    _check_raw_length("alt", text, MAX_ALT)
    alt = _single_line(text)
    return "" if is_blank(alt) else _check_length("alt", alt, MAX_ALT)


def clean_description(text: str) -> str:
    r"""Return the description with lines separated by \n.

    Raises:
        InvalidText: The description has more than `MAX_DESCRIPTION` characters.
    """
    _check_raw_length("description", text, MAX_DESCRIPTION)
    lines = [normalize_text(line).rstrip() for line in text.splitlines()]
    return _check_length("description", "\n".join(lines).strip(), MAX_DESCRIPTION)


def clean_filename(path: str) -> str:
    """Return the name of a file in one line, without its folder and cut to `MAX_FILENAME`."""
    end = path[-_RAW_FACTOR * MAX_FILENAME :].replace("\\", "/")
    name = _single_line(PurePosixPath(end).name)[:MAX_FILENAME].rstrip()
    return "" if is_blank(name) else name


def _single_line(text: str) -> str:
    return " ".join(normalize_text(text).split())


def _check_raw_length(field: str, text: str, limit: int) -> None:
    """Raise InvalidText before a text is normalized that is far over the limit."""
    _check_length(field, text, _RAW_FACTOR * limit)


def _check_length(field: str, text: str, limit: int) -> str:
    if len(text) > limit:
        most = _LIMITS[field]
        raise InvalidText(field, _TOO_LONG[field].with_values(count=len(text) - most, most=most))
    return text


_TOO_LONG = {
    "title": plural_message(
        "The title is %(count)s character too long (limit %(most)s).",
        "The title is %(count)s characters too long (limit %(most)s).",
    ),
    "alt": plural_message(
        "The alternative text is %(count)s character too long (limit %(most)s).",
        "The alternative text is %(count)s characters too long (limit %(most)s).",
    ),
    "description": plural_message(
        "The description is %(count)s character too long (limit %(most)s).",
        "The description is %(count)s characters too long (limit %(most)s).",
    ),
}
