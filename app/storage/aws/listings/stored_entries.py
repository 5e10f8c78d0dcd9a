"""Read and correct the entries of all listings, in both of their tables, for `check` and `repair`.

The entries of search terms are words of postings. The other entries are items of their own.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from app.domain.errors import EditConflict
from app.domain.listings.entries import EntryKey, ListingEntry
from app.domain.photo import Photo
from app.domain.photo_ids import is_photo_id
from app.storage.aws import dynamodb_items as items
from app.storage.aws.albums.album_items import is_album
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_partitions import SEPARATOR, has_summaries, item_key
from app.storage.aws.listings import entry_items, posting_items
from app.storage.aws.listings.posting_items import is_posting
from app.storage.aws.table_names import TableNames

# Partitions of the listings table that are no listings start with this.
_INTERNAL = "#"


class StoredEntries:
    """The entries in the listings table and in the postings table."""

    def __init__(self, dynamodb: DynamoClient, tables: TableNames) -> None:
        self._dynamodb = dynamodb
        self._tables = tables

    def all(self) -> Iterator[ListingEntry]:
        """Yield every entry, with a Scan of each table."""
        for item in self._dynamodb.scan(TableName=self._tables.listings):
            if not (item["listing"].startswith(_INTERNAL) or is_album(item)):
                yield entry_items.entry_of(item)
        for item in self._dynamodb.scan(TableName=self._tables.postings):
            yield from _entries_of_posting(item)

    def of(self, photo: Photo) -> Iterator[ListingEntry]:
        """Yield the entries that the photo should have."""
        for key in entry_items.stored_keys(photo):
            yield ListingEntry(key, photo.summary if has_summaries(key.listing) else None)

    def find(self, keys: Iterable[EntryKey]) -> Iterator[ListingEntry]:
        """Yield the entries with these keys, with one BatchGetItem for each 100 in a table."""
        wanted = frozenset(keys)
        stored = {tuple(item_key(key).values()): item_key(key) for key in _of_listings(wanted)}
        places = set(map(posting_items.place_of, _of_postings(wanted)))
        found = [
            entry_items.entry_of(item)
            for item in self._dynamodb.get_items(self._tables.listings, stored.values())
        ]
        postings = [posting_items.key_of(*place) for place in places]
        for item in self._dynamodb.get_items(self._tables.postings, postings):
            found += _entries_of_posting(item)
        yield from (entry for entry in found if entry.key in wanted)

    def sync(self, photo_id: str, photo: Photo | None, keys: Iterable[EntryKey]) -> None:
        """Write the photo's entries again, 99 items per transaction. Raises EditConflict."""
        if photo is None:
            condition = items.attribute_not_exists("photo_id")
        else:
            condition = items.equals("version", photo.version)
        unchanged = items.condition_check(
            self._tables.photos, items.record_key(photo_id), condition
        )
        remaining = iter(self._writes(photo, list(keys)))
        while batch := list(islice(remaining, items.MAX_TRANSACTION_ITEMS - 1)):
            if self._dynamodb.transact_write([unchanged, *batch]):
                raise EditConflict(photo_id)

    def _writes(self, photo: Photo | None, keys: Sequence[EntryKey]) -> list[items.Write]:
        stored, postings = _of_listings(keys), _of_postings(keys)
        return [
            *entry_items.writes(self._tables.listings, photo, stored),
            *posting_items.writes(self._tables.postings, photo, postings),
        ]


def _of_postings(keys: Iterable[EntryKey]) -> list[EntryKey]:
    """Return the keys of words of postings. Their positions are the ids of photos."""
    return [key for key in keys if is_posting(key.listing) and is_photo_id(key.photo_id)]


def _of_listings(keys: Iterable[EntryKey]) -> list[EntryKey]:
    """Return the keys of items of the listings table.

    An entry of a search term in a listing of no photo may be there too: earlier versions kept
    postings there.
    """
    return [key for key in keys if SEPARATOR in key.listing or not is_posting(key.listing)]


def _entries_of_posting(item: items.Item) -> Iterator[ListingEntry]:
    return (ListingEntry(key, None) for key in posting_items.entries_in(item))
