"""The catalog in one SQLite file."""

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from app.domain.catalog_diff import Relisting, forgetting, relisting
from app.domain.errors import AlreadyPublished, EditConflict, PhotoNotFound
from app.domain.pages import page_of
from app.domain.photo import Card, Page, Photo, TagCount
from app.domain.usage import Span, Usage
from app.services.ports import Listing
from app.storage.local.sqlite_counters import SqliteCounts, count
from app.storage.local.sqlite_database import SqliteFile

_NEWEST = "SELECT card FROM listings WHERE feed = ? ORDER BY photo_id DESC LIMIT ?"
_BEFORE = "SELECT card FROM listings WHERE feed = ? AND photo_id < ? ORDER BY photo_id DESC LIMIT ?"
_AFTER = "SELECT card FROM listings WHERE feed = ? AND photo_id > ? ORDER BY photo_id LIMIT ?"


class SqliteCatalog:
    """The Catalog of the embedded home, in the file `path`; any number of threads and processes may share it."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path)
        self._counts = SqliteCounts(self._file)

    def close(self) -> None:
        """Close the file's idle connections; the catalog stays usable."""
        self._file.close()

    def publish(self, photo: Photo) -> None:
        """Write record and listings in one transaction. Raises AlreadyPublished."""
        with self._file.writing() as db:
            taken = (
                "SELECT photo_id FROM claims WHERE upload = ? UNION ALL SELECT photo_id FROM photos WHERE photo_id = ?"
            )
            for (photo_id,) in db.execute(taken, (photo.upload, photo.photo_id)):
                raise AlreadyPublished(photo_id)
            _add(db, photo)

    def get(self, photo_id: str) -> Photo:
        """The record. Raises PhotoNotFound."""
        for (record,) in self._file.read("SELECT record FROM photos WHERE photo_id = ?", photo_id):
            return _photo(record)
        raise PhotoNotFound(photo_id)

    def page(self, feed: str, limit: int, *, before: str | None = None, after: str | None = None) -> Page:
        """One range of the listings' primary key, however many photos there are. `before` goes before `after`."""
        if before is not None:
            rows = self._file.read(_BEFORE, feed, before, limit + 1)
        elif after is not None:
            rows = self._file.read(_AFTER, feed, after, limit + 1)
        else:
            rows = self._file.read(_NEWEST, feed, limit + 1)
        return page_of([_card(card) for (card,) in rows], limit, before, after)

    def revise(self, before: Photo, after: Photo) -> None:
        """Replace the record and relist it in one transaction. Raises EditConflict."""
        with self._file.writing() as db:
            replaced = db.execute(
                "UPDATE photos SET version = ?, expires_at = ?, record = ? WHERE photo_id = ? AND version = ?",
                (after.version, after.expires_at, _json(after.as_record()), before.photo_id, before.version),
            )
            if not replaced.rowcount:
                raise EditConflict(before.photo_id)
            _relist(db, after, relisting(before, after))

    def tags(self) -> tuple[TagCount, ...]:
        """Every tag that a public photo carries, by name."""
        return self._counts.tags()

    def usage(self, span: Span, limit: int) -> tuple[Usage, ...]:
        """Accounts that are not empty, the last by name first."""
        return self._counts.usage(span, limit)

    def expired(self, now: int) -> Iterator[Photo]:
        """The trashed photos with `expires_at` before `now` (seconds since 1970)."""
        query = "SELECT photo_id, record FROM photos WHERE expires_at < ? AND photo_id > ? ORDER BY photo_id LIMIT ?"
        return (_photo(record) for _, record in self._file.batches(query, (now,), ("",)))

    def forget(self, photo: Photo) -> None:
        """Remove a trashed photo's record and its listings. Raises EditConflict."""
        with self._file.writing() as db:
            removed = db.execute(
                "DELETE FROM photos WHERE photo_id = ? AND version = ?", (photo.photo_id, photo.version)
            )
            if not removed.rowcount:
                raise EditConflict(photo.photo_id)
            _unlist(db, photo, photo.feeds)
            count(db, {}, forgetting(photo))

    def adopt(self, photo: Photo) -> None:
        """Publish what was published before, whoever has its upload by now. Raises AlreadyPublished."""
        with self._file.writing() as db:
            if _version(db, photo.photo_id) is not None:
                raise AlreadyPublished(photo.photo_id)
            _add(db, photo)

    def relist(self, photo_id: str, photo: Photo | None, feeds: Iterable[str]) -> None:
        """Make `feeds` show what the record says, in one transaction. Raises EditConflict."""
        with self._file.writing() as db:
            if _version(db, photo_id) != (photo.version if photo else None):
                raise EditConflict(photo_id)
            rows = [(feed, photo_id) for feed in feeds]
            db.executemany("DELETE FROM listings WHERE feed = ? AND photo_id = ?", rows)
            if photo:
                _list(db, photo, set(feeds).intersection(photo.feeds))

    def recount(self, tag: str, shown: int, photos: int) -> bool:
        """Set the count of `tag` if it is still `shown`."""
        return self._counts.recount(tag, shown, photos)

    def accounts(self) -> Iterator[Usage]:
        """Every account, by name."""
        return self._counts.accounts()

    def reckon(self, shown: Usage, real: Usage) -> bool:
        """Set an account if it is still as `shown`."""
        return self._counts.reckon(shown, real)

    def photos(self) -> Iterator[Photo]:
        """Every record, by id."""
        query = "SELECT photo_id, record FROM photos WHERE photo_id > ? ORDER BY photo_id LIMIT ?"
        return (_photo(record) for _, record in self._file.batches(query, (), ("",)))

    def listings(self) -> Iterator[Listing]:
        """Every listing, by feed and id."""
        query = (
            "SELECT feed, photo_id, card FROM listings WHERE (feed, photo_id) > (?, ?) ORDER BY feed, photo_id LIMIT ?"
        )
        return (Listing(feed, _card(card)) for feed, _, card in self._file.batches(query, (), ("", "")))

    def end_login(self, login: str, until: int) -> None:
        """Remember that a log-in was ended, and forget those that are too old to matter."""
        with self._file.writing() as db:
            db.execute("DELETE FROM ended WHERE expires_at < ?", (time.time(),))
            db.execute("INSERT OR REPLACE INTO ended VALUES (?, ?)", (login, until))

    def has_ended(self, login: str) -> bool:
        """Whether a log-in was ended."""
        return bool(self._file.read("SELECT 1 FROM ended WHERE login = ?", login))

    def ping(self) -> None:
        """Return when the file can be read and written now, else raise StorageError."""
        with self._file.writing():
            pass


