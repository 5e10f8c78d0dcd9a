"""The partitions of the listings.

One partition takes 1 000 write units a second, so the entries of listings that may contain every
photo are in several partitions, by a hash of the photo id. A page merges them.
"""

from collections.abc import Sequence
from zlib import crc32

from app.domain import object_keys
from app.domain.listings.archive import UNDATED_LISTING, YEAR_LISTING_PREFIX
from app.domain.listings.entries import EntryKey
from app.storage.aws import dynamodb_items as items

PARTITIONS = 4  # of each listing that may contain every photo
SEPARATOR = "/"  # in no listing: a tag has no slashes
_OF_IDS = (
    object_keys.tag_listing(""),
    object_keys.owner_listing(""),
    object_keys.pending_listing(""),
    object_keys.duplicates_listing(""),
    object_keys.term_listing(""),
    UNDATED_LISTING,
)
_LARGE = frozenset({object_keys.PUBLIC_LISTING, UNDATED_LISTING})
_LARGE_PREFIXES = (object_keys.tag_listing(""), YEAR_LISTING_PREFIX)


def has_summaries(listing: str) -> bool:
    """Return whether the entries of the listing have the summaries of their photos."""
    return not listing.startswith(_OF_IDS)


def _may_contain_every_photo(listing: str) -> bool:
    return listing in _LARGE or listing.startswith(_LARGE_PREFIXES)


def partitions_of(listing: str) -> Sequence[str]:
    """Return the partitions that have the entries of the listing."""
    if not _may_contain_every_photo(listing):
        return (listing,)
    return (listing, *(f"{listing}{SEPARATOR}{number}" for number in range(1, PARTITIONS)))


def partition_of(listing: str, photo_id: str) -> str:
    """Return the partition of the photo's entry in `listing`.

    The listing `public/0` is that of the entries of earlier versions.
    """
    first, separator, number = listing.partition(SEPARATOR)
    if separator:
        return first if number == "0" else listing
    partitions = partitions_of(listing)
    return partitions[crc32(photo_id.encode()) % len(partitions)]


def item_key(key: EntryKey) -> items.Item:
    """Return the key of the item of an entry."""
    return items.entry_key(partition_of(key.listing, key.photo_id), key.position)


def possible_item_keys(key: EntryKey) -> list[items.Item]:
    """Return the keys that the item of an entry may have, in this version and earlier ones."""
    partitions = {partition_of(key.listing, key.photo_id), key.listing}
    return [items.entry_key(partition, key.position) for partition in sorted(partitions)]
