"""Photos, a catalog with them, and their files of earlier versions."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.domain.listings.archive import UNDATED_LISTING
from app.domain.listings.entries import plain_keys
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import make_photo
from tests.storage.local.migrations.earlier_files import downgrade
from tests.storage.local.migrations.version_2 import TABLES_OF_VERSION_2, UNCHANGED_TABLES, insert


@pytest.fixture
def photos() -> list[Photo]:
    dates = (None, *map(datetime.fromisoformat, ("1974-06-01T12:00:00", "2026-11-05T14:03:07")))
    shown = [
        make_photo(title=f"Harbor {n}", tags=("sea",), owner="ada", taken_at=dates[n % 3])
        for n in range(20)
    ]
    hidden = make_photo(state=PhotoState.HIDDEN, lease_expires_at=5)
    trashed = make_photo(state=PhotoState.TRASHED, expires_at=9)
    return [*shown, hidden, trashed]


@pytest.fixture
def expected(photos: list[Photo], tmp_path: Path) -> Iterator[SqliteCatalog]:
    """A catalog of the current version with the photos."""
    with closing(SqliteCatalog(tmp_path / "expected.sqlite3")) as catalog:
        for photo in photos:
            catalog.publish(photo)
        yield catalog


@pytest.fixture
def path(photos: list[Photo], expected: SqliteCatalog, tmp_path: Path) -> Path:
    """A file of version 2 with the photos."""
    path = tmp_path / "catalog.sqlite3"
    expected.ping()
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"PRAGMA journal_mode = WAL; {TABLES_OF_VERSION_2}")
        db.execute("ATTACH ? AS expected", (str(tmp_path / "expected.sqlite3"),))
        for table in UNCHANGED_TABLES:
            db.execute(f"INSERT INTO main.{table} SELECT * FROM expected.{table}")  # noqa: S608
        for photo in photos:
            insert(db, photo)
        db.commit()
    return path


@pytest.fixture
def version_4(expected: SqliteCatalog, tmp_path: Path) -> Path:
    """A file of version 4 with the photos."""
    expected.ping()
    path = tmp_path / "version 4.sqlite3"
    with closing(sqlite3.connect(tmp_path / "expected.sqlite3")) as db:
        db.execute("VACUUM INTO ?", (str(path),))
    with closing(SqliteCatalog(path)) as catalog:
        for photo in catalog.photos():
            undated = plain_keys(photo.photo_id, [UNDATED_LISTING])
            listed_nowhere = replace(photo, state=PhotoState.HIDDEN)
            catalog.sync_listings(photo.photo_id, listed_nowhere, undated)
    downgrade(path, 4)
    return path
