"""Keep the catalog in one SQLite file."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from app.domain.catalog_diff import CatalogDiff, diff, removal_diff
from app.domain.errors import AlreadyPublished, EditConflict, PhotoNotFound
from app.domain.pages import Page, SearchPage, build_page
from app.domain.photo import Photo, PhotoSummary
from app.domain.search_terms import SearchQuery
from app.domain.tags import TagCount, TagPage
from app.domain.usage import KeyRange, Usage
from app.services.ports import ListingEntry
from app.storage.local.listing_join import search
from app.storage.local.sqlite_counters import SqliteCounters, apply_counts
from app.storage.local.sqlite_database import SqliteDatabase

_NEWEST = "SELECT summary FROM listings WHERE listing = ? ORDER BY position DESC LIMIT ?"
_BEFORE = (
    "SELECT summary FROM listings WHERE listing = ? AND position < ? ORDER BY position DESC LIMIT ?"
)
_AFTER = "SELECT summary FROM listings WHERE listing = ? AND position > ? ORDER BY position LIMIT ?"


class SqliteCatalog:
    """Implement Catalog in the file `path`. Any number of threads and processes may share it."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteDatabase(path)
        self._counters = SqliteCounters(self._file)

    def close(self) -> None:
        """Close the file's idle connections; the catalog stays usable."""
        self._file.close()

    def publish(self, photo: Photo) -> None:
        """Write the photo in one transaction. Raises AlreadyPublished."""
        with self._file.transaction() as db:
            taken = (
                "SELECT photo_id FROM idempotency_keys WHERE idempotency_key = ? "
                "UNION ALL SELECT photo_id FROM photos WHERE photo_id = ?"
            )
            for (photo_id,) in db.execute(taken, (photo.idempotency_key, photo.photo_id)):
                raise AlreadyPublished(photo_id)
            _add(db, photo)

    def get(self, photo_id: str) -> Photo:
        """Return the record. Raises PhotoNotFound."""
        for (record,) in self._file.read("SELECT record FROM photos WHERE photo_id = ?", photo_id):
            return _photo(record)
        raise PhotoNotFound(photo_id)

    def page(
        self,
        listing: str,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
        max_age: float = 0.0,  # noqa: ARG002  every page has all changes
    ) -> Page:
        """Return one page, a range of the primary key. `before` wins over `after`."""
        if before is not None:
            rows = self._file.read(_BEFORE, listing, before, limit + 1)
        elif after is not None:
            rows = self._file.read(_AFTER, listing, after, limit + 1)
        else:
            rows = self._file.read(_NEWEST, listing, limit + 1)
        return build_page([_summary(summary) for (summary,) in rows], limit, before, after)

    def search(
        self, query: SearchQuery, limit: int, *, before: str | None = None, after: str | None = None
    ) -> SearchPage:
        """Return one page of the photos with every term of `query`."""
        return search(self.page, query, limit, before=before, after=after)

    def update(self, before: Photo, after: Photo) -> None:
        """Replace the photo in one transaction. Raises EditConflict."""
        with self._file.transaction() as db:
            replaced = db.execute(
                "UPDATE photos SET version = ?, expires_at = ?, record = ? "
                "WHERE photo_id = ? AND version = ?",
                (
                    after.version,
                    after.expires_at,
                    _json(after.to_dict()),
                    before.photo_id,
                    before.version,
                ),
            )
            if not replaced.rowcount:
                raise EditConflict(before.photo_id)
            _write_listings(db, after, diff(before, after))

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
        query = (
            "SELECT photo_id, record FROM photos "
            "WHERE expires_at < ? AND photo_id > ? ORDER BY photo_id LIMIT ?"
        )
        return (_photo(record) for _, record in self._file.read_in_batches(query, (now,), ("",)))

    def delete(self, photo: Photo) -> None:
        """Delete a trashed photo in one transaction. Raises EditConflict."""
        with self._file.transaction() as db:
            removed = db.execute(
                "DELETE FROM photos WHERE photo_id = ? AND version = ?",
                (photo.photo_id, photo.version),
            )
            if not removed.rowcount:
                raise EditConflict(photo.photo_id)
            _unlist(db, photo, photo.listings)
            apply_counts(db, {}, removal_diff(photo))

    def import_photo(self, photo: Photo) -> None:
        """Write an existing photo again, in any state. Raises AlreadyPublished."""
        with self._file.transaction() as db:
            if _version(db, photo.photo_id) is not None:
                raise AlreadyPublished(photo.photo_id)
            _add(db, photo)

    def sync_listings(self, photo_id: str, photo: Photo | None, listings: Iterable[str]) -> None:
        """Write the photo's entries again in one transaction. Raises EditConflict."""
        with self._file.transaction() as db:
            if _version(db, photo_id) != (photo.version if photo else None):
                raise EditConflict(photo_id)
            rows = [(listing, photo_id) for listing in listings]
            db.executemany("DELETE FROM listings WHERE listing = ? AND position = ?", rows)
            if photo:
                _list(db, photo, set(listings).intersection(photo.listings))

    def compare_and_set_tag_count(self, tag: str, shown: int, photos: int) -> bool:
        """Set the count of `tag` if it is still `shown`."""
        return self._counters.compare_and_set_tag_count(tag, shown, photos)

    def usage_counters(self) -> Iterator[Usage]:
        """Yield every usage counter, sorted."""
        return self._counters.usage_counters()

    def compare_and_set_usage(self, shown: Usage, real: Usage) -> bool:
        """Set a usage counter if it is still `shown`."""
        return self._counters.compare_and_set_usage(shown, real)

    def photos(self) -> Iterator[Photo]:
        """Yield every record, sorted by photo id."""
        query = "SELECT photo_id, record FROM photos WHERE photo_id > ? ORDER BY photo_id LIMIT ?"
        return (_photo(record) for _, record in self._file.read_in_batches(query, (), ("",)))

    def listings(self) -> Iterator[ListingEntry]:
        """Yield every entry of every listing, sorted."""
        query = (
            "SELECT listing, position, summary FROM listings WHERE (listing, position) > (?, ?) "
            "ORDER BY listing, position LIMIT ?"
        )
        return (
            ListingEntry(listing, photo_id, _summary(summary))
            for listing, photo_id, summary in self._file.read_in_batches(query, (), ("", ""))
        )

    def entries_of(self, photo: Photo) -> Iterator[ListingEntry]:
        """Yield the entries that the photo should have: one in each of its listings."""
        return (ListingEntry(name, photo.photo_id, photo.summary) for name in photo.listings)

    def find_entries(self, photo_id: str, listings: Iterable[str]) -> Iterator[ListingEntry]:
        """Yield the photo's entries in `listings`."""
        just_after = f"{photo_id}0"  # no other photo id sorts between an id and the id with a 0
        pages = ((name, self.page(name, 1, before=just_after)) for name in listings)
        found = ((name, summary) for name, page in pages for summary in page.summaries)
        return (ListingEntry(name, photo_id, it) for name, it in found if it.photo_id == photo_id)

    def ping(self) -> None:
        """Check that the file can be read and written. Raises StorageError."""
        with self._file.transaction():
            pass


