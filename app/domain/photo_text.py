"""Titles, descriptions and alternative texts: cleaned, bounded, never silently cut."""

import re
import unicodedata
from pathlib import PurePosixPath

from app.domain.errors import InvalidText
from app.domain.messages import plural_message

MAX_TITLE = 200
MAX_DESCRIPTION = 5000
MAX_ALT = 1000

# Emoji and several scripts need the zero-width joiner and non-joiner; other format characters
# (bidirectional overrides above all) let a title dress up the page around it.
_KEPT_FORMAT = {"\u200c", "\u200d"}
_CAMERA_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$")


def clean_title(text: str) -> str:
    """One line of at most `MAX_TITLE` characters; raises InvalidText when it is longer."""
    return _check_length("title", " ".join(normalize_text(text).split()), MAX_TITLE)


def clean_alt(text: str) -> str:
    """One line of at most `MAX_ALT` characters; raises InvalidText when it is longer."""
    return _check_length("alt", " ".join(normalize_text(text).split()), MAX_ALT)


def clean_description(text: str) -> str:
    r"""Lines ended by \n, at most `MAX_DESCRIPTION` characters; raises InvalidText when longer."""
    lines = [normalize_text(line).rstrip() for line in text.splitlines()]
    return _check_length("description", "\n".join(lines).strip(), MAX_DESCRIPTION)


def title_from_filename(filename: str) -> str:
    """A title for a photo that was given none: its file's name without folder and extension."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    words = " ".join(normalize_text(_CAMERA_EXTENSION.sub("", name).replace("_", " ")).split())
    return words[:MAX_TITLE].strip() or "Untitled"


def normalize_text(text: str) -> str:
    """`text` in NFC, with control, format and unassigned characters made spaces or dropped."""
    return "".join(_shown(letter) for letter in unicodedata.normalize("NFC", text))


def _shown(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Cc":
        return " "
    return letter if category[0] != "C" or letter in _KEPT_FORMAT else ""


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
