"""Convert between the entries of a photo and the items of the listings table."""

from collections.abc import Iterable
from typing import Any

from app.domain.listings.entries import EntryKey, ListingEntry
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_partitions import (
    SEPARATOR,
    has_summaries,
    item_key,
    partition_of,
    possible_item_keys,
)
from app.storage.aws.listings.posting_items import is_posting, is_prefix_listing


def stored_keys(photo: Photo) -> frozenset[EntryKey]:
    """Return the keys of the photo's entries: all but the beginnings of words."""
    return frozenset(key for key in photo.entry_keys if not is_prefix_listing(key.listing))


def writes(table: str, photo: Photo | None, keys: Iterable[EntryKey]) -> list[items.Write]:
    """Return the writes of a transaction that correct the photo's entries with these keys."""
    stored = stored_keys(photo) if photo else frozenset()
    found: dict[EntryKey, items.Write] = {}  # a transaction has one write for each item
    for key in keys:
        if photo and key in stored and not is_posting(key.listing):
            item = _item(key, photo)
            found[_key_of(item)] = items.put(table, item)
        else:
            for item in possible_item_keys(key):
                found.setdefault(_key_of(item), items.delete(table, item))
    return list(found.values())


def entry_of(item: Any) -> ListingEntry:
    """Return the entry of an item. In a wrong place, it is in a listing of no photo."""
    stored = _key_of(item)
    first, _, number = stored.listing.partition(SEPARATOR)
    is_in_partition = partition_of(first, stored.photo_id) == stored.listing
    is_in_place = is_in_partition and not is_posting(first)
    listing = first if is_in_place else f"{first}/{number or 0}"
    summary = PhotoSummary.from_dict(item) if "photo_id" in item else None
    return ListingEntry(EntryKey(listing, stored.position), summary)


def _item(key: EntryKey, photo: Photo) -> items.Item:
    if has_summaries(key.listing):
        return item_key(key) | items.to_item(photo.summary.to_dict())
    return item_key(key)


def _key_of(item: items.Item) -> EntryKey:
    return EntryKey(item["listing"], item["position"])
