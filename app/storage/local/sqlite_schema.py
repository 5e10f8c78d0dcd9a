"""The tables of the catalog's SQLite file, and the migration of earlier versions."""

import json
import logging
import sqlite3

from app.domain.errors import StorageRefused
from app.domain.photo import Photo
from app.storage.local import sqlite_listings

log = logging.getLogger(__name__)

VERSION = 3

# `entries` refers to listings by number, so that a deleted photo leaves no text in the index. A
# number of a listing is never used again. A photo without a version has entries but no record: its
# `record` is a summary. `index_rows` has the numbers of
# each row in `entries`, which does not store them, as varints.
_TABLES = """
CREATE TABLE photos (
    number INTEGER PRIMARY KEY,
    photo_id TEXT NOT NULL UNIQUE,
    version INTEGER,
    expires_at INTEGER,
    record TEXT NOT NULL
);
CREATE INDEX photos_expiring ON photos (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS idempotency_keys (
    idempotency_key TEXT PRIMARY KEY, photo_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tag_counts (tag TEXT PRIMARY KEY, photos INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tag_counts_by_photos ON tag_counts (photos DESC, tag);
CREATE TABLE IF NOT EXISTS usage_counters (
    counter TEXT PRIMARY KEY, photos INTEGER NOT NULL, bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS revoked_sessions (
    session_id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE listings (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE index_rows (number INTEGER PRIMARY KEY, words BLOB NOT NULL);
CREATE TABLE last_listing (number INTEGER NOT NULL);
INSERT INTO last_listing VALUES (0);
CREATE VIRTUAL TABLE entries USING fts5 (
    listings, content = '', columnsize = 0, detail = none, tokenize = ascii
)
"""

_SET_ASIDE = (
    "DROP TABLE listings",
    "DROP INDEX photos_expiring",
    "ALTER TABLE photos RENAME TO earlier_photos",
)


def migrate(db: sqlite3.Connection) -> None:
    """Create the tables, or change those of an earlier version, in one transaction.

    Another process that opens the file meanwhile waits, and then finds nothing left to do.
    """
    db.execute("BEGIN IMMEDIATE")
    version = version_of(db)
    if version >= VERSION:
        db.execute("ROLLBACK")
        return
    if version:
        for statement in _SET_ASIDE:
            db.execute(statement)
    for statement in _TABLES.split(";"):
        db.execute(statement)
    if version:
        _copy_photos(db)
        db.execute("DROP TABLE earlier_photos")
    db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("COMMIT")
    if version:
        _shrink(db)


def version_of(db: sqlite3.Connection) -> int:
    """Return the schema version of the file, 0 if it is empty."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def _copy_photos(db: sqlite3.Connection) -> None:
    query = "SELECT photo_id, version, expires_at, record FROM earlier_photos ORDER BY photo_id"
    for row in db.execute(query):
        photo_id, *_, record = row
        number = sqlite_listings.new_number(db, photo_id)
        db.execute("INSERT INTO photos VALUES (?, ?, ?, ?, ?)", (number, *row))
        sqlite_listings.write(db, number, (), _listings_of(photo_id, record))


def _listings_of(photo_id: str, record: str) -> tuple[str, ...]:
    try:
        return Photo.from_dict(json.loads(record)).listings
    except (ValueError, KeyError, TypeError) as error:
        raise StorageRefused(
            f"The record of the photo {photo_id} is damaged. Restore a backup of the catalog, or "
            "run `flask rebuild`."
        ) from error


def _shrink(db: sqlite3.Connection) -> None:
    """Return the space of dropped tables to the file system, and remove their text."""
    try:
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError:
        log.warning("the migrated catalog was not made smaller", exc_info=True)
