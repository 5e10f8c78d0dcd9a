"""Keep the catalog in three DynamoDB tables: see `app/storage/aws/table_names.py`."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from app.domain import object_keys
from app.domain.catalog_diff import CatalogDiff, diff
from app.domain.errors import AlreadyPublished, EditConflict, PhotoNotFound, StorageUnavailable
from app.domain.listings.entries import EntryKey, ListingEntry
from app.domain.pages import Neighbors, Page, RecordPage, SearchPage
from app.domain.photo import Photo
from app.domain.photo_ids import MIN_ID
from app.domain.photo_summary import PhotoState
from app.domain.search_terms import SearchQuery
from app.domain.tags import TagCount, TagPage
from app.domain.usage import KeyRange, Usage
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_after_commit import AfterCommit
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_counters import DynamoCounters
from app.storage.aws.dynamodb_cursor import NEWEST, Cursor
from app.storage.aws.dynamodb_listings import Listings
from app.storage.aws.dynamodb_search import search, search_neighbors
from app.storage.aws.listings import entry_items, posting_items
from app.storage.aws.listings.search_index import SearchIndex
from app.storage.aws.listings.stored_entries import StoredEntries
from app.storage.aws.parallel_calls import ParallelCalls
from app.storage.aws.recent_pages import RecentPages
from app.storage.aws.table_names import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoCatalog:
    """Implement Catalog. Any number of instances may share the tables.

    Args:
        client: A client that takes and returns native Python values (see client_factory).
        table: The name of the photos table.
        retry_pauses: Seconds before each further attempt of a canceled transaction.
    """

    def __init__(
        self, client: "DynamoDBClient", table: str, *, retry_pauses: Sequence[float] = ()
    ) -> None:
        self._dynamodb = DynamoClient(client, retry_pauses)
        self._tables = tables = TableNames.of(table)
        self._table, self._listings_table, _ = tables
        self._entries = StoredEntries(self._dynamodb, tables)
        parallel = ParallelCalls()
        self._listings = Listings(self._dynamodb, self._listings_table, table, parallel)
        self._recent_pages = RecentPages(
            partial(self._listings.page, cursor=NEWEST, consistent=False)
        )
        self._search_index = SearchIndex(self._dynamodb, tables, parallel)
        self._counters = DynamoCounters(self._dynamodb, self._listings_table, parallel)
        self._after_commit = AfterCommit(
            self._recent_pages, self._counters, self._search_index, parallel
        )

    def publish(self, photo: Photo) -> None:
        """Write the photo in one transaction, then count and index it. Raises AlreadyPublished."""
        change = diff(None, photo)
        key_claim = items.key_claim(self._listings_table, photo)
        writes = [self._new_record(photo), key_claim, *self._listings.updates(photo, change)]
        failed = self._commit(photo, writes)
        if 1 in failed:
            raise AlreadyPublished(self._photo_for_key(photo.idempotency_key))
        if 0 in failed:
            raise AlreadyPublished(photo.photo_id)
        self._after_commit.run(None, photo, change)

    def get(self, photo_id: str) -> Photo:
        """Return the record with one GetItem. Raises PhotoNotFound."""
        item = self._dynamodb.get_item(self._table, items.record_key(photo_id))
        if item is None:
            raise PhotoNotFound(photo_id)
        return Photo.from_dict(item)

    def get_all(self, photo_ids: Sequence[str]) -> list[Photo]:
        """Return those of the records that exist, with one BatchGetItem for each 100 ids."""
        return list(self._listings.read_photos(photo_ids, consistent=True).values())

    def page(
        self,
        listing: str,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
        max_age: float = 0.0,
    ) -> Page:
        """Return one page with a Query in each partition. `before` wins over `after`."""
        cursor = Cursor(before, after)
        if max_age and cursor == NEWEST:
            return self._recent_pages.page(listing, limit, max_age)
        return self._listings.page(listing, limit, cursor, consistent=not max_age)

    def newest_photos(
        self, listings: Sequence[str], limit: int, *, before: str | None = None
    ) -> dict[str, RecordPage]:
        """Return photos: a Query in each partition, and a BatchGetItem for each 100 photos."""
        return self._listings.newest_photos(listings, limit, Cursor(before))

    def search(
        self, query: SearchQuery, limit: int, *, before: str | None = None, after: str | None = None
    ) -> SearchPage:
        """Return one page of the photos with every term of `query`, with at most 24 calls."""
        return search(self._search_index, query, limit, before=before, after=after)

    def find_in_listing(self, listing: str, photo_id: str) -> tuple[Photo, Neighbors] | None:
        """Return a photo and its neighbors: two Queries in each partition and a BatchGetItem."""
        return self._listings.find_photo(listing, photo_id)

    def search_neighbors(self, query: SearchQuery, photo_id: str) -> Neighbors:
        """Return the photos next to a photo of a search, with at most 24 calls for each."""
        return search_neighbors(self._search_index, query, photo_id)

    def update(self, before: Photo, after: Photo) -> None:
        """Replace the photo in one transaction, then count and index it. Raises EditConflict."""
        change = diff(before, after)
        unchanged = items.equals("version", before.version)
        record = items.put(self._table, items.to_item(after.to_dict()), unchanged)
        if not self._write_photo(record, after, change):
            raise EditConflict(before.photo_id)
        self._after_commit.run(before, after, change)

    def most_used_tags(self, limit: int) -> tuple[TagCount, ...]:
        """Return tags of public photos, most used first: one Query in each partition of counts."""
        return self._counters.tags.most_used(limit)

    def tags(self, start: str, limit: int) -> TagPage:
        """Return tags of public photos by name, with one Query in each partition of counts."""
        return self._counters.tags.page(start, limit)

    def tag_counts(self) -> Iterator[TagCount]:
        """Yield the tags of public photos, sorted, with one Query for each megabyte."""
        return self._counters.tags.all()

    def usage(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """Return the counters in `span` that are not empty, descending: one call a partition."""
        return self._counters.usage.span(span, limit)

    def expired(self, now: int) -> Iterator[Photo]:
        """Yield the trashed photos that expired before `now`, with a Scan.

        DynamoDB's TTL deletes the same records, but up to days later.
        """
        has_expired = Attr("state").eq(PhotoState.TRASHED.value) & Attr("expires_at").lt(now)
        found = self._dynamodb.scan(TableName=self._table, FilterExpression=has_expired)
        return map(Photo.from_dict, found)

    def delete(self, photo: Photo) -> None:
        """Delete a trashed photo in one transaction. Raises EditConflict."""
        unchanged = items.equals("version", photo.version)
        record = items.delete(self._table, items.record_key(photo.photo_id), unchanged)
        listings = entry_items.writes(self._listings_table, None, photo.entry_keys)
        if self._dynamodb.transact_write([record, *listings]):
            raise EditConflict(photo.photo_id)
        self._after_commit.uncount(photo)

    def import_photo(self, photo: Photo) -> None:
        """Write an existing photo again, in any state. Raises AlreadyPublished."""
        change = diff(None, photo)
        if not self._write_photo(self._new_record(photo), photo, change):
            raise AlreadyPublished(photo.photo_id)
        self._after_commit.run(None, photo, change)

    def sync_listings(self, photo_id: str, photo: Photo | None, keys: Iterable[EntryKey]) -> None:
        """Write the photo's entries again, 99 items per transaction. Raises EditConflict."""
        self._entries.sync(photo_id, photo, keys)

    def compare_and_set_tag_count(self, tag: str, shown: int, photos: int) -> bool:
        """Set the count of `tag` if it is still `shown`. A negative count is shown as 0."""
        return self._counters.tags.compare_and_set(tag, shown, photos)

    def usage_counters(self) -> Iterator[Usage]:
        """Yield every usage counter, with one Query for each megabyte."""
        return self._counters.usage.all()

    def compare_and_set_usage(self, shown: Usage, real: Usage) -> bool:
        """Set a usage counter if it is still `shown`, which may be negative."""
        return self._counters.usage.compare_and_set(shown, real)

    def has_photos(self) -> bool:
        """Return whether there is a record, with a Scan of one."""
        return any(True for _ in self._dynamodb.scan(TableName=self._table, Limit=1))

    def photos(self) -> Iterator[Photo]:
        """Yield every record, with a Scan."""
        return map(Photo.from_dict, self._dynamodb.scan(TableName=self._table))

    def listings(self) -> Iterator[ListingEntry]:
        """Yield every entry of every listing, with a Scan of two tables."""
        return self._entries.all()

    def entries_of(self, photo: Photo) -> Iterator[ListingEntry]:
        """Yield the entries that the photo should have."""
        return self._entries.of(photo)

    def find_entries(self, keys: Iterable[EntryKey]) -> Iterator[ListingEntry]:
        """Yield the entries that have these keys, with one BatchGetItem for each 100."""
        return self._entries.find(keys)

    def ping(self) -> None:
        """Read one item of each table. Raises StorageError."""
        self._dynamodb.get_item(self._table, items.record_key("#ping"))
        entry = items.entry_key(object_keys.PUBLIC_LISTING, "#ping")
        self._dynamodb.get_item(self._listings_table, entry)
        self._dynamodb.get_item(self._tables.postings, posting_items.key_of("#", MIN_ID))

    def _write_photo(self, record: items.Write, photo: Photo, change: CatalogDiff) -> bool:
        """Write the record and its listings. Return False if the record has changed."""
        writes = [record, *self._listings.updates(photo, change)]
        key_writes = items.key_writes(self._listings_table, photo, change)
        failed = self._commit(photo, [*writes, *key_writes])
        if failed and 0 not in failed:
            # Another photo was made with the same idempotency key since, and keeps it.
            failed = self._commit(photo, writes)
        return not failed

    def _commit(self, photo: Photo, writes: Sequence[items.Write]) -> set[int]:
        """Apply all writes or none. After a lost response, the record tells which."""
        try:
            return self._dynamodb.transact_write(writes)
        except StorageUnavailable:
            item = self._dynamodb.get_item(self._table, items.record_key(photo.photo_id))
            if item is None or Photo.from_dict(item) != photo:
                raise
            return set()

    def _new_record(self, photo: Photo) -> items.Write:
        is_new = items.attribute_not_exists("photo_id")
        return items.put(self._table, items.to_item(photo.to_dict()), is_new)

    def _photo_for_key(self, idempotency_key: str) -> str:
        item = self._dynamodb.get_item(self._listings_table, items.idempotency_key(idempotency_key))
        if item is None:
            raise StorageUnavailable("The photo of this upload is being deleted. Try again.")
        return str(item["photo_id"])
