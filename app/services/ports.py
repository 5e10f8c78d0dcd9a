"""Ports of the storage backend: the object store and the catalog."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from app.domain.image.processed_image import Body
from app.domain.listings.entries import EntryKey, ListingEntry
from app.domain.pages import Neighbors, Page, RecordPage, SearchPage
from app.domain.photo import Photo
from app.domain.search_terms import SearchQuery
from app.domain.tags import TagCount, TagPage
from app.domain.usage import KeyRange, Usage
from app.services.albums.catalog import AlbumCatalog
from app.services.listings.ordered_listings import OrderedListings
from app.services.listings.tag_reader import TagReader
from app.services.media.source import MediaSource
from app.services.operations.run_results import RunResults
from app.services.reports.report_store import ReportStore
from app.services.session_revocations import SessionRevocations
from app.services.tokens.token_store import TokenStore


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object as a listing names it; `size` in bytes."""

    key: str
    size: int


class ObjectSource(Protocol):
    """Objects under the keys of `domain.object_keys` that can be read."""

    def get(self, key: str) -> bytes:
        """Return the body. Raises ObjectNotFound."""

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose key starts with `prefix`, sorted by key."""


class ObjectStore(ObjectSource, Protocol):
    """Immutable objects under the keys of `domain.object_keys`.

    Every method raises StorageUnavailable if it may succeed later, otherwise StorageRefused.
    """

    def put(self, key: str, body: Body) -> None:
        """Store `body` durably, or not at all. An existing object is replaced."""

    def replace(self, key: str, body: Body) -> None:
        """Store another `body` for an object, and remove copies of the earlier one from the CDN."""

    def open(self, key: str, start: int = 0) -> BinaryIO:
        """Return the body as a file, to read it piece by piece. Raises ObjectNotFound.

        Args:
            key: The key of the object.
            start: The first byte to read, before the end of the object.
        """

    def exists(self, key: str) -> bool:
        """Return whether the object exists."""

    def copy(self, source: str, target: str) -> None:
        """Copy the object `source` to `target`. Raises ObjectNotFound."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete the objects, if they exist. Raises StorageError with the keys that failed."""

    def url(self, key: str) -> str:
        """Return the URL of a public object, or its path if the app serves it."""

    def ping(self) -> None:
        """Check that the storage answers. Raises StorageError."""