def _version(db: sqlite3.Connection, photo_id: str) -> int | None:
    found = db.execute("SELECT version FROM photos WHERE photo_id = ?", (photo_id,)).fetchone()
    return found[0] if found else None


def _add(db: sqlite3.Connection, photo: Photo) -> None:
    db.execute(
        "INSERT INTO photos (photo_id, version, expires_at, record) VALUES (?, ?, ?, ?)",
        (photo.photo_id, photo.version, photo.expires_at, _json(photo.to_dict())),
    )
    _write_listings(db, photo, diff(None, photo))


def _list(db: sqlite3.Connection, photo: Photo, listings: Iterable[str]) -> None:
    summary = _json(photo.summary.to_dict())
    db.executemany(
        "INSERT OR REPLACE INTO listings (listing, position, summary) VALUES (?, ?, ?)",
        [(listing, photo.photo_id, summary) for listing in listings],
    )


def _unlist(db: sqlite3.Connection, photo: Photo, listings: Iterable[str]) -> None:
    db.executemany(
        "DELETE FROM listings WHERE listing = ? AND position = ?",
        [(listing, photo.photo_id) for listing in listings],
    )


def _write_listings(db: sqlite3.Connection, photo: Photo, change: CatalogDiff) -> None:
    _list(db, photo, change.listed)
    _unlist(db, photo, change.unlisted)
    apply_counts(db, change.counts, change.usage)
    if change.key_claimed:
        # Another photo was made with the key since: the restored photo leaves it the key.
        db.execute(
            "INSERT OR IGNORE INTO idempotency_keys (idempotency_key, photo_id) VALUES (?, ?)",
            (photo.idempotency_key, photo.photo_id),
        )
    if change.key_released:
        db.execute(
            "DELETE FROM idempotency_keys WHERE idempotency_key = ? AND photo_id = ?",
            (photo.idempotency_key, photo.photo_id),
        )


def _json(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _photo(record: str) -> Photo:
    return Photo.from_dict(json.loads(record))


def _summary(summary: str) -> PhotoSummary:
    return PhotoSummary.from_dict(json.loads(summary))
