"""A file is migrated as a whole or not at all, and once.

Covers app.storage.local.sqlite_schema.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.errors import StorageRefused
from app.domain.photo import Photo
from app.storage.local import sqlite_listings
from app.storage.local.sqlite import SqliteCatalog
from tests.storage.local.migrations.earlier_files import (
    damage_newest_photo,
    opened_at_once,
    schema_names,
)
from tests.storage.local.writers import ids_written, started_writers
from tests.storage.test_catalog_publish import everything


def test_a_damaged_record_of_version_4_is_named(version_4: Path, photos: list[Photo]) -> None:
    """The file stays as it was."""
    damaged = photos[3].photo_id
    with closing(sqlite3.connect(version_4)) as db:
        db.execute("UPDATE photos SET record = '{' WHERE photo_id = ?", (damaged,))
        db.commit()
    before = schema_names(version_4)
    with closing(SqliteCatalog(version_4)) as catalog, pytest.raises(StorageRefused, match=damaged):
        catalog.ping()
    assert schema_names(version_4) == before


@pytest.mark.parametrize("failing", range(0, 22, 7))
def test_a_failed_migration_changes_nothing(
    path: Path, expected: SqliteCatalog, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """If it fails at any photo, the file stays as it was, and the next process migrates it."""
    new_number, photos = sqlite_listings.new_number, iter(range(22))

    def fail(db: sqlite3.Connection, photo_id: str) -> int:
        if next(photos) == failing:
            raise StorageRefused("injected")
        return new_number(db, photo_id)

    before = schema_names(path)
    with monkeypatch.context() as patched, closing(SqliteCatalog(path)) as catalog:
        patched.setattr(sqlite_listings, "new_number", fail)
        with pytest.raises(StorageRefused, match="injected"):
            catalog.ping()
    assert schema_names(path) == before
    with closing(SqliteCatalog(path)) as catalog:
        assert everything(catalog) == everything(expected)


def test_processes_that_migrate_at_once(path: Path, photos: list[Photo]) -> None:
    """One of them migrates the file. The others wait and then publish."""
    written = ids_written(started_writers(path, 3, 2))
    with closing(SqliteCatalog(path)) as catalog:
        found = {photo.photo_id for photo in catalog.photos()}
    assert found == {*written, *(photo.photo_id for photo in photos)}


def test_threads_that_migrate_at_once(path: Path, expected: SqliteCatalog) -> None:
    """Each of several connections finds the migrated file."""
    with opened_at_once(path) as catalogs:
        assert everything(catalogs[0]) == everything(expected)


@pytest.mark.parametrize("change", ["record = '{'", "photo_id = 'damaged'"])
def test_a_damaged_record_is_named(path: Path, change: str) -> None:
    """The operator learns which photo it is, and the file stays as it was."""
    damaged = damage_newest_photo(path, change)
    before = schema_names(path)
    with closing(SqliteCatalog(path)) as catalog, pytest.raises(StorageRefused, match=damaged):
        catalog.ping()
    assert schema_names(path) == before