class Catalog(Protocol):
    """Photo records and their listings, which always change together, and counters.

    Reads are consistent. Raises StorageUnavailable and StorageRefused as ObjectStore does.
    """

    def publish(self, photo: Photo) -> None:
        """Write the record and its listings in one transaction.

        Raises:
            AlreadyPublished: The photo id or the idempotency key exists.
            StorageUnavailable: The photo may have been published; `get` shows it.
        """

    def get(self, photo_id: str) -> Photo:
        """Return the record in any state. Raises PhotoNotFound."""

    def page(
        self,
        listing: str,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
        max_age: float = 0.0,
    ) -> Page:
        """Return at most `limit` summaries of `listing`, newest first, with one or two reads.

        Args:
            listing: The name of the listing.
            limit: The size of the page.
            before: Return the newest photos older than this id: `older` of another page.
            after: Return the oldest photos newer than this id: `newer` of another page.
            max_age: Seconds after which a kept page is read again. Until it has been, the page may
                lack changes of twice that age.
        """

    def get_all(self, photo_ids: Sequence[str]) -> list[Photo]:
        """Return those of the records that exist, in any order, with one read for each 100."""

    def newest_photos(
        self, listings: Sequence[str], limit: int, *, before: str | None = None
    ) -> dict[str, RecordPage]:
        """Return at most `limit` records of each listing, newest first.

        One or two reads for each partition of each listing, and one for each 100 photos. There is
        at least one listing.
        """

    def search(
        self, query: SearchQuery, limit: int, *, before: str | None = None, after: str | None = None
    ) -> SearchPage:
        """Return at most `limit` public photos with every term of `query`, newest first.

        The cursors are those of `page`. A query without terms finds nothing. The cost of a page is
        bounded, so the page may be partial. On AWS the last changes may be missing for a moment.
        """

    def find_in_listing(self, listing: str, photo_id: str) -> tuple[Photo, Neighbors] | None:
        """Return a photo and the photos next to it in `listing`, None if it is not there.

        The listing is one of a tag or of a contributor. It may lack the last changes.
        """

    def search_neighbors(self, query: SearchQuery, photo_id: str) -> Neighbors:
        """Return the photos next to a photo in the results of a search that has terms."""

    def update(self, before: Photo, after: Photo) -> None:
        """Replace the record and its listings in one transaction.

        Raises:
            EditConflict: The record is no longer at `before.version`, or was deleted.
        """

    def most_used_tags(self, limit: int) -> tuple[TagCount, ...]:
        """Return at most `limit` tags of public photos, most used first, with one read.

        The last changes of the counts may be missing for a moment.
        """

    def tags(self, start: str, limit: int) -> TagPage:
        """Return at most `limit` tags of public photos by name, with one read.

        Args:
            start: The first possible tag: `next` of another page, or an empty string.
            limit: The size of the page. Tags that no photo has any more can make it smaller.
        """

    def usage(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """Return at most `limit` counters in `span`, descending and not empty, with one read."""

    def expired(self, now: int) -> Iterator[Photo]:
        """Yield the trashed photos that expired before `now` (Unix time, in seconds)."""

    def delete(self, photo: Photo) -> None:
        """Delete a trashed photo's record and listings in one transaction.

        Raises:
            EditConflict: The record is no longer at `photo.version`.
        """

    def import_photo(self, photo: Photo) -> None:
        """Write an existing photo again, in any state, to rebuild a lost catalog.

        Another photo that has its idempotency key keeps it.

        Raises:
            AlreadyPublished: The photo id has a record.
        """

    def sync_listings(self, photo_id: str, photo: Photo | None, keys: Iterable[EntryKey]) -> None:
        """Correct the entries of a photo that have these keys. Delete them if `photo` is None.

        Raises:
            EditConflict: The record is not at `photo.version`, or exists although `photo` is None.
        """

    def tag_counts(self) -> Iterator[TagCount]:
        """Yield every tag of public photos by name, for maintenance only."""

    def compare_and_set_tag_count(self, tag: str, shown: int, photos: int) -> bool:
        """Set the count of `tag` if it is still `shown`, and return whether it was."""

    def usage_counters(self) -> Iterator[Usage]:
        """Yield every usage counter, for maintenance only. A number may be negative."""

    def compare_and_set_usage(self, shown: Usage, real: Usage) -> bool:
        """Set a usage counter if it is still `shown`, and return whether it was."""

    def has_photos(self) -> bool:
        """Return whether there is a record in any state, with one read of one record."""

    def photos(self) -> Iterator[Photo]:
        """Yield every record, for maintenance only."""

    def listings(self) -> Iterator[ListingEntry]:
        """Yield every entry of every listing, for maintenance only."""

    def entries_of(self, photo: Photo) -> Iterable[ListingEntry]:
        """Return the entries that the photo should have in this catalog."""

    def find_entries(self, keys: Iterable[EntryKey]) -> Iterable[ListingEntry]:
        """Return the entries that have these keys, for maintenance only."""

    def ping(self) -> None:
        """Check that the catalog answers. Raises StorageError."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A storage backend: a folder or a bucket, and a catalog in SQLite or DynamoDB."""

    objects: ObjectStore
    catalog: Catalog
    session_revocations: SessionRevocations
    tag_reader: TagReader
    ordered_listings: OrderedListings
    albums: AlbumCatalog
    reports: ReportStore
    tokens: TokenStore
    run_results: RunResults
    media: MediaSource | None = None
