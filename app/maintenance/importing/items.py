"""The photos of an import, and the facts that their source states about them."""

import hashlib
from dataclasses import dataclass, field
from typing import NamedTuple

from app.domain.image.credit import Credit
from app.domain.image.credit_choice import CreditChoice
from app.domain.image.taken_date import TakenDate
from app.domain.photo_text import MAX_TITLE, clean_title
from app.maintenance.importing.texts import fit

# The owner of imported photos. No browser has this id, so only the admin can change them.
IMPORT_OWNER = hashlib.sha256(b"import").hexdigest()[:32]


class ImportAlbum(NamedTuple):
    """An album of the source. A photo may be in several."""

    name: str
    description: str = ""

    @classmethod
    def of(cls, name: str, description: str = "") -> "ImportAlbum":
        """Return the album with its name as the title of an album, cut where it is too long.

        The name is empty if it has no visible character.
        """
        return cls(fit(name.strip(), clean_title, MAX_TITLE)[0], description)


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
    """A photo of the source. `photo_id` is that of the photo of the site, if it has the file."""

    found: FoundPhoto
    is_hidden: bool
    photo_id: str | None = None


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
    taken: TakenDate | None = None
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
    """Return the names of albums as they are typed as tags."""
    return tuple(album.name for album in albums)
