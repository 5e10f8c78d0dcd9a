"""Fit the texts of a source into the limits of the site."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from app.domain.errors import InvalidText
from app.domain.photo_text import (
    MAX_ALT,
    MAX_DESCRIPTION,
    MAX_TITLE,
    clean_alt,
    clean_description,
    clean_title,
)
from app.domain.tags import MAX_TAGS, clean_tags
from app.domain.upload import ValidatedText
from app.maintenance.importing.items import PhotoFacts

_ELLIPSIS = "…"
_MAX_RAW_TAGS = 1_000


def fit_text(facts: PhotoFacts) -> tuple[ValidatedText, bool]:
    """Return the text of a photo as it is stored, and whether something was too long."""
    title = _fit(facts.title, clean_title, MAX_TITLE)
    description = _fit(facts.description, clean_description, MAX_DESCRIPTION)
    alt = _fit(facts.alt, clean_alt, MAX_ALT)
    tags = fit_tags(facts.tags)
    text: ValidatedText = {
        "title": title[0],
        "description": description[0],
        "tags": tags[0],
        "alt": alt[0],
        "contributor_name": "",
    }
    return text, any(is_cut for _, is_cut in (title, description, alt, tags))


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


def _fit(text: str, clean: Callable[[str], str], most: int) -> tuple[str, bool]:
    """Return the text cleaned and at most `most` characters long, and whether it was cut."""
    with suppress(InvalidText):
        return clean(text), False
    with suppress(InvalidText):
        return clean(text[: most - 1].rstrip() + _ELLIPSIS), True
    return "", True
