"""The photo: what is known of it, what a gallery shows of it, and where it is listed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain import object_keys, search_terms
from app.domain.rendition_sizes import height_at


class PhotoState(StrEnum):
    """`public` is listed everywhere, `hidden` to its owner and the admin alone, and so is `trashed`, apart."""

    PUBLIC = "public"
    HIDDEN = "hidden"
    TRASHED = "trashed"


class HiddenBy(StrEnum):
    """Who hid a photo: its contributor may show it again only if it was not the admin."""

    CONTRIBUTOR = "contributor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraInfo:
    """How a photo was taken; a fact that is not known is None. Never a place, never a serial number."""

    make: str | None = None
    model: str | None = None
    lens: str | None = None
    focal_length: float | None = None  # mm
    aperture: float | None = None  # the N of f/N
    exposure_time: float | None = None  # seconds
    iso: int | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, fact.name) is not None for fact in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoSummary:
    """What a listing shows of a photo, so that a page of them is one read. Sizes in pixels, upright."""

    photo_id: str
    title: str
    alt: str
    width: int
    height: int
    widths: tuple[int, ...]
    placeholder: str  # the dominant color, as #rrggbb
    state: PhotoState = PhotoState.PUBLIC
    hidden_by: HiddenBy | None = None
    expires_at: int | None = None  # seconds since 1970, when trashed: its listings expire with it

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON-ready values."""
        record = {**asdict(self), "widths": list(self.widths), "state": self.state.value}
        record["hidden_by"] = self.hidden_by.value if self.hidden_by else None
        return {name: value for name, value in record.items() if value is not None}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "PhotoSummary":
        """The inverse of `to_dict`; keys it does not know are left alone."""
        return cls(
            **{name: str(record[name]) for name in ("photo_id", "title", "alt", "placeholder")},
            width=int(record["width"]),
            height=int(record["height"]),
            widths=tuple(int(width) for width in record["widths"]),
            state=PhotoState(record.get("state", PhotoState.PUBLIC)),
            hidden_by=_hider(record),
            expires_at=_optional(record, "expires_at"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One photo's whole record. Sizes in pixels, upright; `bytes` is the stored original's length."""

    photo_id: str
    title: str
    description: str
    tags: tuple[str, ...]
    alt: str
    uploaded_at: datetime  # aware, UTC
    taken_at: datetime | None  # the camera's local time; aware only if the camera said its offset
    width: int
    height: int
    content_type: str
    bytes: int
    sha256: str  # of the file as it was sent, so that sending it again is recognised
    widths: tuple[int, ...]
    placeholder: str
    camera: CameraInfo = field(default_factory=CameraInfo)
    removed_metadata: tuple[
        str, ...
    ] = ()  # what was taken out of the file: see PreparedImage.removed
    owner: str  # hash of the contributor's id
    idempotency_key: (
        str  # hash of the form and the file that made it: the same form sent twice makes one photo
    )
    version: int = 1
    state: PhotoState = PhotoState.PUBLIC
    hidden_by: HiddenBy | None = (
        None  # when hidden; in the trash it tells that the photo comes back hidden
    )
    expires_at: int | None = None  # seconds since 1970, when trashed
    lease_expires_at: int | None = (
        None  # seconds since 1970: till then its objects are somebody's to move
    )

    @property
    def summary(self) -> PhotoSummary:
        """What listings show of it."""
        return PhotoSummary(
            **{fact.name: getattr(self, fact.name) for fact in fields(PhotoSummary)}
        )

    @property
    def listings(self) -> tuple[str, ...]:
        """Where it is listed."""
        own = (object_keys.owner_listing(self.owner), object_keys.duplicates_listing(self.sha256))
        match self.state:
            case PhotoState.PUBLIC:
                found_by = search_terms.index_terms(self.title, self.tags, self.description)
                return (
                    object_keys.PUBLIC_LISTING,
                    *own,
                    *map(object_keys.tag_listing, self.tags),
                    *map(object_keys.term_listing, found_by),
                )
            case PhotoState.HIDDEN:
                return (object_keys.HIDDEN_LISTING, *own)
            case PhotoState.TRASHED:
                return (object_keys.TRASH_LISTING, object_keys.owner_trash_listing(self.owner))

    @property
    def counted_tags(self) -> tuple[str, ...]:
        """The tags it counts for in the tag index."""
        return self.tags if self.state is PhotoState.PUBLIC else ()

    @property
    def object_keys(self) -> tuple[str, ...]:
        """The keys of its public objects."""
        return object_keys.public_keys(self.photo_id, self.content_type, self.widths)

    def height_at(self, rendition_width: int) -> int:
        """Height in pixels of the rendition that is `rung` pixels wide."""
        return height_at(rendition_width, self.width, self.height)

    def next_version(self, **changes: Any) -> "Photo":
        """The next version of it, with `changes`."""
        return replace(self, version=self.version + 1, **changes)

    def to_dict(self) -> dict[str, Any]:
        """The whole record as JSON-ready values; facts that are not known are left out."""
        record = asdict(self)
        record |= {
            "tags": list(self.tags),
            "widths": list(self.widths),
            "removed_metadata": list(self.removed_metadata),
            "uploaded_at": self.uploaded_at.isoformat(),
            "taken_at": self.taken_at.isoformat() if self.taken_at else None,
            "state": self.state.value,
            "hidden_by": self.hidden_by.value if self.hidden_by else None,
            "camera": {
                fact: value for fact, value in asdict(self.camera).items() if value is not None
            },
        }
        return {name: value for name, value in record.items() if value is not None}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Photo":
        """The inverse of `to_dict`; any number type will do, and keys it does not know are left alone."""
        texts: dict[str, Any] = {name: str(record[name]) for name in _TEXTS}
        numbers: dict[str, Any] = {name: int(record[name]) for name in _NUMBERS}
        return cls(
            **texts,
            **numbers,
            tags=tuple(record["tags"]),
            widths=tuple(int(width) for width in record["widths"]),
            removed_metadata=tuple(record.get("removed_metadata", ())),
            uploaded_at=datetime.fromisoformat(record["uploaded_at"]),
            taken_at=datetime.fromisoformat(record["taken_at"]) if record.get("taken_at") else None,
            camera=_camera(record.get("camera", {})),
            state=PhotoState(record["state"]),
            hidden_by=_hider(record),
            expires_at=_optional(record, "expires_at"),
            lease_expires_at=_optional(record, "lease_expires_at"),
        )


_TEXTS = (
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
_NUMBERS = ("width", "height", "bytes", "version")


def _optional(record: Mapping[str, Any], name: str) -> int | None:
    return int(record[name]) if record.get(name) is not None else None


def _hider(record: Mapping[str, Any]) -> HiddenBy | None:
    return HiddenBy(record["hidden_by"]) if record.get("hidden_by") else None


def _camera(record: Mapping[str, Any]) -> CameraInfo:
    kinds = {"make": str, "model": str, "lens": str, "iso": int}
    return CameraInfo(**{fact: kinds.get(fact, float)(value) for fact, value in record.items()})


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, newest first. A cursor is a photo id, or None where there is no such page."""

    summaries: tuple[PhotoSummary, ...]
    older: str | None  # go on with the photos before this id
    newer: str | None  # go back with the photos after this id

    def without_expired(self, now: float) -> "Page":
        """The page without what the trash may lose at any moment; `now` in seconds since 1970."""
        kept = tuple(
            summary
            for summary in self.summaries
            if summary.expires_at is None or summary.expires_at > now
        )
        return replace(self, summaries=kept)


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and how many public photos carry it."""

    tag: str
    count: int
