"""Clean titles, descriptions and alternative texts, and reject those that are too long."""

import re
import unicodedata
from pathlib import PurePosixPath

from app.domain.errors import InvalidText
from app.domain.messages import plural_message

MAX_TITLE = 200  # characters, as are the other limits
MAX_DESCRIPTION = 5000
MAX_ALT = 1000

# Emoji and several scripts need the zero-width joiner and non-joiner. Other format characters, such
# as bidirectional overrides, can change how the text around a title is displayed.
_ALLOWED_FORMAT_CHARACTERS = {"\u200c", "\u200d"}
_FILE_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$")


def clean_title(text: str) -> str:
    """Return the title in one line.

    Raises:
        InvalidText: The title has more than `MAX_TITLE` characters.
    """
    return _check_length("title", _single_line(text), MAX_TITLE)


def clean_alt(text: str) -> str:
    """Return the alternative text in one line.

    Raises:
        InvalidText: The text has more than `MAX_ALT` characters.
    """
    return _check_length("alt", _single_line(text), MAX_ALT)


def clean_description(text: str) -> str:
    r"""Return the description with lines separated by \n.

    Raises:
        InvalidText: The description has more than `MAX_DESCRIPTION` characters.
    """
    lines = [normalize_text(line).rstrip() for line in text.splitlines()]
    return _check_length("description", "\n".join(lines).strip(), MAX_DESCRIPTION)


def title_from_filename(filename: str) -> str:
    """Return a title made of a file name, without folder and extension."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    stem = _FILE_EXTENSION.sub("", name)
    title = _single_line(stem.replace("_", " "))
    return title[:MAX_TITLE].strip() or "Untitled"


def normalize_text(text: str) -> str:
    """Return `text` in NFC, without control, format and unassigned characters.

    Each control character becomes a space.
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(_printable(character) for character in composed)


def _printable(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return " "
    if category.startswith("C") and character not in _ALLOWED_FORMAT_CHARACTERS:
        return ""
    return character


def _single_line(text: str) -> str:
    return " ".join(normalize_text(text).split())


def _check_length(field: str, text: str, limit: int) -> str:
    if len(text) > limit:
        raise InvalidText(field, _TOO_LONG[field].with_values(count=len(text), most=limit))
    return text


_TOO_LONG = {
    "title": plural_message(
        "The title is too long: %(count)s character (limit %(most)s).",
        "The title is too long: %(count)s characters (limit %(most)s).",
    ),
    "alt": plural_message(
        "The alternative text is too long: %(count)s character (limit %(most)s).",
        "The alternative text is too long: %(count)s characters (limit %(most)s).",
    ),
    "description": plural_message(
        "The description is too long: %(count)s character (limit %(most)s).",
        "The description is too long: %(count)s characters (limit %(most)s).",
    ),
}
