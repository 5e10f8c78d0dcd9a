"""Read and write the entries of the listings, except those of search terms.

An entry is an item `(listing, position)`. In the gallery, in the other listings of a state and in
ordered listings it has the summary of the photo, so a page reads nothing else. In the listings of a
tag, a contributor or a file it has no summary, so that a new title changes few entries. Their pages
read the records.

Earlier versions wrote all entries to the first partition, with a summary. Pages show these photos
as well, and `repair` rewrites the entries.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import chain

from app.domain.catalog_diff import CatalogDiff
from app.domain.pages import MAX_RANKED, Neighbors, Page, Rank, RecordPage, build_page_of
from app.domain.photo import Photo
from app.domain.photo_ids import just_after
from app.domain.photo_summary import PhotoSummary
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_cursor import Cursor
from app.storage.aws.dynamodb_partitions import has_summaries, partitions_of
from app.storage.aws.listings import entry_items
from app.storage.aws.listings.partition_reader import PartitionReader
from app.storage.aws.listings.posting_items import is_posting
from app.storage.aws.parallel_calls import ParallelCalls


class Listings:
    """The entries in the listings table, and the records of `photos_table`."""

    def __init__(
        self, dynamodb: DynamoClient, table: str, photos_table: str, parallel: ParallelCalls
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._photos_table = photos_table
        self._reader = PartitionReader(dynamodb, table, parallel)

    def page(self, listing: str, limit: int, cursor: Cursor, *, consistent: bool = True) -> Page:
        """Return one page: a Query in each partition, and a BatchGetItem if entries are ids."""
        found = self._reader.nearest(listing, limit + 1, cursor, consistent=consistent)
        photo_ids = list(found)
        shown = photo_ids[:limit]
        if has_summaries(listing):
            summaries = [PhotoSummary.from_dict(found[photo_id]) for photo_id in shown]
        else:
            photos = self._photos(listing, shown, consistent=consistent)
            summaries = [photo.summary for photo in photos]
        return build_page_of(photo_ids, summaries, limit, cursor.before, cursor.after)

    def find_photo(self, listing: str, photo_id: str) -> tuple[Photo, Neighbors] | None:
        """Return a photo of a listing whose entries are ids, and the photos next to it.

        One read unit is about 75 ids, so the ids that tell the rank seldom cost more than one id of
        each partition. If there are too many older photos for a rank, one newer id is read.
        """
        read = partial(self._reader.nearest, listing, consistent=False)
        found = [*read(MAX_RANKED + 1, Cursor(before=just_after(photo_id)))]
        if photo_id not in found[:1]:
            return None
        older = found[1:]
        most = MAX_RANKED if len(older) < MAX_RANKED else 1
        newer = [*read(most, Cursor(after=photo_id))]
        shown = [photo_id, *newer[:1], *older[:1]]
        photos = {photo.photo_id: photo for photo in self._photos(listing, shown, consistent=True)}
        if photo_id not in photos:
            return None
        nearest = [photo.summary for photo in photos.values()]
        rank = Rank.of(len(newer), len(older))
        return photos[photo_id], Neighbors.around(photo_id, nearest, rank)

    def _photos(self, listing: str, photo_ids: Sequence[str], *, consistent: bool) -> list[Photo]:
        """Return the records, without those of photos that have left the listing since."""
        photos = self.read_photos(photo_ids, consistent=consistent)
        return _still_in(listing, photo_ids, photos)

    def newest_photos(
        self, listings: Sequence[str], limit: int, cursor: Cursor
    ) -> dict[str, RecordPage]:
        """Return photos of listings, with a Query in each partition.

        A partition that has more than its share is read again, and a BatchGetItem for each 100
        photos follows.
        """
        found = self._nearest_ids(listings, limit + 1, cursor)
        shown = {name: photo_ids[:limit] for name, photo_ids in found.items()}
        photos = self.read_photos({*chain.from_iterable(shown.values())}, consistent=True)
        return {
            name: RecordPage.of(found[name], _still_in(name, photo_ids, photos), limit)
            for name, photo_ids in shown.items()
        }

    def _nearest_ids(
        self, listings: Sequence[str], limit: int, cursor: Cursor
    ) -> dict[str, list[str]]:
        """Return the ids next to the cursor. Listings of one partition are read in parallel."""
        small = [name for name in listings if len(partitions_of(name)) == 1]
        parts = self._reader.read(small, limit, cursor, consistent=True) if small else {}
        found: dict[str, list[str]] = {}
        for name, part in parts.items():
            found[name] = [item["position"] for item in part]
        for name in listings:
            if name not in found:
                nearest = self._reader.nearest(name, limit, cursor, consistent=True)
                found[name] = [*nearest]
        return found

    def read_photos(self, photo_ids: Iterable[str], *, consistent: bool) -> dict[str, Photo]:
        """Return those of the records that exist, by id."""
        keys = map(items.record_key, photo_ids)
        found = self._dynamodb.get_items(self._photos_table, keys, consistent=consistent)
        return {item["photo_id"]: Photo.from_dict(item) for item in found}

    def updates(self, photo: Photo, change: CatalogDiff) -> list[items.Write]:
        """Return the writes of the transaction that changes a photo."""
        changed = [key for key in change.changed if has_summaries(key.listing)]
        keys = (*change.listed, *change.unlisted, *changed)
        stored = [key for key in keys if not is_posting(key.listing)]
        return entry_items.writes(self._table, photo, stored)


def _still_in(listing: str, photo_ids: Iterable[str], photos: Mapping[str, Photo]) -> list[Photo]:
    """Return the photos in the order of the ids, without those that have left the listing since."""
    in_order = [photos[photo_id] for photo_id in photo_ids if photo_id in photos]
    return [photo for photo in in_order if listing in photo.page_listings]
