"""Keep albums in the listings table.

The record of an album is the item at `!` in the partition of the photos of the album, before all of
them, so that one Query reads the album and its first photos. An item of the partition `albums`, and
one of the partition of the owner's albums, has a copy, and so has the item at `!` of the partition
of its guest code, and one of the partition of the albums whose photos are to follow their links.
The covers of the public albums are entries of photos in the partition `albums`, where each is next
to its album.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from app.domain.albums.album import LISTING, Album, album_listing, owner_listing
from app.domain.albums.covers import covers_of
from app.domain.albums.guests import guest_listing
from app.domain.albums.link import PARTITION as SETTLING
from app.domain.albums.link import settle_listing, settle_position
from app.domain.albums.pages import AlbumList, AlbumPage
from app.domain.errors import AlbumConflict, AlbumNotFound
from app.domain.listings.entries import EVERY_POSITION, PositionRange
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary
from app.domain.usage import album_counter
from app.services.albums.catalog import AlbumEntry
from app.storage.aws import dynamodb_items as items
from app.storage.aws.albums.album_items import (
    RECORD,
    album_in,
    album_list,
    copy_key,
    copy_write,
    cover_among,
    entry_in,
    is_album,
    is_record,
    placed_photos,
    to_item,
)
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_items import Item, Write
from app.storage.aws.dynamodb_usage import photos_of
from app.storage.aws.table_names import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_MOST_COVERS = 2  # while a photo replaces another one as the cover
_MAX_QUERIES = 10  # for a page of the list of albums


class DynamoAlbums:
    """Implement AlbumCatalog in `<table>-listings`. Threads may share it.

    Args:
        client: A client that takes and returns native Python values (see client_factory).
        table: The name of the photos table.
        retry_pauses: See DynamoClient.
    """

    def __init__(
        self, client: "DynamoDBClient", table: str, retry_pauses: Sequence[float] = ()
    ) -> None:
        self._dynamodb = DynamoClient(client, retry_pauses)
        self._records = table
        self._table = TableNames.of(table).listings

    def create(self, album: Album) -> None:
        """Write the album and its copies in one transaction. Raises AlbumConflict."""
        is_new = items.attribute_not_exists("listing")
        self._commit(album, [self._record(album, is_new), *self._copies(album)])

    def get(self, album_id: str) -> Album:
        """Return the album with one GetItem. Raises AlbumNotFound."""
        item = self._dynamodb.get_item(self._table, _record_key(album_id))
        if item is None:
            raise AlbumNotFound(album_id)
        return album_in(item)

    def with_guest_code(self, code: str) -> Album:
        """Return the album with one GetItem of its copy. Raises AlbumNotFound."""
        item = self._dynamodb.get_item(self._table, copy_key(guest_listing(code), ""))
        if item is None:
            raise AlbumNotFound(code)
        return album_in(item)

    def update(self, before: Album, after: Album) -> None:
        """Replace the album and its copies in one transaction. Raises AlbumConflict."""
        unchanged = items.equals("version", before.version)
        left = set(before.listings) - set(after.listings)
        removed = [self._removal(listing, after.album_id) for listing in sorted(left)]
        self._commit(after, [self._record(after, unchanged), *self._copies(after), *removed])

    def delete(self, album: Album) -> None:
        """Delete the album and its copies in one transaction. Raises AlbumConflict."""
        unchanged = items.equals("version", album.version)
        record = items.delete(self._table, _record_key(album.album_id), unchanged)
        copies = [self._removal(listing, album.album_id) for listing in album.listings]
        self._commit(album, [record, *copies])

    def page(
        self, album_id: str, limit: int, *, before: str | None = None, after: str | None = None
    ) -> AlbumPage:
        """Return one page with one Query. Pages after the first one also get the record."""
        if before is None and after is None:
            return self._first_page(album_id, limit)
        album = self.get(album_id)
        span = EVERY_POSITION.next_to(before, after)
        found = []
        if not span.is_empty:  # DynamoDB refuses it
            found = self._query(album_listing(album_id), span, limit + 1, is_forward=not before)
        photos = placed_photos(found)
        return AlbumPage.of(album, None, photos, limit, before=before, after=after)

    def _first_page(self, album_id: str, limit: int) -> AlbumPage:
        listing = album_listing(album_id)
        most = 1 + _MOST_COVERS + limit + 1
        span = PositionRange(first=RECORD)
        record, *entries = self._query(listing, span, most, is_forward=True) or [{}]
        if not is_album(record):
            raise AlbumNotFound(album_id)
        photos = placed_photos(entries)
        if len(photos) <= limit and 1 + len(entries) == most:  # there are covers of earlier times
            found = self._query(listing, EVERY_POSITION, limit + 1, is_forward=True)
            photos = placed_photos(found)
        cover = cover_among(entries)
        return AlbumPage.of(album_in(record), cover, photos, limit, before=None, after=None)

    def last_position(self, album_id: str) -> str | None:
        """Return the position of the last public photo with one Query."""
        found = self._query(album_listing(album_id), EVERY_POSITION, 1)
        return found[0]["position"] if found else None

    def public(self, limit: int, *, before: str | None = None) -> AlbumList:
        """Return public albums and their covers with one Query.

        Covers without an album, which `repair` deletes, may make further ones necessary.
        """
        most = 2 * limit + 2
        found: list[Item] = []
        for _ in range(_MAX_QUERIES):
            part = self._query(LISTING, EVERY_POSITION.next_to(before, None), most)
            found += part
            if len(part) < most or sum(map(is_album, found)) > limit:
                break
            before = str(part[-1]["position"])
        return album_list(found, limit)

    def oldest_public(self) -> str | None:
        """Return the id of the first item in the list of albums with one Query."""
        found = self._query(LISTING, EVERY_POSITION, 1, is_forward=True)
        return str(found[0]["position"]).partition("-")[0] if found else None

    def owned(self, owner: str, limit: int, *, before: str | None = None) -> AlbumList:
        """Return a contributor's albums with one Query."""
        span = EVERY_POSITION.next_to(before, None)
        return album_list(self._query(owner_listing(owner), span, limit + 1), limit)

    def to_settle(self, now: datetime, limit: int) -> list[Album]:
        """Return the albums whose time has come with one Query."""
        span = PositionRange(last=settle_position(settle_listing(now), "~"))
        return list(map(album_in, self._query(SETTLING, span, limit, is_forward=True)))

    def covers(self, albums: Sequence[Album]) -> Mapping[str, PhotoSummary]:
        """Return the covers that are public with one BatchGetItem of their records."""
        photo_ids = dict.fromkeys(album.cover for album in albums if album.cover)
        found = self._dynamodb.get_items(self._records, map(items.record_key, photo_ids))
        return covers_of(albums, map(Photo.from_dict, found))

    def counts(self, album_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the numbers of photos with one BatchGetItem for each 25 albums."""
        counters = {album_counter(album_id): album_id for album_id in album_ids}
        photos = photos_of(self._dynamodb, self._table, counters)
        return {counters[counter]: count for counter, count in photos.items()}

    def all(self) -> Iterator[Album]:
        """Yield every album, with a Scan."""
        for item in self._dynamodb.scan(TableName=self._table):
            if is_record(item):
                yield album_in(item)

    def entries(self) -> Iterator[AlbumEntry]:
        """Yield every record and every copy, with a Scan."""
        for item in self._dynamodb.scan(TableName=self._table):
            if is_album(item):
                yield entry_in(item)

    def find_copies(self, album_id: str, listings: Iterable[str]) -> Iterator[AlbumEntry]:
        """Yield the copies in these lists, with one BatchGetItem for each 100."""
        keys = [copy_key(listing, album_id) for listing in listings]
        for item in self._dynamodb.get_items(self._table, keys):
            yield entry_in(item)

    def sync_copies(self, album_id: str, album: Album | None, listings: Iterable[str]) -> None:
        """Write or delete the copies in one transaction. Raises AlbumConflict."""
        unchanged = (
            items.equals("version", album.version)
            if album
            else items.attribute_not_exists("listing")
        )
        check = items.condition_check(self._table, _record_key(album_id), unchanged)
        expected = album.listings if album else ()
        removed = sorted(set(listings) - set(expected))
        removals = [self._removal(listing, album_id) for listing in removed]
        copies = self._copies(album) if album else []
        if self._dynamodb.transact_write([check, *copies, *removals]):
            raise AlbumConflict(album_id)

    def _query(
        self, listing: str, span: PositionRange, limit: int, *, is_forward: bool = False
    ) -> list[Item]:
        positions = Key("position").between(span.first, span.last)
        condition = Key("listing").eq(listing) & positions
        return self._dynamodb.query(
            limit,
            TableName=self._table,
            KeyConditionExpression=condition,
            ScanIndexForward=is_forward,
        )

    def _record(self, album: Album, condition: items.Condition) -> Write:
        item = to_item(album, album_listing(album.album_id), RECORD)
        return items.put(self._table, item, condition)

    def _copies(self, album: Album) -> list[Write]:
        return [copy_write(self._table, album, listing) for listing in album.listings]

    def _removal(self, listing: str, album_id: str) -> Write:
        return items.delete(self._table, copy_key(listing, album_id))

    def _commit(self, album: Album, writes: list[Write]) -> None:
        """Apply the writes. The condition is that of the record, so a retry cannot harm."""
        if self._dynamodb.transact_write(writes):
            raise AlbumConflict(album.album_id)


def _record_key(album_id: str) -> Item:
    return items.entry_key(album_listing(album_id), RECORD)
