"""Clean and validate the texts that people type about photos, and the names of files."""

from pathlib import PurePosixPath

from app.domain.errors import InvalidText
from app.domain.messages import plural_message
from app.domain.unicode_text import is_blank, normalize_text

MAX_TITLE = 200  # characters, as are the other limits
MAX_DESCRIPTION = 5000
MAX_ALT = 1000
MAX_CONTRIBUTOR_NAME = 60
MAX_REPORT = 500
MAX_FILENAME = 255  # file systems allow as many bytes

_LIMITS = {
    "title": MAX_TITLE,
    "alt": MAX_ALT,
    "description": MAX_DESCRIPTION,
    "contributor_name": MAX_CONTRIBUTOR_NAME,
    "text": MAX_REPORT,
}
_RAW_FACTOR = 4  # normalizing may shorten a text: spaces, and letters with separate marks


def clean_title(text: str) -> str:
    """Return the title in one line; empty if it has no visible character.

    Raises:
        InvalidText: The title has more than `MAX_TITLE` characters.
    """
    return _clean_line("title", text, MAX_TITLE)


def clean_alt(text: str) -> str:
    """Return the alternative text in one line; empty if it has no visible character.

    Raises:
        InvalidText: The text has more than `MAX_ALT` characters.
    """
    return _clean_line("alt", text, MAX_ALT)


def clean_contributor_name(text: str) -> str:
    """Return a name in one line; empty if it has no visible character.

    Raises:
        InvalidText: The name has more than `MAX_CONTRIBUTOR_NAME` characters.
    """
    return _clean_line("contributor_name", text, MAX_CONTRIBUTOR_NAME)


def clean_description(text: str) -> str:
    r"""Return the description with lines separated by \n.

    Raises:
        InvalidText: The description has more than `MAX_DESCRIPTION` characters.
    """
    return _clean_lines("description", text, MAX_DESCRIPTION)


def clean_report_text(text: str) -> str:
    r"""Return the text of a report with lines separated by \n.

    Raises:
        InvalidText: The text has more than `MAX_REPORT` characters.
    """
    return _clean_lines("text", text, MAX_REPORT)


def clean_filename(path: str) -> str:
    """Return the name of a file in one line, without its folder and cut to `MAX_FILENAME`."""
    end = path[-_RAW_FACTOR * MAX_FILENAME :].replace("\\", "/")
    name = _single_line(PurePosixPath(end).name)[:MAX_FILENAME].rstrip()
    return "" if is_blank(name) else name


def _clean_line(field: str, text: str, limit: int) -> str:
    _check_raw_length(field, text, limit)
    line = _single_line(text)
    return "" if is_blank(line) else _check_length(field, line, limit)


def _clean_lines(field: str, text: str, limit: int) -> str:
    _check_raw_length(field, text, limit)
    lines = [normalize_text(line).rstrip() for line in text.splitlines()]
    return _check_length(field, "\n".join(lines).strip(), limit)


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
    "contributor_name": plural_message(
        "The name is %(count)s character too long (limit %(most)s).",
        "The name is %(count)s characters too long (limit %(most)s).",
    ),
    "text": plural_message(
        "The text is %(count)s character too long (limit %(most)s).",
        "The text is %(count)s characters too long (limit %(most)s).",
    ),
}