def _version(db: sqlite3.Connection, photo_id: str) -> int | None:
    found = db.execute("SELECT version FROM photos WHERE photo_id = ?", (photo_id,)).fetchone()
    return found[0] if found else None


def _add(db: sqlite3.Connection, photo: Photo) -> None:
    db.execute(
        "INSERT INTO photos (photo_id, version, expires_at, record) VALUES (?, ?, ?, ?)",
        (photo.photo_id, photo.version, photo.expires_at, _json(photo.as_record())),
    )
    _relist(db, photo, relisting(None, photo))


def _list(db: sqlite3.Connection, photo: Photo, feeds: Iterable[str]) -> None:
    card = _json(photo.card.as_record())
    db.executemany(
        "INSERT OR REPLACE INTO listings (feed, photo_id, card) VALUES (?, ?, ?)",
        [(feed, photo.photo_id, card) for feed in feeds],
    )


def _unlist(db: sqlite3.Connection, photo: Photo, feeds: Iterable[str]) -> None:
    db.executemany("DELETE FROM listings WHERE feed = ? AND photo_id = ?", [(feed, photo.photo_id) for feed in feeds])


def _relist(db: sqlite3.Connection, photo: Photo, change: Relisting) -> None:
    _list(db, photo, change.listed)
    _unlist(db, photo, change.unlisted)
    count(db, change.counts, change.usage)
    if change.claimed:  # a restored photo leaves the claim to one that was made from the same upload since
        db.execute("INSERT OR IGNORE INTO claims (upload, photo_id) VALUES (?, ?)", (photo.upload, photo.photo_id))
    if change.released:
        db.execute("DELETE FROM claims WHERE upload = ? AND photo_id = ?", (photo.upload, photo.photo_id))


def _json(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _photo(record: str) -> Photo:
    return Photo.from_record(json.loads(record))


def _card(card: str) -> Card:
    return Card.from_record(json.loads(card))
