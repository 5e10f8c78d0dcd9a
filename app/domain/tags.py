"""Tags: what people type, separated by commas, made into the names of the tag pages."""

import re
import unicodedata
from collections.abc import Iterable

from app.domain.errors import InvalidText
from app.domain.messages import plural_message
from app.domain.photo_text import normalize_text

MAX_TAGS = (
    20  # with its record and its other listings a photo stays far below 100 items a transaction
)
MAX_TAG = 50

_SEPARATORS = re.compile(r"[,;\n，、،]")
_PATH_LETTERS = re.compile(r"[/\\]")

_TOO_LONG = plural_message(
    "The tag “%(tag)s…” is too long: %(count)s character (limit %(most)s).",
    "The tag “%(tag)s…” is too long: %(count)s characters (limit %(most)s).",
)
_TOO_MANY = plural_message(
    "%(count)s tag is too many (limit %(most)s).",
    "%(count)s tags are too many (limit %(most)s).",
)


def clean_tags(text: str | Iterable[str]) -> tuple[str, ...]:
    """The tags in `text`, in the order typed, each once.

    Two that differ only in case, spacing or Unicode composition are one. Raises InvalidText
    for more than `MAX_TAGS` tags or one of more than `MAX_TAG` characters.
    """
    parts = _SEPARATORS.split(text) if isinstance(text, str) else text
    tags = tuple(dict.fromkeys(tag for tag in map(normalize_tag, parts) if tag))
    for tag in tags:
        if len(tag) > MAX_TAG:
            raise InvalidText(
                "tags", _TOO_LONG.with_values(tag=tag[:20], count=len(tag), most=MAX_TAG)
            )
    if len(tags) > MAX_TAGS:
        raise InvalidText("tags", _TOO_MANY.with_values(count=len(tags), most=MAX_TAGS))
    return tags


def normalize_tag(tag: str) -> str:
    """The one spelling of a tag: NFC, lower case, single spaces, no leading #, nothing a URL path trips over."""
    words = _PATH_LETTERS.sub(" ", normalize_text(tag)).split()
    folded = unicodedata.normalize("NFC", " ".join(words).lower()).lstrip("# ")
    return "" if set(folded) <= {"."} else folded
