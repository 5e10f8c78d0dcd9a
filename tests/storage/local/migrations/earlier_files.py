"""Give a catalog's SQLite file the tables and rows of an earlier version."""

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app.domain import photo_ids
from app.domain.photo import Photo
from app.storage.local.sqlite import SqliteCatalog

_POSITIONS_OF_VERSION_7 = """
DROP TABLE positions;
DROP TABLE ordered_listings;
CREATE TABLE positions (
    listing TEXT, position TEXT, number INTEGER NOT NULL, PRIMARY KEY (listing, position)
) WITHOUT ROWID;
CREATE INDEX positions_by_number ON positions (number);
"""
_PHOTOS_OF_VERSION_7 = """
ALTER TABLE photos DROP COLUMN sha256;
ALTER TABLE photos RENAME COLUMN fields TO record;
PRAGMA user_version = 7;
"""
_NEW_IN_VERSION_7 = """
DROP TABLE access_tokens;
DROP INDEX albums_to_settle;
PRAGMA user_version = 6;
"""
_NEW_IN_VERSION_6 = """
DROP TABLE reports;
DROP TABLE contributor_generations;
DROP TABLE guest_codes;
DELETE FROM positions WHERE listing LIKE 'added:%';
PRAGMA user_version = 5;
"""
_NEW_IN_VERSION_5 = """
DROP TABLE positions;
DROP TABLE albums;
DELETE FROM usage_counters WHERE counter LIKE 'taken:%';
PRAGMA user_version = 4;
"""
_STEPS = {6: _NEW_IN_VERSION_7, 5: _NEW_IN_VERSION_6, 4: _NEW_IN_VERSION_5}


def downgrade(path: Path, version: int) -> None:
    """Change a file of the current version into one of a version from 4 to 7."""
    with closing(SqliteCatalog(path)) as catalog:
        photos = list(catalog.photos())
        ordered = [entry.key for entry in catalog.listings() if entry.key.is_ordered]
    with closing(sqlite3.connect(path)) as db:
        numbers = dict(db.execute("SELECT photo_id, number FROM photos").fetchall())
        db.executescript(_POSITIONS_OF_VERSION_7)
        entries = [(*key, numbers[key.photo_id]) for key in ordered]
        db.executemany("INSERT INTO positions VALUES (?, ?, ?)", entries)
        update = "UPDATE photos SET idempotency_key = ?, fields = ? WHERE photo_id = ?"
        db.executemany(update, map(_row, photos))
        db.commit()
        db.executescript(_PHOTOS_OF_VERSION_7)
        for earlier in range(6, version - 1, -1):
            db.executescript(_STEPS[earlier])


def damage_newest_photo(path: Path, change: str) -> str:
    """Change a column of the newest photo, and return its id afterwards."""
    newest = "SELECT max(photo_id) FROM photos"
    with closing(sqlite3.connect(path)) as db:
        update = f"UPDATE photos SET {change} WHERE photo_id = ({newest})"  # noqa: S608  constants
        db.execute(update)
        (damaged,) = db.execute(newest).fetchone()
        db.commit()
    return str(damaged)


def schema_names(path: Path) -> set[str]:
    """Return the names of the tables and indexes of a file."""
    with closing(sqlite3.connect(path)) as db:
        return {name for (name,) in db.execute("SELECT name FROM sqlite_master")}


@contextmanager
def opened_at_once(path: Path) -> Iterator[list[SqliteCatalog]]:
    """Open the file with four catalogs at the same moment."""
    catalogs = [SqliteCatalog(path) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(SqliteCatalog.ping, catalogs))
    yield catalogs
    for catalog in catalogs:
        catalog.close()


def _row(photo: Photo) -> tuple[str, str, str]:
    """Return the columns of a photo that version 8 has changed."""
    usual: dict[str, Any] = {
        "state": "public",
        "camera": {},
        "removed_metadata": [],
        "contributor_name": "",
        "filename": "",
        "animated": False,
        "albums": [],
        "uploaded_at": photo_ids.timestamp_of(photo.photo_id).isoformat(),
    }
    columns = ("photo_id", "version", "idempotency_key")
    record = {
        name: value
        for name, value in photo.to_dict().items()
        if name not in columns and (name not in usual or usual[name] != value)
    }
    return photo.idempotency_key, json.dumps(record, ensure_ascii=False), photo.photo_id
