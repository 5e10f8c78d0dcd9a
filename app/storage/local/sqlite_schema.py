"""Create the tables of the catalog's SQLite file, and migrate those of earlier versions."""

import json
import logging
import sqlite3
from collections import Counter
from functools import partial

from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.usage import MONTHS, archive_counter
from app.storage.local import sqlite_entries, sqlite_listings, sqlite_records
from app.storage.local.migrations import shorter_rows

log = logging.getLogger(__name__)

VERSION = 8
_BATCH = 500  # photos

_BEFORE_ARCHIVE = 4  # without tables of ordered listings; those of earlier versions are copied
_BEFORE_REPORTS = 5  # without the tables in _NEW_TABLES
_BEFORE_TOKENS = 6  # without that of access tokens and the index in _LINK_ENDS

# `entries` refers to listings by number, so that a deleted photo leaves no text in the index. A
# number of a listing is never used again. `listings` of a photo has the numbers in its row of
# `entries`, which does not store them, as varints. `has_key` is 1 if the idempotency key leads to
# the photo. A photo without a version has entries but no record: its `fields` are a summary.
_TABLES = """
CREATE TABLE photos (
    number INTEGER PRIMARY KEY,
    photo_id TEXT NOT NULL UNIQUE,
    version INTEGER,
    expires_at INTEGER,
    idempotency_key BLOB,
    has_key INTEGER NOT NULL DEFAULT 0,
    sha256 BLOB,
    fields TEXT NOT NULL,
    listings BLOB NOT NULL DEFAULT x''
);
CREATE INDEX photos_by_key ON photos (substr(idempotency_key, 1, 8)) WHERE has_key = 1;
CREATE INDEX photos_expiring ON photos (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS tag_counts (tag TEXT PRIMARY KEY, photos INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tag_counts_by_photos ON tag_counts (photos DESC, tag);
CREATE TABLE IF NOT EXISTS usage_counters (
    counter TEXT PRIMARY KEY, photos INTEGER NOT NULL, bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS revoked_sessions (
    session_id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE listings (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE last_listing (number INTEGER NOT NULL);
INSERT INTO last_listing VALUES (0);
CREATE VIRTUAL TABLE entries USING fts5 (
    listings, content = '', columnsize = 0, detail = none, tokenize = ascii
)
"""
# An entry of an ordered listing is a row of `positions`. Its listing is a number of
# `ordered_listings`, and its photo id takes 16 bytes.
_ORDERED_LISTINGS = """
CREATE TABLE ordered_listings (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE positions (
    listing INTEGER, key TEXT, photo_id BLOB, number INTEGER NOT NULL,
    PRIMARY KEY (listing, key, photo_id)
) WITHOUT ROWID
"""
_ALBUMS = """
CREATE TABLE albums (
    album_id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    is_public INTEGER NOT NULL,
    version INTEGER NOT NULL,
    record TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX albums_by_owner ON albums (owner, album_id)
"""
_NEW_TABLES = """
CREATE TABLE reports (
    report_id TEXT PRIMARY KEY,
    photo_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    record TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX reports_by_photo ON reports (photo_id);
CREATE TABLE contributor_generations (
    owner TEXT PRIMARY KEY, generation TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE guest_codes (
    code TEXT PRIMARY KEY, album_id TEXT NOT NULL
) WITHOUT ROWID
"""
_TABLE_OF_TOKENS = """
CREATE TABLE access_tokens (
    secret_hash TEXT PRIMARY KEY, record TEXT NOT NULL
) WITHOUT ROWID
"""
# When the photos of an album are to follow its link. A damaged record has no such time.
SETTLE_AT = "json_extract(CASE WHEN json_valid(record) THEN record END, '$.settle_at')"
_LINK_ENDS = f"""
CREATE INDEX IF NOT EXISTS albums_to_settle ON albums ({SETTLE_AT}) WHERE {SETTLE_AT} IS NOT NULL
"""
_RECORDS = f"""
SELECT number, {sqlite_records.PHOTO} FROM photos
WHERE number > ? AND version IS NOT NULL ORDER BY number LIMIT {_BATCH}
"""  # noqa: S608  made of constants

