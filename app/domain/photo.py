"""Photo records, the summaries that listings show, and pages of summaries."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain import object_keys, search_terms
from app.domain.camera_info import CameraInfo, camera_info_from_dict
from app.domain.rendition_sizes import height_at


class PhotoState(StrEnum):
    """Where a photo is listed: only public photos are listed for everyone.

    The owner and the admin see hidden photos, and trashed photos in a separate listing.
    """

    PUBLIC = "public"
    HIDDEN = "hidden"
    TRASHED = "trashed"


class Role(StrEnum):
    """The role in which a visitor changes photos.

    A contributor cannot show or restore a photo that the admin has hidden or deleted.
    """

    CONTRIBUTOR = "contributor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoSummary:
    """The part of a photo that listings store and show, so that a page of photos is one read.

    Sizes are in pixels, after the EXIF orientation is applied.
    """

    photo_id: str
    title: str
    alt: str
    width: int
    height: int
    widths: tuple[int, ...]
    placeholder: str  # the dominant color, as #rrggbb
    state: PhotoState = PhotoState.PUBLIC
    hidden_by: Role | None = None
    trashed_by: Role | None = None
    expires_at: int | None = None  # seconds since 1970, if trashed; listing entries expire with it

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON values, without the fields that are None."""
        record = asdict(self)
        record["widths"] = list(self.widths)
        record["state"] = self.state.value
        record["hidden_by"] = self.hidden_by.value if self.hidden_by else None
        record["trashed_by"] = self.trashed_by.value if self.trashed_by else None
        return _without_none(record)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "PhotoSummary":
        """Return the summary that `to_dict` gave; unknown keys are ignored."""
        return cls(
            photo_id=str(record["photo_id"]),
            title=str(record["title"]),
            alt=str(record["alt"]),
            placeholder=str(record["placeholder"]),
            width=int(record["width"]),
            height=int(record["height"]),
            widths=tuple(int(width) for width in record["widths"]),
            state=PhotoState(record.get("state", PhotoState.PUBLIC)),
            hidden_by=_optional_role(record, "hidden_by"),
            trashed_by=_optional_role(record, "trashed_by"),
            expires_at=_optional_int(record, "expires_at"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """The complete record of one photo.

    Sizes are in pixels, after the EXIF orientation is applied. `bytes` is the size of the stored
    original.
    """

    photo_id: str
    title: str
    description: str
    tags: tuple[str, ...]
    alt: str
    uploaded_at: datetime  # aware, UTC
    taken_at: datetime | None  # local time; aware only if the file has a UTC offset
    width: int
    height: int
    content_type: str
    bytes: int
    sha256: str  # of the uploaded file, to detect duplicates
    widths: tuple[int, ...]
    placeholder: str
    camera: CameraInfo = field(default_factory=CameraInfo)
    removed_metadata: tuple[str, ...] = ()  # see ProcessedImage.removed_metadata
    owner: str  # hash of the contributor id
    # Hash of the upload form and the file. A form that is sent again makes no second photo.
    idempotency_key: str
    version: int = 1
    state: PhotoState = PhotoState.PUBLIC
    hidden_by: Role | None = None  # a trashed photo with this field is restored as hidden
    trashed_by: Role | None = None
    expires_at: int | None = None  # seconds since 1970, if trashed
    # Seconds since 1970. Until then, only the request with the lease moves the objects.
    lease_expires_at: int | None = None

    @property
    def summary(self) -> PhotoSummary:
        """The summary that listings store."""
        names = [summary_field.name for summary_field in fields(PhotoSummary)]
        return PhotoSummary(**{name: getattr(self, name) for name in names})

    @property
    def listings(self) -> tuple[str, ...]:
        """The listings that have an entry for the photo in its current state."""
        own = (object_keys.owner_listing(self.owner), object_keys.duplicates_listing(self.sha256))
        match self.state:
            case PhotoState.PUBLIC:
                terms = search_terms.index_terms(self.title, self.tags, self.description)
                return (
                    object_keys.PUBLIC_LISTING,
                    *own,
                    *(object_keys.tag_listing(tag) for tag in self.tags),
                    *(object_keys.term_listing(term) for term in terms),
                )
            case PhotoState.HIDDEN:
                return (object_keys.HIDDEN_LISTING, *own)
            case PhotoState.TRASHED:
                moving = () if self.lease_expires_at is None else (object_keys.MOVING_LISTING,)
                owner_trash = object_keys.owner_trash_listing(self.owner)
                return (object_keys.TRASH_LISTING, owner_trash, *moving)

    @property
    def counted_tags(self) -> tuple[str, ...]:
        """The tags whose photo counts include the photo."""
        return self.tags if self.state is PhotoState.PUBLIC else ()

    @property
    def object_keys(self) -> tuple[str, ...]:
        """The keys of the public objects: the original and the renditions."""
        return object_keys.public_keys(self.photo_id, self.content_type, self.widths)

    def height_at(self, rendition_width: int) -> int:
        """Return the height of the rendition with this width, both in pixels."""
        return height_at(rendition_width, self.width, self.height)

    def next_version(self, **changes: Any) -> "Photo":
        """Return the next version of the photo, with `changes` to its fields."""
        return replace(self, version=self.version + 1, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON values, without the fields that are None."""
        record = asdict(self)
        record |= {
            "tags": list(self.tags),
            "widths": list(self.widths),
            "removed_metadata": list(self.removed_metadata),
            "uploaded_at": self.uploaded_at.isoformat(),
            "taken_at": self.taken_at.isoformat() if self.taken_at else None,
            "state": self.state.value,
            "hidden_by": self.hidden_by.value if self.hidden_by else None,
            "trashed_by": self.trashed_by.value if self.trashed_by else None,
            "camera": _without_none(asdict(self.camera)),
        }
        return _without_none(record)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Photo":
        """Return the photo that `to_dict` gave; unknown keys are ignored.

        Numbers may be of any type, such as the Decimal values of DynamoDB.
        """
        texts: dict[str, Any] = {name: str(record[name]) for name in _TEXT_FIELDS}
        numbers: dict[str, Any] = {name: int(record[name]) for name in _NUMBER_FIELDS}
        taken_at = record.get("taken_at")
        return cls(
            **texts,
            **numbers,
            tags=tuple(str(tag) for tag in record["tags"]),
            widths=tuple(int(width) for width in record["widths"]),
            removed_metadata=tuple(record.get("removed_metadata", ())),
            uploaded_at=datetime.fromisoformat(record["uploaded_at"]),
            taken_at=datetime.fromisoformat(taken_at) if taken_at else None,
            camera=camera_info_from_dict(record.get("camera", {})),
            state=PhotoState(record["state"]),
            hidden_by=_optional_role(record, "hidden_by"),
            trashed_by=_optional_role(record, "trashed_by"),
            expires_at=_optional_int(record, "expires_at"),
            lease_expires_at=_optional_int(record, "lease_expires_at"),
        )


_TEXT_FIELDS = (
    "photo_id",
    "title",
    "description",
    "alt",
    "content_type",
    "sha256",
    "placeholder",
    "owner",
    "idempotency_key",
)
_NUMBER_FIELDS = ("width", "height", "bytes", "version")


def _optional_int(record: Mapping[str, Any], name: str) -> int | None:
    value = record.get(name)
    return None if value is None else int(value)


def _optional_role(record: Mapping[str, Any], name: str) -> Role | None:
    role = record.get(name)
    return Role(role) if role else None


def _without_none(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, newest first.

    A cursor is a photo id, or None if there is no page in that direction.
    """

    summaries: tuple[PhotoSummary, ...]
    older: str | None  # the next page has the photos before this id
    newer: str | None  # the previous page has the photos after this id

    def without_expired(self, now: float) -> "Page":
        """Return the page without the photos that expired by `now`, in seconds since 1970."""
        kept = tuple(
            summary
            for summary in self.summaries
            if summary.expires_at is None or summary.expires_at > now
        )
        return replace(self, summaries=kept)
