"""Read and write the entries of the listings, except those of search terms.

An entry is an item `(listing, photo id)`. In the gallery, and in the other listings of a state, it
has the summary of the photo, so a page reads nothing else. In the listings of a tag, a contributor
or a file it has no summary, so that a new title changes one entry. Their pages read the records.

One partition takes 1 000 write units a second, so the entries of listings that may contain every
photo are in several partitions, by a hash of the photo id. A page merges them.

Earlier versions wrote all entries to the first partition, with a summary. Pages show these photos
as well, and `repair` rewrites the entries.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any
from zlib import crc32

from app.domain import object_keys
from app.domain.catalog_diff import CatalogDiff
from app.domain.pages import MAX_RANKED, Neighbors, Page, Rank, build_page_of
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary
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
_OF_IDS = (
    object_keys.tag_listing(""),
    object_keys.owner_listing(""),
    object_keys.duplicates_listing(""),
    object_keys.term_listing(""),
)


class Listings:
    """The entries in the listings table, and the records of `photos_table`."""

    def __init__(
        self, dynamodb: DynamoClient, table: str, photos_table: str, parallel: ParallelCalls
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._photos_table = photos_table
        self._parallel = parallel

    def page(self, listing: str, limit: int, cursor: Cursor, *, consistent: bool = True) -> Page:
        """Return one page: a Query in each partition, and a BatchGetItem if entries are ids."""
        found = self._nearest(partitions_of(listing), limit + 1, cursor, consistent=consistent)
        photo_ids = list(found)
        shown = photo_ids[:limit]
        if has_summaries(listing):
            summaries = [PhotoSummary.from_dict(found[photo_id]) for photo_id in shown]
        else:
            summaries = self._read_summaries(listing, shown, consistent=consistent)
        return build_page_of(photo_ids, summaries, limit, cursor.before, cursor.after)

    def neighbors(self, listing: str, photo_id: str) -> Neighbors:
        """Return the photos next to a photo of a listing whose entries are ids.

        One read unit is about 75 ids, so the ids that tell the rank seldom cost more than one id of
        each partition. If there are too many older photos for a rank, one newer id is read.
        """
        read = partial(self._nearest, partitions_of(listing), consistent=False)
        older = [*read(MAX_RANKED, Cursor(before=photo_id))]
        most = MAX_RANKED if len(older) < MAX_RANKED else 1
        newer = [*read(most, Cursor(after=photo_id))]
        nearest = self._read_summaries(listing, newer[:1] + older[:1], consistent=False)
        return Neighbors.around(photo_id, nearest, Rank.of(len(newer), len(older)))

    def _nearest(
        self, partitions: Sequence[str], limit: int, cursor: Cursor, *, consistent: bool
    ) -> dict[str, items.Item]:
        """Return the entries next to the cursor by photo id, nearest first.

        One in 200 pages has more than half of its photos in one of four partitions, so the first
        read is of half of them in each. A partition that may have more is read again.
        """
        share = limit if len(partitions) == 1 else limit // 2 + 1
        parts = self._read(partitions, share, cursor, consistent=consistent)
        found = _merge(parts.values(), limit, cursor)
        crowded = [
            partition
            for partition, part in parts.items()
            if len(part) == share < limit and part[-1]["position"] in found
        ]
        if not crowded:
            return found
        parts |= self._read(crowded, limit, cursor, consistent=consistent)
        return _merge(parts.values(), limit, cursor)

    def _read(
        self, partitions: Sequence[str], limit: int, cursor: Cursor, *, consistent: bool
    ) -> dict[str, list[items.Item]]:
        """Return the entries next to the cursor in each partition, with a Query in each."""

        def read(partition: str) -> list[items.Item]:
            return self._dynamodb.query(
                limit,
                consistent=consistent,
                TableName=self._table,
                KeyConditionExpression=cursor.condition(partition),
                ScanIndexForward=cursor.is_forward,
            )

        return dict(zip(partitions, self._parallel.map(read, partitions), strict=True))

    def _read_summaries(
        self, listing: str, photo_ids: Sequence[str], *, consistent: bool
    ) -> list[PhotoSummary]:
        """Return the summaries in the records, without photos that have left the listing since."""
        photos = self._read_photos(photo_ids, consistent=consistent)
        return [photo.summary for photo in _still_in(listing, photo_ids, photos)]

    def newest_photos(
        self, listings: Sequence[str], limit: int, cursor: Cursor
    ) -> dict[str, list[Photo]]:
        """Return photos of listings that are in one partition each, with a Query in each.

        A BatchGetItem for each 100 photos follows.
        """
        parts = self._read(listings, limit, cursor, consistent=True)
        found = {name: [item["position"] for item in part] for name, part in parts.items()}
        photos = self._read_photos({*chain.from_iterable(found.values())}, consistent=True)
        return {name: _still_in(name, photo_ids, photos) for name, photo_ids in found.items()}

    def _read_photos(self, photo_ids: Iterable[str], *, consistent: bool) -> dict[str, Photo]:
        keys = map(items.record_key, photo_ids)
        found = self._dynamodb.get_items(self._photos_table, keys, consistent=consistent)
        return {item["photo_id"]: Photo.from_dict(item) for item in found}

    def updates(self, photo: Photo, change: CatalogDiff) -> list[items.Write]:
        """Return the writes of the transaction that changes a photo."""
        changed = filter(has_summaries, change.changed)
        listings = (*change.listed, *change.unlisted, *changed)
        in_transaction = [listing for listing in listings if not is_posting(listing)]
        return self.writes(photo.photo_id, photo, in_transaction)

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
            summary = photo.summary if has_summaries(listing) else None
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


def _still_in(listing: str, photo_ids: Iterable[str], photos: Mapping[str, Photo]) -> list[Photo]:
    """Return the photos in the order of the ids, without those that have left the listing since."""
    in_order = [photos[photo_id] for photo_id in photo_ids if photo_id in photos]
    return [photo for photo in in_order if listing in photo.page_listings]


def stored_listings(photo: Photo) -> frozenset[str]:
    """Return the listings that have an entry: all but the beginnings of words."""
    return frozenset(name for name in photo.listings if not is_prefix_listing(name))


def _merge(
    parts: Iterable[Sequence[items.Item]], limit: int, cursor: Cursor
) -> dict[str, items.Item]:
    """Return the first entries of all partitions by photo id, nearest first."""
    # An entry in the partition of its hash replaces one that an earlier version wrote.
    found = {item["position"]: item for part in parts for item in part}
    nearest = sorted(found, reverse=not cursor.is_forward)[:limit]
    return {position: found[position] for position in nearest}


def has_summaries(listing: str) -> bool:
    """Return whether the entries of the listing have the summaries of their photos."""
    return not listing.startswith(_OF_IDS)


def _may_contain_every_photo(listing: str) -> bool:
    return listing == object_keys.PUBLIC_LISTING or listing.startswith(object_keys.tag_listing(""))


def partitions_of(listing: str) -> Sequence[str]:
    """Return the partitions that have the entries of the listing."""
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
    partitions = partitions_of(listing)
    return partitions[crc32(photo_id.encode()) % len(partitions)]


def _keys(listing: str, photo_id: str) -> list[items.Item]:
    """Return the keys that the photo's entry may have, in this version and earlier ones."""
    partitions = {_partition(listing, photo_id), listing}
    return [items.entry_key(partition, photo_id) for partition in sorted(partitions)]


def _item(listing: str, photo: Photo) -> items.Item:
    key = items.entry_key(_partition(listing, photo.photo_id), photo.photo_id)
    if has_summaries(listing):
        return key | items.to_item(photo.summary.to_dict())
    return key


def _entry(item: Any) -> ListingEntry:
    """Return the entry of an item. In a wrong partition, it is in a listing of no photo."""
    partition, photo_id = item["listing"], item["position"]
    first, _, number = partition.partition(_SEPARATOR)
    listing = first if _partition(first, photo_id) == partition else f"{first}/{number or 0}"
    has_summary = "photo_id" in item and not is_posting(listing)
    summary = PhotoSummary.from_dict(item) if has_summary else None
    return ListingEntry(listing, photo_id, summary)
