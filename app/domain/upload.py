"""The request and the result of an upload, and the text of a photo."""

from dataclasses import dataclass, field
from datetime import tzinfo
from enum import Enum, auto
from typing import BinaryIO, TypedDict

from app.domain.albums.memberships import Membership
from app.domain.batches import Batch
from app.domain.image.credit import Credit
from app.domain.image.credit_choice import CreditChoice
from app.domain.image.date_choice import DateChoice
from app.domain.image.processed_image import NOTHING, LeftOut
from app.domain.image.taken_date import TakenDate
from app.domain.photo import Photo
from app.domain.photo_text import (
    clean_alt,
    clean_contributor_name,
    clean_description,
    clean_title,
)
from app.domain.tags import clean_tags


class QuotaScope(Enum):
    """The quotas that an upload counts against."""

    CONTRIBUTOR_AND_SITE = auto()
    SITE = auto()  # the admin's uploads
    NONE = auto()  # imports by the operator


class ValidatedText(TypedDict):
    """The text of a photo as it is stored."""

    title: str
    description: str
    tags: tuple[str, ...]
    alt: str
    contributor_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoText:
    """The text of a photo as typed, its credit, and the date it was taken."""

    title: str = ""
    description: str = ""
    tags: str = ""  # separated by commas
    alt: str = ""
    contributor_name: str = ""
    credit: CreditChoice = field(default_factory=CreditChoice)
    taken: DateChoice = field(default_factory=DateChoice)

    def validated(self) -> ValidatedText:
        """Return the text as it is stored, without credit and date. Raises InvalidText."""
        return {
            "title": clean_title(self.title),
            "description": clean_description(self.description),
            "tags": clean_tags(self.tags),
            "alt": clean_alt(self.alt),
            "contributor_name": clean_contributor_name(self.contributor_name),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFacts:
    """Facts about a file that stand outside of it, for an import by the operator."""

    tags: tuple[str, ...] = ()  # in addition to those of the text or of the file
    credit: Credit = field(default_factory=Credit)  # see CreditChoices.sidecar
    taken: TakenDate | None = None
    overrides_date: bool = False  # `taken` has precedence over the date in the file
    # The photo gets an id of the time taken, by a clock in this time zone; None for that of its
    # batch.
    id_zone: tzinfo | None = None

    def date_taken(self, of_file: TakenDate | None) -> TakenDate | None:
        """Return the date taken of a photo whose file has the date `of_file`.

        If both agree as far as `taken` is known, that of the file stays: it may have the time of
        the day, or its offset from UTC.
        """
        known = self.taken
        if known is None or (of_file and not self.overrides_date):
            return of_file
        return of_file if of_file and known.includes(of_file) else known


NOTHING_KNOWN = KnownFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRequest:
    """One uploaded file with the validated text of its form."""

    file: BinaryIO
    filename: str
    text: ValidatedText
    owner: str  # hash of the contributor's id
    upload_id: str  # of the form; part of the idempotency key
    quota_scope: QuotaScope = QuotaScope.CONTRIBUTOR_AND_SITE
    batch: Batch | None = None  # of the files that were sent together
    position: int = 0  # in the batch, from 0
    is_draft: bool = False  # the photo is hidden until its contributor publishes it
    awaiting_review: bool = False  # it is pending until a reviewer approves it
    unlisted: bool = False  # only its albums show it
    add_duplicates: bool = True  # also if a photo of the same file is here already
    credit: CreditChoice = field(default_factory=CreditChoice)  # validated
    known: KnownFacts = NOTHING_KNOWN
    albums: tuple[Membership, ...] = ()  # in which the photo is from the beginning
    guest_limit: int | None = None  # the most photos of a guest in the first of these albums

    @property
    def guest_album(self) -> str | None:
        """The album in which alone photos of the same file count, if any.

        It is that of a guest link, or one in which the photo waits for review: a photo that is
        here already would not.
        """
        counts = (each for each in self.albums if each.by_guest or self.awaiting_review)
        return next((each.album_id for each in counts), None)


@dataclass(frozen=True, slots=True)
class UploadResult:
    """The photo that an upload made, or made when it was first sent."""

    photo: Photo
    is_skipped: bool = False  # nothing was added: the photo of the same file was here already
    duplicate_of: str | None = None  # id of an earlier photo of the same file
    left_out: LeftOut = NOTHING
