"""Read and write the entries of the listings, except those of search terms.

An entry is an item `(listing, photo id)` with the summary of the photo. One partition takes 1 000
write units a second, so the entries of listings that may contain every photo are in several
partitions, by a hash of the photo id. A page merges them.

Earlier versions wrote all entries to the first partition. Pages show these entries as well, and
`repair` moves them.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zlib import crc32

from app.domain import object_keys
from app.domain.pages import Page, build_page
from app.domain.photo import Photo, PhotoSummary
from app.services.ports import ListingEntry
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_cursor import Cursor
from app.storage.aws.dynamodb_search_index import is_posting, is_prefix_listing
from app.storage.aws.parallel_calls import ParallelCalls

PARTITIONS = 4  # of each listing that may contain every photo
_SEPARATOR = "/"  # in no listing: a tag has no slashes
# Partitions of the listings table that are no listings start with this.
_INTERNAL = "#"


class Listings:
    """The entries in the listings table."""

    def __init__(self, dynamodb: DynamoClient, table: str, parallel: ParallelCalls) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._parallel = parallel

    def page(self, listing: str, limit: int, cursor: Cursor, *, consistent: bool = True) -> Page:
        """Return one page: a Query in each partition of the listing."""

        def read(partition: str) -> list[items.Item]:
            return self._dynamodb.query(
                limit + 1,
                consistent=consistent,
                TableName=self._table,
                KeyConditionExpression=cursor.condition(partition),
                ScanIndexForward=cursor.is_forward,
            )

        # An entry in the partition of its hash replaces one that an earlier version wrote.
        found = {
            item["position"]: item
            for part in self._parallel.map(read, _partitions(listing))
            for item in part
        }
        nearest = sorted(found, reverse=not cursor.is_forward)[: limit + 1]
        summaries = [PhotoSummary.from_dict(found[position]) for position in nearest]
        return build_page(summaries, limit, cursor.before, cursor.after)

    def writes(
        self, photo_id: str, photo: Photo | None, listings: Iterable[str]
    ) -> list[items.Write]:
        """Return the writes of a transaction that correct the photo's entries in `listings`."""
        stored = stored_listings(photo) if photo else frozenset()
        writes: dict[str, items.Write] = {}  # a transaction has one write for each item
        for listing in listings:
            if photo and listing in stored:
                item = _item(listing, photo)
                writes[item["listing"]] = items.put(self._table, item)
                continue
            for key in _keys(listing, photo_id):
                writes.setdefault(key["listing"], items.delete(self._table, key))
        return list(writes.values())

    def entries_of(self, photo: Photo) -> Iterator[ListingEntry]:
        """Yield the entries that the photo should have."""
        for listing in stored_listings(photo):
            summary = None if is_posting(listing) else photo.summary
            yield ListingEntry(listing, photo.photo_id, summary)

    def find(self, photo_id: str, listings: Iterable[str]) -> Iterator[ListingEntry]:
        """Yield the photo's entries in `listings`, with one BatchGetItem for each 100."""
        keys = [items.entry_key(_partition(listing, photo_id), photo_id) for listing in listings]
        return map(_entry, self._dynamodb.get_items(self._table, keys))

    def all(self) -> Iterator[ListingEntry]:
        """Yield every entry, with a Scan."""
        for item in self._dynamodb.scan(TableName=self._table):
            if not item["listing"].startswith(_INTERNAL):
                yield _entry(item)


def stored_listings(photo: Photo) -> frozenset[str]:
    """Return the listings that have an entry: all but the beginnings of words."""
    return frozenset(name for name in photo.listings if not is_prefix_listing(name))


def _may_contain_every_photo(listing: str) -> bool:
    return listing == object_keys.PUBLIC_LISTING or listing.startswith(object_keys.tag_listing(""))


def _partitions(listing: str) -> Sequence[str]:
    if not _may_contain_every_photo(listing):
        return (listing,)
    return (listing, *(f"{listing}{_SEPARATOR}{number}" for number in range(1, PARTITIONS)))


def _partition(listing: str, photo_id: str) -> str:
    """Return the partition of the photo's entry in `listing`.

    The listing `public/0` is that of the entries of earlier versions.
    """
    first, separator, number = listing.partition(_SEPARATOR)
    if separator:
        return first if number == "0" else listing
    partitions = _partitions(listing)
    return partitions[crc32(photo_id.encode()) % len(partitions)]


def _keys(listing: str, photo_id: str) -> list[items.Item]:
    """Return the keys that the photo's entry may have, in this version and earlier ones."""
    partitions = {_partition(listing, photo_id), listing}
    return [items.entry_key(partition, photo_id) for partition in sorted(partitions)]


def _item(listing: str, photo: Photo) -> items.Item:
    key = items.entry_key(_partition(listing, photo.photo_id), photo.photo_id)
    if is_posting(listing):
        return key
    return key | items.to_item(photo.summary.to_dict())


def _entry(item: Any) -> ListingEntry:
    """Return the entry of an item. In a wrong partition, it is in a listing of no photo."""
    partition, photo_id = item["listing"], item["position"]
    first, _, number = partition.partition(_SEPARATOR)
    listing = first if _partition(first, photo_id) == partition else f"{first}/{number or 0}"
    summary = None if is_posting(listing) else PhotoSummary.from_dict(item)
    return ListingEntry(listing, photo_id, summary)
