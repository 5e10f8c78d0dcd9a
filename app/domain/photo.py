"""Photo records."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from app.domain import object_keys, search_terms
from app.domain.albums.memberships import Membership, memberships_from
from app.domain.image.camera_info import CameraInfo, camera_info_from_dict
from app.domain.image.credit import Credit, credit_from_dict
from app.domain.image.licenses import rights_text
from app.domain.image.rendition_sizes import height_at
from app.domain.image.taken_date import DatePrecision, TakenDate, optional_precision
from app.domain.json_values import integers, optional_integer, optional_time, record_to_json
from app.domain.listings.entries import EntryKey, plain_keys
from app.domain.listings.photo_listings import listings_of, ordered_entries_of, page_listings_of
from app.domain.photo_summary import PhotoState, PhotoSummary, Role, optional_role, without_unused
from app.domain.versions.edited import last_edit_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """The complete record of one photo.

    Sizes are in pixels, after the EXIF orientation is applied. `bytes` is the size of the stored
    original.
    """

    photo_id: str
    title: str  # may be empty
    description: str
    tags: tuple[str, ...]
    alt: str
    contributor_name: str = ""  # as typed; anyone may type any name
    filename: str = ""  # of the uploaded file, without folder; only its owner and the admin see it
    uploaded_at: datetime  # aware, UTC
    taken_at: datetime | None  # local time; aware only if the file has a UTC offset
    taken_precision: DatePrecision | None = None  # see TakenDate
    taken_about: bool = False
    width: int
    height: int
    content_type: str
    bytes: int
    crc32: int | None = None  # of the stored original; photos of earlier versions have none
    sha256: str  # of the uploaded file, to detect duplicates
    widths: tuple[int, ...]  # see PhotoSummary
    avif_widths: tuple[int, ...] = ()
    revision: int = 0  # see PhotoSummary
    # Clockwise quarter turns from the original to the renditions, if the original was not turned.
    rotation: int = 0
    # Names of the objects of another revision. Until the tuple is empty, some may still be public.
    unused_objects: tuple[str, ...] = ()
    placeholder: str
    colors: str | None = None
    camera: CameraInfo = field(default_factory=CameraInfo)
    credit: Credit | None = None
    credit_in_files: bool = False  # whether the published files state this credit
    removed_metadata: tuple[str, ...] = ()  # see ProcessedImage.removed_metadata
    animated: bool = False  # see ProcessedImage; photos of earlier versions are not
    albums: tuple[Membership, ...] = ()
    owner: str  # hash of the contributor id
    # Hash of the upload form and the file. A form that is sent again makes no second photo.
    idempotency_key: str
    version: int = 1
    edited_version: int | None = None  # see Versioned
    state: PhotoState = PhotoState.PUBLIC
    # Outside the trash, these four say the state: see `moderation.state_outside_trash`.
    hidden_by: Role | None = None
    awaiting_review: bool = False
    unlisted: bool = False
    closed: bool = False  # if unlisted: whether no open album had the photo when that was decided
    owner_hid: bool = False  # see `moderation.hidden`
    trashed_by: Role | None = None
    owner_deleted: bool = False  # see `moderation.deleted`
    expires_at: int | None = None  # seconds since 1970, if trashed
    # Seconds since 1970. Until then, only the request with the lease moves the objects. Until it is
    # None, the objects of a hidden or trashed photo may still be public.
    lease_expires_at: int | None = None

    @property
    def taken(self) -> TakenDate | None:
        """The date the photo was taken."""
        return TakenDate.of(self)

    @property
    def rights(self) -> str | None:
        """Who holds which rights, in one line: © 2026 Anna · CC BY 4.0."""
        return rights_text(self.credit) or None if self.credit else None

    @property
    def summary(self) -> PhotoSummary:
        """The summary that listings store."""
        names = [summary_field.name for summary_field in fields(PhotoSummary)]
        return PhotoSummary(**{name: getattr(self, name) for name in names})

    @property
    def dated_at(self) -> datetime:
        """The date taken, or else the date of the upload."""
        return self.taken_at or self.uploaded_at

    @property
    def entry_keys(self) -> tuple[EntryKey, ...]:
        """The keys of the entries that listings have for the photo in its current state."""
        return (*plain_keys(self.photo_id, self.listings), *self.ordered_entries)

    @property
    def ordered_entries(self) -> tuple[EntryKey, ...]:
        """The keys of the entries in ordered listings."""
        return tuple(ordered_entries_of(self))

    @property
    def listings(self) -> tuple[str, ...]:
        """The listings in the order of the photo ids that have an entry for the photo."""
        return listings_of(self)

    @property
    def page_listings(self) -> tuple[str, ...]:
        """The listings without those of search terms."""
        return page_listings_of(self)

    @property
    def counted_tags(self) -> tuple[str, ...]:
        """The tags whose photo counts include the photo."""
        return self.tags if self.state is PhotoState.PUBLIC else ()

    @property
    def object_keys(self) -> tuple[str, ...]:
        """The keys of the objects while the photo is public: the renditions and the original."""
        return object_keys.public_keys(
            self.photo_id, self.content_type, self.widths, self.avif_widths, self.revision
        )

    @property
    def stored_keys(self) -> tuple[str, ...]:
        """The keys of the objects in the photo's state, without the sidecar."""
        return self.keys_in(self.state)

    @property
    def sidecar_key(self) -> str:
        """The key of the sidecar in the photo's state."""
        return object_keys.sidecar(self.photo_id, self.state.prefix)

    @property
    def keys_outside(self) -> tuple[str, ...]:
        """The keys of the objects and sidecars under other prefixes, except those in the trash.

        The unused objects under the photo's own prefix are among them.
        """
        keys: list[str] = []
        for prefix in object_keys.PREFIXES_OUTSIDE_TRASH:
            if prefix != self.state.prefix:
                keys += [object_keys.moved(key, prefix) for key in self.object_keys]
                keys.append(object_keys.sidecar(self.photo_id, prefix))
        return (*keys, *self.unused_keys)

    @property
    def unused_keys(self) -> tuple[str, ...]:
        """The keys that the unused objects may have, in every state."""
        return tuple(
            object_keys.named(self.photo_id, name, prefix)
            for prefix in object_keys.PHOTO_PREFIXES
            for name in self.unused_objects
        )

    @property
    def object_names(self) -> tuple[str, ...]:
        """The names of the objects, which are the same in every state."""
        return tuple(map(object_keys.name_of, self.object_keys))

    def keys_in(self, state: PhotoState) -> tuple[str, ...]:
        """Return the keys that the objects have in `state`, without the sidecar."""
        return tuple(object_keys.moved(key, state.prefix) for key in self.object_keys)

    def height_at(self, rendition_width: int) -> int:
        """Return the height of the rendition with this width, both in pixels."""
        return height_at(rendition_width, self.width, self.height)

    def membership_in(self, album_id: str) -> Membership | None:
        """Return the photo's membership in an album, None if it is not in the album."""
        return next((album for album in self.albums if album.album_id == album_id), None)

    def matches(self, query: search_terms.SearchQuery) -> bool:
        """Return whether a search finds the photo."""
        if self.state is not PhotoState.PUBLIC:
            return False
        terms = frozenset(search_terms.index_terms(self.title, self.tags, self.description))
        return all(terms.intersection(alternatives) for alternatives in query.terms)

    def next_version(self, **changes: Any) -> "Photo":
        """Return the next version of the photo, with `changes` to its fields."""
        changed = replace(self, version=self.version + 1, **changes)
        return replace(changed, edited_version=last_edit_before(self, changed, FORM_FIELDS))

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON values, without the fields that are None or not needed."""
        return without_unused(record_to_json(self))

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Photo":
        """Return the photo that `to_dict` gave; unknown keys are ignored.

        Numbers may be of any type, such as the Decimal values of DynamoDB.
        """
        texts: dict[str, Any] = {name: str(record[name]) for name in _TEXT_FIELDS}
        numbers: dict[str, Any] = {name: int(record[name]) for name in _NUMBER_FIELDS}
        flags: dict[str, Any] = {name: bool(record.get(name)) for name in _FLAG_FIELDS}
        return cls(
            **texts,
            **numbers,
            **flags,
            contributor_name=str(record.get("contributor_name", "")),
            filename=str(record.get("filename", "")),
            tags=tuple(str(tag) for tag in record["tags"]),
            crc32=optional_integer(record, "crc32"),
            edited_version=optional_integer(record, "edited_version"),
            colors=record.get("colors"),
            widths=integers(record["widths"]),
            avif_widths=integers(record.get("avif_widths", ())),
            revision=int(record.get("revision", 0)),
            rotation=int(record.get("rotation", 0)),
            unused_objects=tuple(str(name) for name in record.get("unused_objects", ())),
            removed_metadata=tuple(record.get("removed_metadata", ())),
            albums=memberships_from(record.get("albums", ())),
            uploaded_at=datetime.fromisoformat(record["uploaded_at"]),
            taken_at=optional_time(record, "taken_at"),
            taken_precision=optional_precision(record),
            camera=camera_info_from_dict(record.get("camera", {})),
            credit=credit_from_dict(record["credit"]) if record.get("credit") else None,
            state=PhotoState(record["state"]),
            hidden_by=optional_role(record, "hidden_by"),
            trashed_by=optional_role(record, "trashed_by"),
            expires_at=optional_integer(record, "expires_at"),
            lease_expires_at=optional_integer(record, "lease_expires_at"),
        )


FORM_FIELDS = (
    *("title", "description", "tags", "alt", "contributor_name", "credit"),
    *("taken_at", "taken_precision", "taken_about"),
)
_TEXT_FIELDS = (
    *("photo_id", "title", "description", "alt", "content_type", "sha256"),
    *("placeholder", "owner", "idempotency_key"),
)
_NUMBER_FIELDS = ("width", "height", "bytes", "version")
_FLAG_FIELDS = tuple(each.name for each in fields(Photo) if each.type is bool)
