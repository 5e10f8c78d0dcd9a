"""Fit the texts of a source into the limits of the site."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from app.domain.errors import InvalidText
from app.domain.tags import MAX_TAGS, clean_tags

_ELLIPSIS = "…"
_MAX_RAW_TAGS = 1_000


def fit(text: str, clean: Callable[[str], str], most: int) -> tuple[str, bool]:
    """Return a text as it is stored, and whether it was too long.

    Args:
        text: The text.
        clean: Returns the text as it is stored; raises InvalidText if it is too long.
        most: The most characters.
    """
    with suppress(InvalidText):
        return clean(text), False
    with suppress(InvalidText):
        return clean(text[: most - 1].rstrip() + _ELLIPSIS), True
    return "", True


def fit_tags(texts: Iterable[str]) -> tuple[tuple[str, ...], bool]:
    """Return the first tags that are valid, and whether others were left out."""
    tags: dict[str, None] = {}
    raw = list(texts)
    is_cut = len(raw) > _MAX_RAW_TAGS
    for text in raw[:_MAX_RAW_TAGS]:
        try:
            tags |= dict.fromkeys(clean_tags(text))
        except InvalidText:
            is_cut = True
    return tuple(tags)[:MAX_TAGS], is_cut or len(tags) > MAX_TAGS
