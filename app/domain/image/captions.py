"""The texts of a photo that its file contains."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from app.domain.errors import InvalidText
from app.domain.image.contact_data import remove_contact_data
from app.domain.image.coordinates import remove_coordinates
from app.domain.photo_text import clean_alt, clean_description, clean_title
from app.domain.tags import MAX_TAGS, clean_tags

# Cameras write these, whatever the photo shows.
_OF_CAMERAS = frozenset(
    (
        *("OLYMPUS DIGITAL CAMERA", "MINOLTA DIGITAL CAMERA", "KONICA MINOLTA DIGITAL CAMERA"),
        *("SAMSUNG CAMERA PICTURES", "SAMSUNG DIGITAL CAMERA", "SONY DSC", "DIGITAL CAMERA"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """The texts that fill the empty fields of a photo."""

    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    alt: str = ""

    def cleaned(self) -> Self:
        """Return the texts as typed ones are stored, without contact data and coordinates.

        A text that is too long is left out.
        """
        return type(self)(
            title=_clean(self.title, clean_title),
            description=_clean(self.description, clean_description),
            tags=_clean_tags(self.tags),
            alt=_clean(self.alt, clean_alt),
        )


def _clean(text: str, clean: Callable[[str], str]) -> str:
    with suppress(InvalidText):
        lines = map(_without_private_data, clean(text).split("\n"))
        cleaned = clean("\n".join(lines))
        return "" if cleaned.upper() in _OF_CAMERAS else cleaned
    return ""


def _without_private_data(line: str) -> str:
    return remove_contact_data(remove_coordinates(line))


def _clean_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the first tags that are valid."""
    tags: dict[str, None] = {}
    for text in texts:
        with suppress(InvalidText):
            found = clean_tags(text)
            tags |= dict.fromkeys(tag for tag in found if _without_private_data(tag) == tag)
    return tuple(tags)[:MAX_TAGS]
