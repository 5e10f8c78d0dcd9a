"""The end of the link of an unlisted album, and when the photos of the album follow it.

The pages of an album are closed by the clock. The objects of its photos are moved after that, and
once more after every request that began before the end is over.
"""

from datetime import UTC, datetime, timedelta

from app.domain.albums.keys import time_key

# An upload may take 15 minutes, and other requests less. See `findings.UPLOAD_GRACE`.
LAST_REQUESTS = timedelta(minutes=20)
# Pages convert an end to other time zones and add to it, which `datetime` limits.
_FIRST_END = datetime(1970, 1, 2, tzinfo=UTC)
_LAST_END = datetime(2200, 1, 1, tzinfo=UTC)
PARTITION = "settling"  # of the albums whose photos are to follow their links, by that time
_SETTLE = f"{PARTITION}:"


def settle_listing(at: datetime) -> str:
    """Return the list of the albums whose photos follow their links at `at`."""
    return f"{_SETTLE}{time_key(at)}"


def is_settle_listing(listing: str) -> bool:
    """Return whether a list of albums is one of a time."""
    return listing.startswith(_SETTLE)


def settle_position(listing: str, album_id: str) -> str:
    """Return the position of an album in the partition: that of its time, then its id."""
    return f"{listing.removeprefix(_SETTLE)}-{album_id}"


def listing_of_position(position: str) -> str:
    """Return the list of a position in the partition."""
    return f"{_SETTLE}{position.partition('-')[0]}"


def next_settling(ends_at: datetime | None, began: datetime) -> datetime | None:
    """Return when the photos of an album follow its link next, None if they need not.

    Args:
        ends_at: The end of the link.
        began: When the photos began to follow the link last. All of them have.
    """
    if ends_at is None:
        return None
    if ends_at > began:
        return ends_at
    last = ends_at + LAST_REQUESTS
    return last if last > began else None


def is_possible_end(at: datetime) -> bool:
    """Return whether a link may end at an aware time."""
    return _FIRST_END <= at < _LAST_END


def is_storable_time(at: datetime | None) -> bool:
    """Return whether a record may have this time. The storage compares times in UTC as text."""
    return at is None or (at.utcoffset() == timedelta() and is_possible_end(at))