_COPY_KEYS = """
UPDATE photos SET has_key = EXISTS (
    SELECT 1 FROM earlier_keys
    WHERE earlier_keys.idempotency_key = photos.idempotency_key
    AND earlier_keys.photo_id = photos.photo_id
)
"""
_SET_ASIDE = (
    "DROP TABLE listings",
    "DROP TABLE IF EXISTS entries",
    "DROP TABLE IF EXISTS index_rows",
    "DROP TABLE IF EXISTS last_listing",
    "ALTER TABLE idempotency_keys RENAME TO earlier_keys",
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
    _create_or_change_tables(db, version)
    _execute_all(db, _LINK_ENDS)
    db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("COMMIT")
    if version:
        _shrink(db)


def _create_or_change_tables(db: sqlite3.Connection, version: int) -> None:
    if version >= _BEFORE_ARCHIVE:
        shorter_rows.change_columns(db)
    _execute_all(db, _ORDERED_LISTINGS)
    if version < _BEFORE_REPORTS:
        _execute_all(db, _ALBUMS)
    if version < _BEFORE_TOKENS:
        _execute_all(db, _NEW_TABLES)
    if version <= _BEFORE_TOKENS:
        db.execute(_TABLE_OF_TOKENS)
    if version < _BEFORE_ARCHIVE:
        _create_tables(db, version)
    else:
        shorter_rows.shorten(db)
    if 0 < version < _BEFORE_TOKENS:
        _add_to_archive(db)


def _create_tables(db: sqlite3.Connection, version: int) -> None:
    if version:
        for statement in _SET_ASIDE:
            db.execute(statement)
    _execute_all(db, _TABLES)
    if version:
        _copy_photos(db)
        for statement in (_COPY_KEYS, "DROP TABLE earlier_keys", "DROP TABLE earlier_photos"):
            db.execute(statement)


def _execute_all(db: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";"):
        db.execute(statement)


def version_of(db: sqlite3.Connection) -> int:
    """Return the schema version of the file, 0 if it is empty."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def _copy_photos(db: sqlite3.Connection) -> None:
    query = """
        SELECT photo_id, record FROM earlier_photos WHERE version IS NOT NULL ORDER BY photo_id
    """
    for photo_id, record in db.execute(query):
        photo = shorter_rows.checked(photo_id, partial(_photo_of_json, record))
        number = sqlite_listings.new_number(db, photo_id)
        sqlite_records.insert(db, number, photo)
        sqlite_entries.write(db, number, None, photo)


def _photo_of_json(record: str) -> Photo:
    return Photo.from_dict(json.loads(record))


def _add_to_archive(db: sqlite3.Connection) -> None:
    """List and count the public photos by the date they were taken."""
    photos: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    number = -1
    while rows := db.execute(_RECORDS, (number,)).fetchall():
        for number, *row in rows:
            photo = shorter_rows.checked(row[0], partial(sqlite_records.photo_of, *row))
            sqlite_entries.write(db, number, photo, photo)
            if photo.state is PhotoState.PUBLIC:
                photos[archive_counter(photo)] += 1
                sizes[archive_counter(photo)] += photo.bytes
    db.execute("DELETE FROM usage_counters WHERE counter BETWEEN ? AND ?", MONTHS)
    rows = [(counter, count, sizes[counter]) for counter, count in photos.items()]
    db.executemany("INSERT INTO usage_counters VALUES (?, ?, ?)", rows)


def _shrink(db: sqlite3.Connection) -> None:
    """Return the space of dropped tables to the file system, and remove their text."""
    try:
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError:
        log.warning("the migrated catalog was not made smaller", exc_info=True)
