"""The tables of versions 2 and 3, and a row of version 2."""

import json
import sqlite3

from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState

TABLES_OF_VERSION_2 = """
CREATE TABLE photos (
    photo_id TEXT PRIMARY KEY, version INTEGER NOT NULL, expires_at INTEGER, record TEXT NOT NULL
);
CREATE INDEX photos_expiring ON photos (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE listings (
    listing TEXT, position TEXT, summary TEXT NOT NULL, PRIMARY KEY (listing, position)
) WITHOUT ROWID;
CREATE TABLE idempotency_keys (
    idempotency_key TEXT PRIMARY KEY, photo_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE tag_counts (tag TEXT PRIMARY KEY, photos INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX tag_counts_by_photos ON tag_counts (photos DESC, tag);
CREATE TABLE usage_counters (
    counter TEXT PRIMARY KEY, photos INTEGER NOT NULL, bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE revoked_sessions (
    session_id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
PRAGMA user_version = 2;
"""
# Version 3 was never released. Sites that follow the main branch have it.
VERSION_2_TO_3 = """
CREATE TABLE numbered (
    number INTEGER PRIMARY KEY, photo_id TEXT NOT NULL UNIQUE, version INTEGER, expires_at INTEGER,
    record TEXT NOT NULL
);
INSERT INTO numbered (photo_id, version, expires_at, record)
SELECT photo_id, version, expires_at, record FROM photos;
INSERT INTO numbered (photo_id, record) VALUES ('a photo with entries but no record', '{}');
DROP TABLE photos;
ALTER TABLE numbered RENAME TO photos;
CREATE INDEX photos_expiring ON photos (expires_at) WHERE expires_at IS NOT NULL;
DROP TABLE listings;
CREATE TABLE listings (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE index_rows (number INTEGER PRIMARY KEY, words BLOB NOT NULL);
CREATE TABLE last_listing (number INTEGER NOT NULL);
CREATE VIRTUAL TABLE entries USING fts5 (
    listings, content = '', columnsize = 0, detail = none, tokenize = ascii
);
PRAGMA user_version = 3;
"""
UNCHANGED_TABLES = ("tag_counts", "usage_counters", "revoked_sessions")


def insert(db: sqlite3.Connection, photo: Photo) -> None:
    """Write the rows of a photo in a file of version 2."""
    row = (photo.photo_id, photo.version, photo.expires_at, json.dumps(photo.to_dict()))
    db.execute("INSERT INTO photos VALUES (?, ?, ?, ?)", row)
    summary = json.dumps(photo.summary.to_dict())
    rows = [(listing, photo.photo_id, summary) for listing in photo.listings]
    db.executemany("INSERT INTO listings VALUES (?, ?, ?)", rows)
    if photo.state is not PhotoState.TRASHED:
        key = (photo.idempotency_key, photo.photo_id)
        db.execute("INSERT OR IGNORE INTO idempotency_keys VALUES (?, ?)", key)
