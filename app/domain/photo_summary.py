"""The states of a photo, and the summary that listings show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain import object_keys
from app.domain.image.credit import credit_from_dict
from app.domain.image.licenses import rights_text
from app.domain.image.taken_date import DatePrecision, TakenDate, optional_precision
from app.domain.json_values import integers, optional_integer, optional_time, record_to_json

# Fields that few photos use. A record has them only if they are not empty or 0.
_RARELY_USED = frozenset(
    {
        "albums",
        "awaiting_review",
        "closed",
        "credit_in_files",
        "owner_deleted",
        "owner_hid",
        "revision",
        "rotation",
        "taken_about",
        "unlisted",
        "unused_objects",
    }
)


class PhotoState(StrEnum):
    """Who sees a photo, and where its objects are stored.

    Everyone sees public photos. Everyone who can open one of its albums sees an unlisted photo
    there, and nowhere else. An unlisted photo that no open album has is private. Only the owner,
    the admin and the owners of its albums see a private photo, and a pending one, which waits for
    review. Only the owner and the admin see hidden and trashed photos.
    """

    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"
    PENDING = "pending"
    HIDDEN = "hidden"
    TRASHED = "trashed"

    @property
    def prefix(self) -> str:
        """The prefix of the objects of the photos in this state."""
        return _PREFIXES[self]

    @property
    def is_in_albums(self) -> bool:
        """Whether the listings of its albums have the photo."""
        return self.has_public_objects or self is PhotoState.PRIVATE

    @property
    def has_public_objects(self) -> bool:
        """Whether everyone who knows the addresses of the objects can read them."""
        return self in {PhotoState.PUBLIC, PhotoState.UNLISTED}


_PREFIXES = {
    PhotoState.PUBLIC: object_keys.PUBLIC_PREFIX,
    PhotoState.UNLISTED: object_keys.PUBLIC_PREFIX,
    PhotoState.PRIVATE: object_keys.HIDDEN_PREFIX,
    PhotoState.PENDING: object_keys.PENDING_PREFIX,
    PhotoState.HIDDEN: object_keys.HIDDEN_PREFIX,
    PhotoState.TRASHED: object_keys.TRASH_PREFIX,
}


class Role(StrEnum):
    """The role in which a visitor changes photos, in the order of their rank.

    A role cannot show or restore a photo that a role of higher rank has hidden or deleted.
    """

    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"  # the owner of an album, of the photos of others in it
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """The place of the role among all roles, from 0."""
        return tuple(Role).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoSummary:
    """The part of a photo that listings show.

    Sizes are in pixels, after the EXIF orientation is applied.
    """

    photo_id: str
    title: str
    alt: str
    contributor_name: str = ""
    taken_at: datetime | None = None  # see Photo
    taken_precision: DatePrecision | None = None
    taken_about: bool = False
    width: int
    height: int
    widths: tuple[int, ...]  # of the JPEG renditions, smallest first
    avif_widths: tuple[int, ...] = ()  # older photos have none
    revision: int = 0  # part of the keys of its objects: see `app.domain.versions.revisions`
    placeholder: str  # the dominant color, as #rrggbb
    colors: str | None = None  # see ProcessedImage; older photos have none
    state: PhotoState = PhotoState.PUBLIC
    hidden_by: Role | None = None
    trashed_by: Role | None = None
    expires_at: int | None = None  # seconds since 1970, if trashed; listing entries expire with it
    lease_expires_at: int | None = None  # see Photo
    rights: str | None = None  # who holds which rights, in one line

    @property
    def taken(self) -> TakenDate | None:
        """The date the photo was taken."""
        return TakenDate.of(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON values, without the fields that are None or not needed."""
        return without_unused(record_to_json(self))

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "PhotoSummary":
        """Return the summary that `to_dict` gave, or that of a photo's record.

        Unknown keys are ignored.
        """
        return cls(
            photo_id=str(record["photo_id"]),
            title=str(record["title"]),
            alt=str(record["alt"]),
            contributor_name=str(record.get("contributor_name", "")),
            taken_at=optional_time(record, "taken_at"),
            taken_precision=optional_precision(record),
            taken_about=bool(record.get("taken_about")),
            placeholder=str(record["placeholder"]),
            colors=record.get("colors"),
            width=int(record["width"]),
            height=int(record["height"]),
            widths=integers(record["widths"]),
            avif_widths=integers(record.get("avif_widths", ())),
            revision=int(record.get("revision", 0)),
            state=PhotoState(record.get("state", PhotoState.PUBLIC)),
            hidden_by=optional_role(record, "hidden_by"),
            trashed_by=optional_role(record, "trashed_by"),
            expires_at=optional_integer(record, "expires_at"),
            lease_expires_at=optional_integer(record, "lease_expires_at"),
            rights=record.get("rights") or _rights_in(record),
        )


def _rights_in(record: Mapping[str, Any]) -> str | None:
    """Return the rights in the record of a photo."""
    return rights_text(credit_from_dict(record.get("credit", {}))) or None


def optional_role(record: Mapping[str, Any], name: str) -> Role | None:
    """Return the role in a field of a record."""
    role = record.get(name)
    return Role(role) if role else None


def without_unused(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record without the rarely used fields that are empty or 0."""
    return {name: value for name, value in record.items() if value or name not in _RARELY_USED}
