"""The record of an album."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.albums.guests import DEFAULT_PHOTOS, GuestAccess, guest_listing
from app.domain.albums.link import settle_listing
from app.domain.json_values import optional_integer, optional_time, record_to_json
from app.domain.versions.edited import last_edit_before

LISTING = "albums"  # of the public albums and their covers
_OWNER = "albums:"
_FORM_FIELDS = ("title", "description", "order", "visibility", "contributors")


class AlbumOrder(StrEnum):
    """The order of the photos of an album."""

    TAKEN = "taken"  # by the date taken, or else by the date of the upload
    ADDED = "added"
    MANUAL = "manual"


class AlbumVisibility(StrEnum):
    """Where an album is listed. Everyone with the address can open it in either case."""

    PUBLIC = "public"
    UNLISTED = "unlisted"


class AlbumContributors(StrEnum):
    """Who may add photos to an album, besides the admin."""

    OWNER = "owner"
    EVERYONE = "everyone"  # who may upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """The complete record of one album.

    The photos name their albums, so the record has no list of photos.
    """

    album_id: str  # a ULID, with 80 random bits: the address of an unlisted album is a secret
    title: str
    description: str = ""
    order: AlbumOrder = AlbumOrder.TAKEN
    visibility: AlbumVisibility = AlbumVisibility.PUBLIC
    contributors: AlbumContributors = AlbumContributors.OWNER
    # The version in which the order was chosen, until every photo has its place in that order.
    sort_version: int | None = None
    cover: str = ""  # the photo id; empty if the album has no photo
    owner: str  # hash of the contributor id
    created_at: datetime  # aware, UTC
    version: int = 1
    edited_version: int | None = None  # see Versioned
    guest_code: str = ""  # of the guest link; empty without one
    guest_access: GuestAccess = GuestAccess.NONE
    guest_review: bool = False  # whether the photos of guests wait for review
    guest_until: datetime | None = None  # the end of the guest link, aware, UTC
    guest_limit: int = DEFAULT_PHOTOS  # photos of one guest
    guest_name: bool = False  # whether guests are asked for their name
    guest_host: str = ""  # who invites the guests, as typed; may be empty
    guest_version: int = 0  # the version that changed the guest link last
    # The end of the link of an unlisted album, aware, UTC. From then on the album is closed.
    ends_at: datetime | None = None
    settle_at: datetime | None = None  # when its photos follow its link next: see `link`

    @property
    def is_public(self) -> bool:
        """Whether the album is in the list of albums."""
        return self.visibility is AlbumVisibility.PUBLIC

    @property
    def listings(self) -> tuple[str, ...]:
        """The lists of albums that have the album. One of them is that of its guest code."""
        public = (LISTING,) if self.is_public else ()
        by_code = (guest_listing(self.guest_code),) if self.guest_code else ()
        settling = (settle_listing(self.settle_at),) if self.settle_at else ()
        return (*public, owner_listing(self.owner), *by_code, *settling)

    @property
    def is_reviewed(self) -> bool:
        """Whether the host sees what others upload before it is shown.

        That is a setting of the guest link, and holds from the making of the link until it is
        turned off, also after its last day.
        """
        return bool(self.guest_code) and self.guest_review

    def is_open(self, now: datetime) -> bool:
        """Return whether everyone with the link sees the album at the given time."""
        return self.is_public or self.ends_at is None or now < self.ends_at

    def takes_guests(self, now: datetime) -> bool:
        """Return whether guests may add photos at the given time. A closed album takes none."""
        has_ended = self.guest_until is not None and now >= self.guest_until
        is_open = bool(self.guest_code) and self.guest_access is not GuestAccess.NONE
        return is_open and not has_ended and self.is_open(now)

    def next_version(self, **changes: Any) -> "Album":
        """Return the next version of the album, with `changes` to its fields."""
        changed = replace(self, version=self.version + 1, **changes)
        return replace(changed, edited_version=last_edit_before(self, changed, _FORM_FIELDS))

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON values."""
        return record_to_json(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Album":
        """Return the album that `to_dict` gave. Unknown keys are ignored."""
        return cls(
            album_id=str(record["album_id"]),
            title=str(record["title"]),
            description=str(record.get("description", "")),
            order=AlbumOrder(record.get("order", AlbumOrder.TAKEN)),
            visibility=AlbumVisibility(record.get("visibility", AlbumVisibility.PUBLIC)),
            contributors=AlbumContributors(record.get("contributors", AlbumContributors.OWNER)),
            sort_version=optional_integer(record, "sort_version"),
            cover=str(record.get("cover", "")),
            owner=str(record["owner"]),
            created_at=datetime.fromisoformat(record["created_at"]),
            version=int(record["version"]),
            edited_version=optional_integer(record, "edited_version"),
            guest_code=str(record.get("guest_code", "")),
            guest_access=GuestAccess(record.get("guest_access", GuestAccess.NONE)),
            guest_review=bool(record.get("guest_review")),
            guest_until=optional_time(record, "guest_until"),
            guest_limit=int(record.get("guest_limit", DEFAULT_PHOTOS)),
            guest_name=bool(record.get("guest_name")),
            guest_host=str(record.get("guest_host", "")),
            guest_version=int(record.get("guest_version", 0)),
            ends_at=optional_time(record, "ends_at"),
            settle_at=optional_time(record, "settle_at"),
        )


def owner_listing(owner: str) -> str:
    """Return the list of a contributor's albums."""
    return f"{_OWNER}{owner}"


def album_listing(album_id: str) -> str:
    """Return the ordered listing of the public and unlisted photos of an album."""
    return f"album:{album_id}"


def added_listing(album_id: str) -> str:
    """Return the ordered listing of the photos that were added to an album, by that time."""
    return f"added:{album_id}"
