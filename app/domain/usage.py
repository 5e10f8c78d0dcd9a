"""Name the counters of the storage used: by the site, by each contributor, by each day of uploads.

The public photos of each month in which they were taken are counted as well, and those that each
album shows, that wait there for review, and that each guest added to it and did not delete.

A deleted photo uses storage until the trash is emptied, so a trash counter with the day of expiry
in its name counts it. AWS empties the trash without notice, and the name shows which counters
have expired. Bytes are those of stored originals. Renditions add about two thirds and do not
count.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from app.domain.listings.archive import Period, period_of
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState

RETENTION = timedelta(days=30)  # for which a deleted photo can be restored
SITE = "site"
_DAY = "day:"
_OWNER = "owner:"
_TRASH = "trash:"
_MONTH = "taken:"
_ALBUM = "album:"
_GUEST = "guest:"
_PENDING = "pending:"
_END = "~"  # sorts after every character in the name of a counter

KeyRange: TypeAlias = tuple[str, str]  # the first and the last counter

DAYS: KeyRange = (_DAY, _DAY + _END)  # days whose photos still exist
OWNERS: KeyRange = (_OWNER, _OWNER + _END)
MONTHS: KeyRange = (_MONTH, _MONTH + _END)
UNDATED = f"{_MONTH}unknown"  # public photos without a date, in the range of the months


@dataclass(frozen=True, slots=True)
class Usage:
    """The photos of one counter, and the bytes of their originals."""

    counter: str
    photos: int = 0
    bytes: int = 0

    @property
    def name(self) -> str:
        """Return the day or the contributor that the counter counts."""
        return self.counter.partition(":")[2]


def owner_counter(owner: str) -> str:
    """Return the counter of a contributor's photos that are not in the trash."""
    return _OWNER + owner


def day_counter(day: date) -> str:
    """Return the counter of the photos uploaded on a day (UTC) that still exist."""
    return f"{_DAY}{day.isoformat()}"


def trash_counters(counter: str, today: date) -> KeyRange:
    """Return the range of trash counters of the photos of `counter` that can still be restored."""
    return f"{_TRASH}{counter}:{today.isoformat()}", f"{_TRASH}{counter}:{_END}"


def expiry_of(deleted_at: datetime) -> int:
    """Return when a photo expires that is deleted at `deleted_at`, in seconds since 1970."""
    return int((deleted_at + RETENTION).timestamp())


def period_of_counter(counter: str) -> Period | None:
    """Return the period that a counter in `MONTHS` counts, None for photos without a date.

    It is a month, or a year for photos without a month.
    """
    if counter == UNDATED:
        return None
    year, _, number = counter.removeprefix(_MONTH).partition("-")
    return Period(int(year), int(number) if number else None)


def album_counter(album_id: str) -> str:
    """Return the counter of the photos that an album shows."""
    return _ALBUM + album_id


def guest_counters(album_id: str, owner: str = "") -> KeyRange:
    """Return the range of the counters of an album's guests, or of one guest.

    A guest who has used several names has a counter for each of them.
    """
    start = f"{_GUEST}{album_id}:{owner}:" if owner else f"{_GUEST}{album_id}:"
    return start, f"{start[:-1]};"  # the character after the colon: names have any characters


def guest_of_counter(counter: str) -> tuple[str, str]:
    """Return the owner and the name in the counter of a guest."""
    _, _, owner, name = counter.split(":", 3)
    return owner, name


def pending_counter(album_id: str) -> str:
    """Return the counter of the photos of an album that wait for review."""
    return _PENDING + album_id


def is_of_owner(counter: str) -> bool:
    """Return whether the counter is that of a contributor, or of the contributor's trash."""
    return counter.removeprefix(_TRASH).startswith(_OWNER)


def is_of_archive(counter: str) -> bool:
    """Return whether the counter is in `MONTHS`."""
    return counter.startswith(_MONTH)


def expiry_date(counter: str) -> date | None:
    """Return the last day (UTC) of a trash counter, and None for any other counter."""
    if not counter.startswith(_TRASH):
        return None
    return date.fromisoformat(counter.rpartition(":")[2])


def counters_of(photo: Photo) -> tuple[str, ...]:
    """Return the counters that count the photo."""
    site_and_owner = (SITE, owner_counter(photo.owner))
    if photo.state is not PhotoState.TRASHED:
        day_of_upload = day_counter(photo.uploaded_at.date())
        of_albums = (*_counters_of_state(photo), *_guest_counters_of(photo))
        return (*site_and_owner, day_of_upload, *of_albums)
    day = datetime.fromtimestamp(photo.expires_at or 0, UTC).date()
    return tuple(trash_counters(counter, day)[0] for counter in site_and_owner)


def _guest_counters_of(photo: Photo) -> tuple[str, ...]:
    return tuple(
        f"{guest_counters(membership.album_id, photo.owner)[0]}{photo.contributor_name}"
        for membership in photo.albums
        if membership.by_guest
    )


def _counters_of_state(photo: Photo) -> tuple[str, ...]:
    albums = [membership.album_id for membership in photo.albums]
    match photo.state:
        case PhotoState.PUBLIC:
            return (archive_counter(photo), *map(album_counter, albums))
        case PhotoState.UNLISTED | PhotoState.PRIVATE:
            return tuple(map(album_counter, albums))
        case PhotoState.PENDING:
            return tuple(map(pending_counter, albums))
    return ()


def archive_counter(photo: Photo) -> str:
    """Return the counter in `MONTHS` that counts the photo while it is public."""
    return f"{_MONTH}{period_of(photo.taken)}" if photo.taken else UNDATED
