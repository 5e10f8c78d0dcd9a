"""Which albums have a photo. The record of the photo says so."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.albums.album import LISTING, AlbumVisibility, added_listing, album_listing
from app.domain.albums.keys import time_key
from app.domain.json_values import optional_time
from app.domain.listings.entries import EntryKey, PositionRange

MAX_ALBUMS = 5  # of one photo
_COVER = "!cover"  # sorts before every photo of the album, and after the record of the album
COVERS = PositionRange(_COVER, f"{_COVER}~")


@dataclass(frozen=True, slots=True)
class Membership:
    """A photo's membership in an album.

    Attributes:
        album_id: The album.
        added_at: When the photo was added to it, aware, UTC.
        key: The photo's place in the order of the album, None if that is by date taken.
        cover: The visibility of the album if the photo is its cover.
        by_guest: True if the photo came by the guest link of the album. Stored only then.
        approved_at: When a review approved the photo, aware, UTC. None if it did not wait for one.
    """

    album_id: str
    added_at: datetime
    key: str | None = None
    cover: AlbumVisibility | None = None
    by_guest: bool | None = None
    approved_at: datetime | None = None

    @property
    def shown_at(self) -> datetime:
        """When the album got the photo to show: when it was approved, or else when it was added."""
        return self.approved_at or self.added_at

    def entry_key(self, taken_at: datetime, photo_id: str) -> EntryKey:
        """Return the key of the photo's entry in the album.

        Args:
            taken_at: The date taken, or else the date of the upload.
            photo_id: The photo.
        """
        key = self.key or time_key(taken_at)
        return EntryKey.ordered(album_listing(self.album_id), key, photo_id)

    def entry_keys(
        self, taken_at: datetime, photo_id: str, *, is_public: bool
    ) -> Iterator[EntryKey]:
        """Yield the keys of all entries of the photo: in the album, and as its cover.

        The list of albums shows the cover of a public album only if the photo itself is public.
        """
        yield self.entry_key(taken_at, photo_id)
        if self.cover:
            yield EntryKey.ordered(album_listing(self.album_id), _COVER, photo_id)
        if self.cover is AlbumVisibility.PUBLIC and is_public:
            yield EntryKey.ordered(LISTING, self.album_id, photo_id)

    def added_key(self, photo_id: str) -> EntryKey:
        """Return the key of the photo among those that the album got to show, by that time."""
        return EntryKey.ordered(added_listing(self.album_id), time_key(self.shown_at), photo_id)


def memberships_from(records: Iterable[Mapping[str, Any]]) -> tuple[Membership, ...]:
    """Return the memberships in the record of a photo."""
    return tuple(
        Membership(
            album_id=str(record["album_id"]),
            added_at=datetime.fromisoformat(record["added_at"]),
            key=record.get("key"),
            cover=AlbumVisibility(record["cover"]) if record.get("cover") else None,
            by_guest=bool(record.get("by_guest")) or None,
            approved_at=optional_time(record, "approved_at"),
        )
        for record in records
    )
