"""Read how many photos and bytes the site or one contributor stores."""

from datetime import UTC, datetime

from app.domain import usage
from app.domain.usage import Usage
from app.web.context import photo_service

MAX_TRASH_DAYS = 31  # the most days on which a deleted photo can expire


def kept_usage(counter: str) -> Usage:
    """Return the public and hidden photos that `counter` counts: one read."""
    found = photo_service().usage((counter, counter), 1)
    return found[0] if found else Usage(counter)


def trashed_usage(counter: str) -> Usage:
    """Return the photos of `counter` in the trash: one read of a counter for each day of expiry."""
    today = datetime.now(UTC).date()
    days = photo_service().usage(usage.trash_counters(counter, today), MAX_TRASH_DAYS)
    photos = sum(day.photos for day in days)
    size = sum(day.bytes for day in days)
    return Usage(counter, photos, size)
