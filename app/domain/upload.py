"""What somebody sends, and the answer to it."""

from dataclasses import dataclass
from typing import BinaryIO, TypedDict

from app.domain.photo import Photo
from app.domain.photo_text import clean_alt, clean_description, clean_title
from app.domain.tags import clean_tags


class ValidatedText(TypedDict):
    """The words of a photo as they are kept."""

    title: str
    description: str
    tags: tuple[str, ...]
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoText:
    """What people write about a photo, as typed."""

    title: str = ""
    description: str = ""
    tags: str = ""  # separated by commas
    alt: str = ""

    def validated(self) -> ValidatedText:
        """The words as they are kept. Raises InvalidText."""
        return {
            "title": clean_title(self.title),
            "description": clean_description(self.description),
            "tags": clean_tags(self.tags),
            "alt": clean_alt(self.alt),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRequest:
    """One file somebody sends, and what they wrote with it."""

    file: BinaryIO
    filename: str
    text: PhotoText
    owner: str  # hash of the contributor's id
    upload_id: str  # the form's: sent twice, it makes one photo


@dataclass(frozen=True, slots=True)
class UploadResult:
    """The answer to an upload."""

    photo: Photo
    duplicate_of: str | None = None  # id of a photo made earlier from the same file
