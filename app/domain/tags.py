"""Parse and normalize tags."""

import re
import unicodedata
from collections.abc import Iterable

from app.domain.errors import InvalidText
from app.domain.messages import plural_message
from app.domain.photo_text import normalize_text

# With its record and other listings, a photo needs fewer than the 100 items that a DynamoDB
# transaction may have (TransactWriteItems).
MAX_TAGS = 20
MAX_TAG = 50  # characters

_SEPARATORS = re.compile(r"[,;\n，、،]")
_SLASHES = re.compile(r"[/\\]")

_TOO_LONG = plural_message(
    "The tag “%(tag)s…” is too long: %(count)s character (limit %(most)s).",
    "The tag “%(tag)s…” is too long: %(count)s characters (limit %(most)s).",
)
_TOO_MANY = plural_message(
    "%(count)s tag is too many (limit %(most)s).",
    "%(count)s tags are too many (limit %(most)s).",
)


def clean_tags(text: str | Iterable[str]) -> tuple[str, ...]:
    """Return the normalized tags, in order and without repetitions.

    Args:
        text: Tags separated by commas, or the single tags.

    Raises:
        InvalidText: There are more than `MAX_TAGS` tags, or one has more than `MAX_TAG` characters.
    """
    raw_tags = _SEPARATORS.split(text) if isinstance(text, str) else text
    normalized = [normalize_tag(raw_tag) for raw_tag in raw_tags]
    tags = tuple(dict.fromkeys(tag for tag in normalized if tag))
    for tag in tags:
        if len(tag) > MAX_TAG:
            raise InvalidText(
                "tags", _TOO_LONG.with_values(tag=tag[:20], count=len(tag), most=MAX_TAG)
            )
    if len(tags) > MAX_TAGS:
        raise InvalidText("tags", _TOO_MANY.with_values(count=len(tags), most=MAX_TAGS))
    return tags


def normalize_tag(tag: str) -> str:
    """Return the tag in NFC and lower case, with single spaces and without leading #.

    Slashes become spaces and a tag of dots becomes empty, because a tag is a segment of a URL path.
    """
    without_slashes = _SLASHES.sub(" ", normalize_text(tag))
    single_spaced = " ".join(without_slashes.split())
    normalized = unicodedata.normalize("NFC", single_spaced.lower()).lstrip("# ")
    only_dots = set(normalized) <= {"."}
    return "" if only_dots else normalized
