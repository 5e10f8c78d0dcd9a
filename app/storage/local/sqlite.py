"""Keep the catalog in one SQLite file."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from app.domain.catalog_diff import CatalogDiff, diff, removal_diff
from app.domain.errors import AlreadyPublished, EditConflict, PhotoNotFound
from app.domain.object_keys import term_listing
from app.domain.pages import Page, SearchPage, build_page
from app.domain.photo import Photo, PhotoSummary
from app.domain.search_terms import SearchQuery
from app.domain.tags import TagCount, TagPage
from app.domain.usage import KeyRange, Usage
from app.services.ports import ListingEntry
from app.storage.local import sqlite_listings
from app.storage.local.sqlite_counters import SqliteCounters, apply_counts
from app.storage.local.sqlite_database import SqliteDatabase


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
                "UNION ALL SELECT photo_id FROM photos WHERE photo_id = ? AND version IS NOT NULL"
            )
            for (photo_id,) in db.execute(taken, (photo.idempotency_key, photo.photo_id)):
                raise AlreadyPublished(photo_id)
            _add(db, photo)

    def get(self, photo_id: str) -> Photo:
        """Return the record. Raises PhotoNotFound."""
        query = "SELECT record FROM photos WHERE photo_id = ? AND version IS NOT NULL"
        for (record,) in self._file.read(query, photo_id):
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
        """Return one page with one query of the index. `before` wins over `after`."""
        return self._page([[listing]], limit, before, after)

    def search(
        self, query: SearchQuery, limit: int, *, before: str | None = None, after: str | None = None
    ) -> SearchPage:
        """Return one page with one query of the index. It is never partial."""
        if not query.terms:
            return SearchPage(Page((), None, None))
        listings = [[term_listing(term) for term in alternatives] for alternatives in query.terms]
        return SearchPage(self._page(listings, limit, before, after))

    def _page(
        self, listings: Sequence[Sequence[str]], limit: int, before: str | None, after: str | None
    ) -> Page:
        with self._file.connection() as db:
            found = sqlite_listings.nearest(db, listings, limit + 1, before, after)
        return build_page(found, limit, before, after)

    def update(self, before: Photo, after: Photo) -> None:
        """Replace the photo in one transaction. Raises EditConflict."""
        with self._file.transaction() as db:
            number = _number_at(db, before.photo_id, before.version)
            _write_record(db, number, after)
            sqlite_listings.write(db, number, before.listings, after.listings)
            _apply(db, after, diff(before, after))

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
            number = _number_at(db, photo.photo_id, photo.version)
            query = "SELECT record FROM photos WHERE number = ?"
            (record,) = db.execute(query, (number,)).fetchone()
            recorded = _photo(record)
            if sqlite_listings.remove(db, number, photo.listings, recorded.listings):
                _keep_summary(db, number, recorded.summary)
            else:
                db.execute("DELETE FROM photos WHERE number = ?", (number,))
            apply_counts(db, {}, removal_diff(photo))

    def import_photo(self, photo: Photo) -> None:
        """Write an existing photo again, in any state. Raises AlreadyPublished."""
        with self._file.transaction() as db:
            if _row(db, photo.photo_id)[1] is not None:
                raise AlreadyPublished(photo.photo_id)
            _add(db, photo)

    def sync_listings(self, photo_id: str, photo: Photo | None, listings: Iterable[str]) -> None:
        """Write the photo's entries again in one transaction. Raises EditConflict."""
        with self._file.transaction() as db:
            number, version = _row(db, photo_id)
            if version != (photo.version if photo else None):
                raise EditConflict(photo_id)
            if number is not None:
                expected = photo.listings if photo else ()
                has_entries = sqlite_listings.correct(db, number, expected, listings)
                if photo is None and not has_entries:
                    db.execute("DELETE FROM photos WHERE number = ?", (number,))

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
        query = (
            "SELECT photo_id, record FROM photos WHERE photo_id > ? AND version IS NOT NULL "
            "ORDER BY photo_id LIMIT ?"
        )
        return (_photo(record) for _, record in self._file.read_in_batches(query, (), ("",)))

    def listings(self) -> Iterator[ListingEntry]:
        """Yield every entry of every listing, sorted by listing."""
        query = "SELECT name, number FROM listings WHERE name > ? ORDER BY name LIMIT ?"
        for name, number in self._file.read_in_batches(query, (), ("",)):
            rows = self._file.read_in_batches(sqlite_listings.ENTRIES, (number,), (-1,))
            for _, record in rows:
                summary = sqlite_listings.summary_of(record)
                yield ListingEntry(name, summary.photo_id, summary)

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


def _row(db: sqlite3.Connection, photo_id: str) -> tuple[int | None, int | None]:
    """Return the photo's number, if it has a row, and its version, if it has a record."""
    query = "SELECT number, version FROM photos WHERE photo_id = ?"
    return db.execute(query, (photo_id,)).fetchone() or (None, None)


def _number_at(db: sqlite3.Connection, photo_id: str, version: int) -> int:
    """Return the photo's number. Raises EditConflict if its record is not at `version`."""
    number, current = _row(db, photo_id)
    if number is None or current != version:
        raise EditConflict(photo_id)
    return number


def _add(db: sqlite3.Connection, photo: Photo) -> None:
    number, _ = _row(db, photo.photo_id)
    if number is None:
        number = sqlite_listings.new_number(db, photo.photo_id)
        row = (photo.photo_id, photo.version, photo.expires_at, _json(photo.to_dict()))
        db.execute("INSERT INTO photos VALUES (?, ?, ?, ?, ?)", (number, *row))
    else:  # entries are left of a record that was lost
        _write_record(db, number, photo)
    sqlite_listings.write(db, number, (), photo.listings)
    _apply(db, photo, diff(None, photo))


def _write_record(db: sqlite3.Connection, number: int, photo: Photo) -> None:
    update = "UPDATE photos SET version = ?, expires_at = ?, record = ? WHERE number = ?"
    db.execute(update, (photo.version, photo.expires_at, _json(photo.to_dict()), number))


def _keep_summary(db: sqlite3.Connection, number: int, summary: PhotoSummary) -> None:
    """Delete the record of a photo that has entries left, which `check` reports."""
    update = "UPDATE photos SET version = NULL, expires_at = NULL, record = ? WHERE number = ?"
    db.execute(update, (_json(summary.to_dict()), number))


def _apply(db: sqlite3.Connection, photo: Photo, change: CatalogDiff) -> None:
    """Apply a change to the counters and the idempotency keys."""
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
