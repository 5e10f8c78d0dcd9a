"""Keep the catalog in one SQLite file."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from app.domain.catalog_diff import CatalogDiff, diff, removal_diff
from app.domain.errors import AlreadyPublished, EditConflict, PhotoNotFound
from app.domain.listings.entries import EntryKey, ListingEntry
from app.domain.pages import Neighbors, Page, RecordPage, SearchPage, build_page
from app.domain.photo import Photo
from app.domain.search_terms import SearchQuery
from app.domain.tags import TagCount, TagPage
from app.domain.usage import KeyRange, Usage
from app.storage.local import (
    sqlite_entries,
    sqlite_listings,
    sqlite_positions,
    sqlite_records,
    sqlite_search,
)
from app.storage.local.sqlite_counters import SqliteCounters, apply_counts
from app.storage.local.sqlite_database import SqliteDatabase, opened

_SELECT = f"SELECT {sqlite_records.PHOTO} FROM photos"  # noqa: S608  made of constants
_PHOTO = f"{_SELECT} WHERE photo_id = ? AND version IS NOT NULL"
_PHOTOS = f"{_SELECT} WHERE photo_id > ? AND version IS NOT NULL ORDER BY photo_id LIMIT ?"
# The plus signs let SQLite use the index of `expires_at` instead of that of all ids.
_EXPIRED = f"{_SELECT} WHERE expires_at < ? AND +photo_id > ? ORDER BY +photo_id LIMIT ?"


class SqliteCatalog:
    """Implement Catalog in a SQLite file, which any number of threads and processes may share."""

    def __init__(self, file: Path | SqliteDatabase) -> None:
        self._file = opened(file)
        self._counters = SqliteCounters(self._file)

    def close(self) -> None:
        """Close the file's idle connections; the catalog stays usable."""
        self._file.close()

    def publish(self, photo: Photo) -> None:
        """Write the photo in one transaction. Raises AlreadyPublished."""
        with self._file.transaction() as db:
            taken = sqlite_records.photo_with_key(db, photo.idempotency_key)
            if taken is not None:
                raise AlreadyPublished(taken)
            _add(db, photo)

    def get(self, photo_id: str) -> Photo:
        """Return the record. Raises PhotoNotFound."""
        for row in self._file.read(_PHOTO, photo_id):
            return sqlite_records.photo_of(*row)
        raise PhotoNotFound(photo_id)

    def get_all(self, photo_ids: Sequence[str]) -> list[Photo]:
        """Return those of the records that exist, with one query for each."""
        with self._file.connection() as db:
            return _records(db, photo_ids)

    def page(
        self,
        listing: str,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
        max_age: float = 0.0,  # noqa: ARG002  every page has all changes
    ) -> Page:
        """Return one page with one query of the index. `before` wins over `after`."""
        with self._file.connection() as db:
            found = sqlite_search.search(db, [[listing]], limit + 1, before, after)
        return build_page(found.summaries(), limit, before, after)

    def newest_photos(
        self, listings: Sequence[str], limit: int, *, before: str | None = None
    ) -> dict[str, RecordPage]:
        """Return photos with one query of the index for each listing."""
        with self._file.connection() as db:
            found = {
                name: sqlite_search.search(db, [[name]], limit + 1, before, None).photo_ids()
                for name in listings
            }
            return {
                name: RecordPage.of(photo_ids, _records(db, photo_ids[:limit]), limit)
                for name, photo_ids in found.items()
            }

    def search(
        self, query: SearchQuery, limit: int, *, before: str | None = None, after: str | None = None
    ) -> SearchPage:
        """Return one page with one query of the index."""
        if not query.terms:
            return SearchPage(Page((), None, None))
        with self._file.connection() as db:
            return sqlite_search.search_page(db, query, limit, before, after)

    def find_in_listing(self, listing: str, photo_id: str) -> tuple[Photo, Neighbors] | None:
        """Return a photo and its neighbors, with two queries of the index."""
        with self._file.connection() as db:
            photo = next(iter(_records(db, [photo_id])), None)
            if photo is None or listing not in photo.page_listings:
                return None
            return photo, sqlite_search.neighbors(db, [[listing]], photo_id)

    def search_neighbors(self, query: SearchQuery, photo_id: str) -> Neighbors:
        """Return the photos next to a photo of a search, with two queries of the index."""
        with self._file.connection() as db:
            return sqlite_search.neighbors(db, sqlite_search.listings_of(query), photo_id)

    def update(self, before: Photo, after: Photo) -> None:
        """Replace the photo in one transaction. Raises EditConflict."""
        with self._file.transaction() as db:
            number = _number_at(db, before.photo_id, before.version)
            sqlite_records.update(db, number, after)
            sqlite_entries.write(db, number, before, after)
            _apply(db, number, after, diff(before, after))

    def most_used_tags(self, limit: int) -> tuple[TagCount, ...]:
        """Return tags of public photos, most used first."""
        return self._counters.most_used_tags(limit)

    def tags(self, start: str, limit: int) -> TagPage:
        """Return tags of public photos by name."""
        return self._counters.tags(start, limit)

    def tag_counts(self) -> Iterator[TagCount]:
        """Yield the tags of public photos, sorted."""
        return self._counters.tag_counts()

    def usage(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """Return the counters in `span` that are not empty, in descending order."""
        return self._counters.usage(span, limit)

    def expired(self, now: int) -> Iterator[Photo]:
        """Yield the trashed photos that expired before `now` (Unix time, in seconds)."""
        rows = self._file.read_in_batches(_EXPIRED, (now,), ("",))
        return (sqlite_records.photo_of(*row) for row in rows)

    def delete(self, photo: Photo) -> None:
        """Delete a trashed photo in one transaction. Raises EditConflict."""
        with self._file.transaction() as db:
            number = _number_at(db, photo.photo_id, photo.version)
            recorded = sqlite_records.photo_of(*db.execute(_PHOTO, (photo.photo_id,)).fetchone())
            if sqlite_entries.remove(db, number, photo, recorded):
                sqlite_records.keep_summary(db, number, recorded.summary)
            else:
                db.execute("DELETE FROM photos WHERE number = ?", (number,))
            apply_counts(db, {}, removal_diff(photo))
        self._file.truncate_log()

    def import_photo(self, photo: Photo) -> None:
        """Write an existing photo again, in any state. Raises AlreadyPublished."""
        with self._file.transaction() as db:
            _add(db, photo)

    def sync_listings(self, photo_id: str, photo: Photo | None, keys: Iterable[EntryKey]) -> None:
        """Write the photo's entries again in one transaction. Raises EditConflict."""
        with self._file.transaction() as db:
            number, version = sqlite_records.number_and_version(db, photo_id)
            if version != (photo.version if photo else None):
                raise EditConflict(photo_id)
            if number is not None:
                has_entries = sqlite_entries.correct(db, number, photo, keys)
                if photo is None and not has_entries:
                    db.execute("DELETE FROM photos WHERE number = ?", (number,))
            else:  # entries of ordered listings may have outlasted the photo
                sqlite_positions.delete(db, keys)

    def compare_and_set_tag_count(self, tag: str, shown: int, photos: int) -> bool:
        """Set the count of `tag` if it is still `shown`."""
        return self._counters.compare_and_set_tag_count(tag, shown, photos)

    def usage_counters(self) -> Iterator[Usage]:
        """Yield every usage counter, sorted."""
        return self._counters.usage_counters()

    def compare_and_set_usage(self, shown: Usage, real: Usage) -> bool:
        """Set a usage counter if it is still `shown`."""
        return self._counters.compare_and_set_usage(shown, real)

    def has_photos(self) -> bool:
        """Return whether there is a record."""
        return bool(self._file.read(sqlite_records.ANY_RECORD))

    def photos(self) -> Iterator[Photo]:
        """Yield every record, sorted by photo id."""
        rows = self._file.read_in_batches(_PHOTOS, (), ("",))
        return (sqlite_records.photo_of(*row) for row in rows)

    def listings(self) -> Iterator[ListingEntry]:
        """Yield every entry of every listing."""
        return sqlite_entries.read_all(self._file)

    def entries_of(self, photo: Photo) -> Iterator[ListingEntry]:
        """Yield the entries that the photo should have: one in each of its listings."""
        return sqlite_entries.entries_of(photo)

    def find_entries(self, keys: Iterable[EntryKey]) -> Iterator[ListingEntry]:
        """Yield the entries that have these keys."""
        for key in keys:
            with self._file.connection() as db:
                entry = sqlite_entries.find(db, key)
            if entry:
                yield entry

    def ping(self) -> None:
        """Check that the file can be read and written. Raises StorageError."""
        with self._file.transaction():
            pass


def _records(db: sqlite3.Connection, photo_ids: Iterable[str]) -> list[Photo]:
    """Return the records of the photos that still have one."""
    rows = [db.execute(_PHOTO, (photo_id,)).fetchone() for photo_id in photo_ids]
    return [sqlite_records.photo_of(*row) for row in rows if row]


def _number_at(db: sqlite3.Connection, photo_id: str, version: int) -> int:
    """Return the photo's number. Raises EditConflict if its record is not at `version`."""
    number, current = sqlite_records.number_and_version(db, photo_id)
    if number is None or current != version:
        raise EditConflict(photo_id)
    return number


def _add(db: sqlite3.Connection, photo: Photo) -> None:
    """Write a new record. Raises AlreadyPublished if the photo id has one."""
    number, version = sqlite_records.number_and_version(db, photo.photo_id)
    if version is not None:
        raise AlreadyPublished(photo.photo_id)
    if number is None:
        number = sqlite_listings.new_number(db, photo.photo_id)
        sqlite_records.insert(db, number, photo)
    else:  # entries are left of a record that was lost
        sqlite_positions.delete_all(db, number)
        sqlite_records.update(db, number, photo)
    sqlite_entries.write(db, number, None, photo)
    _apply(db, number, photo, diff(None, photo))


def _apply(db: sqlite3.Connection, number: int, photo: Photo, change: CatalogDiff) -> None:
    """Apply a change to the counters and the idempotency key."""
    apply_counts(db, change.counts, change.usage)
    sqlite_records.move_key(db, number, photo, change)
