"""Tags: what people type, separated by commas, made into the names of the tag pages."""

import re
import unicodedata
from collections.abc import Iterable

from app.domain.errors import InvalidText
from app.domain.titles import printable

MAX_TAGS = 20  # with its record and its other listings a photo stays far below 100 items a transaction
MAX_TAG = 50

_SEPARATORS = re.compile(r"[,;\n，、،]")
_PATH_LETTERS = re.compile(r"[/\\]")


def clean_tags(text: str | Iterable[str]) -> tuple[str, ...]:
    """The tags in `text`, in the order typed, each once.

    Two that differ only in case, spacing or Unicode composition are one. Raises InvalidText
    for more than `MAX_TAGS` tags or one of more than `MAX_TAG` characters.
    """
    parts = _SEPARATORS.split(text) if isinstance(text, str) else text
    tags = tuple(dict.fromkeys(tag for tag in map(fold, parts) if tag))
    for tag in tags:
        if len(tag) > MAX_TAG:
            raise InvalidText("tags", f"The tag “{tag[:20]}…” has {len(tag)} characters; {MAX_TAG} is the most.")
    if len(tags) > MAX_TAGS:
        raise InvalidText("tags", f"There are {len(tags)} tags; {MAX_TAGS} is the most for one photo.")
    return tags


def fold(tag: str) -> str:
    """The one spelling of a tag: NFC, lower case, single spaces, no leading #, nothing a URL path trips over."""
    words = _PATH_LETTERS.sub(" ", printable(tag)).split()
    folded = unicodedata.normalize("NFC", " ".join(words).lower()).lstrip("# ")
    return "" if set(folded) <= {"."} else folded
