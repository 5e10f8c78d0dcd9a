"""The photos of an import, and the facts that their source states about them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from app.domain.image.credit import Credit
from app.domain.image.credit_choice import CreditChoice

_MAX_ALBUM_NAME = 200  # characters


class ImportAlbum(NamedTuple):
    """An album of the source. A photo may be in several."""

    name: str
    description: str = ""

    @classmethod
    def of(cls, name: str, description: str = "") -> "ImportAlbum":
        """Return the album with its name in one line, cut where it is too long."""
        return cls(" ".join(name[:_MAX_ALBUM_NAME].split()), description)


class FoundFile(NamedTuple):
    """A file of the source; `size` in bytes."""

    path: str
    size: int

    @property
    def name(self) -> str:
        """The name of the file, without its folder."""
        return name_of(self.path)


class FoundPhoto(NamedTuple):
    """A file that is a photo, and the path of the sidecar that describes it, if there is one.

    An import holds one of these for each photo, so they are small.
    """

    file: FoundFile
    sidecar: str | None = None
    albums: tuple[ImportAlbum, ...] = ()


class PlannedPhoto(NamedTuple):
    """A photo that the site does not have yet."""

    found: FoundPhoto
    is_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFacts:
    """The facts that a source states about one photo, as it states them."""

    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    alt: str = ""
    filename: str = ""  # of the file before the export, if it is known
    credit: Credit = field(default_factory=Credit)
    license: CreditChoice = field(default_factory=CreditChoice)
    taken_at: datetime | None = None
    overrides_date: bool = False  # see KnownFacts
    is_hidden: bool = False
    is_trashed: bool = False
    unknown_license: str = ""  # its name, if the site has no such license
    unused: frozenset[str] = frozenset()  # the names of fields that are not imported


NO_FACTS = PhotoFacts()


def name_of(path: str) -> str:
    """Return the name of a file, without its folder."""
    return path.rpartition("/")[2]


def stem_of(name: str) -> str:
    """Return the name of a file without its extension."""
    stem, dot, _ = name.rpartition(".")
    return stem if dot else name


def folder_of(path: str) -> str:
    """Return the folder of a file; empty for the folder that is imported."""
    return path.rpartition("/")[0]


def album_tags(albums: tuple[ImportAlbum, ...]) -> tuple[str, ...]:
    """Return the names of albums as they are typed as tags.

    This is the one use of albums: the site has none of its own.
    """
    return tuple(album.name for album in albums)
