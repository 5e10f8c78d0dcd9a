"""The texts that people type about an album."""

from dataclasses import dataclass
from typing import Any

from app.domain.errors import InvalidText
from app.domain.messages import message
from app.domain.photo_text import clean_description, clean_title


@dataclass(frozen=True, slots=True)
class AlbumText:
    """The title and the description of an album, as typed."""

    title: str
    description: str

    def validated(self) -> dict[str, Any]:
        """Return the cleaned fields of the album. Raises InvalidText."""
        title = clean_title(self.title)
        if not title:
            raise InvalidText("title", message("Enter a title."))
        return {"title": title, "description": clean_description(self.description)}
