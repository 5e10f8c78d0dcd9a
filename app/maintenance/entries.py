"""Make the entries of a reconciliation.

Amounts are positive for things that the stores hold, negative for those they should. The key is the
photo id for a photo's objects and listing entries, the object key for an object of no photo,
`#<tag>` for a tag count, and `##<counter> photos` and `##<counter> bytes` for a usage counter. No
tag starts with `#`.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

from app.domain import object_keys
from app.domain.listings.entries import ListingEntry
from app.domain.photo import Photo
from app.domain.tags import TagCount
from app.domain.usage import Usage, counters_of, expiry_date
from app.maintenance.reconciliation import fingerprint
from app.services.ports import StoredObject

Entry = tuple[str, int]

_TAG_PREFIX = "#"
_USAGE_PREFIX = "##"


def object_entry(stored: StoredObject) -> Entry:
    """Return the entry of an object in the store."""
    key = object_keys.photo_id_of(stored.key) or stored.key
    return key, _object_fingerprint(stored.key, stored.size)


def listing_entry(entry: ListingEntry) -> Entry:
    """Return the entry of a photo in a listing."""
    return entry.photo_id, fingerprint((entry.key, entry.summary))


def tag_entry(tag: TagCount) -> Entry:
    """Return the entry of a tag count."""
    return _TAG_PREFIX + tag.tag, tag.count


def usage_entries(usage: Usage, today: date) -> Iterator[Entry]:
    """Yield the entries of a usage counter.

    A counter of trash that expires today or earlier has none: AWS may be deleting its photos.
    """
    last_day = expiry_date(usage.counter)
    if last_day is None or last_day > today:
        yield f"{_USAGE_PREFIX}{usage.counter} photos", usage.photos
        yield f"{_USAGE_PREFIX}{usage.counter} bytes", usage.bytes


def expected_entries(photo: Photo, listed: Iterable[ListingEntry], today: date) -> Iterator[Entry]:
    """Yield the entries of everything that should exist for a record.

    Args:
        photo: The record.
        listed: The entries that the photo should have in listings.
        today: The day (UTC) of the check.
    """
    keys = (*photo.stored_keys, photo.sidecar_key)
    objects = sum(_object_fingerprint(key, photo.bytes) for key in keys)
    listings = sum(amount for _, amount in map(listing_entry, listed))
    yield photo.photo_id, -(objects + listings)
    for tag in photo.counted_tags:
        yield _TAG_PREFIX + tag, -1
    for counter in counters_of(photo):
        for key, amount in usage_entries(Usage(counter, 1, photo.bytes), today):
            yield key, -amount


def tag_of(key: str) -> str | None:
    """Return the tag that a key is for, None for any other key."""
    if key.startswith(_TAG_PREFIX) and not is_usage_key(key):
        return key.removeprefix(_TAG_PREFIX)
    return None


def is_usage_key(key: str) -> bool:
    """Return whether a key is for a usage counter."""
    return key.startswith(_USAGE_PREFIX)


def usage_counter_names(sorted_keys: Iterable[str]) -> Iterator[str]:
    """Yield the usage counters that the keys are for, each once."""
    usage_keys = filter(is_usage_key, sorted_keys)
    names = (key.removeprefix(_USAGE_PREFIX).rpartition(" ")[0] for key in usage_keys)
    return (name for name, _ in groupby(names))


def _object_fingerprint(key: str, size: int) -> int:
    """Return the fingerprint of an object; only an original's size is in the record."""
    return fingerprint((key, size) if object_keys.is_original(key) else key)
