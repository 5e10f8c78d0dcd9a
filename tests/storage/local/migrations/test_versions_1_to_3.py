"""A file of version 1, 2 or 3 gets the current tables, with its photos, listings and counters.

Covers app.storage.local.sqlite_schema.
"""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import AlreadyPublished
from app.domain.photo import Photo
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import make_photo
from tests.storage.local.migrations.earlier_files import schema_names
from tests.storage.local.migrations.version_2 import VERSION_2_TO_3, insert
from tests.storage.test_catalog_publish import everything


def test_a_file_of_version_2_is_migrated(path: Path, expected: SqliteCatalog) -> None:
    """It has the same photos, listings and counters, and no table is left of the old schema."""
    size = path.stat().st_size
    with closing(SqliteCatalog(path)) as catalog:
        assert everything(catalog) == everything(expected)
        catalog.publish(make_photo())
    assert schema_names(path) == schema_names(path.with_name("expected.sqlite3"))
    assert path.stat().st_size < size


def test_a_file_of_version_3_is_migrated(path: Path, expected: SqliteCatalog) -> None:
    """The index is built again, and a photo without a record is left out."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(VERSION_2_TO_3)
    with closing(SqliteCatalog(path)) as catalog:
        assert everything(catalog) == everything(expected)
        catalog.publish(make_photo())
    assert schema_names(path) == schema_names(path.with_name("expected.sqlite3"))


def test_idempotency_keys_are_migrated(path: Path, photos: list[Photo]) -> None:
    """A key leads to the photo to which it led before. The key of a trashed photo leads nowhere."""
    shown, trashed = photos[0], photos[-1]
    with closing(sqlite3.connect(path)) as db:
        same_key = replace(make_photo(), idempotency_key=shown.idempotency_key)
        insert(db, same_key)
        db.commit()
    with closing(SqliteCatalog(path)) as catalog:
        with pytest.raises(AlreadyPublished) as error:
            catalog.publish(make_photo(idempotency_key=shown.idempotency_key))
        assert error.value.photo_id == shown.photo_id
        catalog.publish(make_photo(idempotency_key=trashed.idempotency_key))


def test_a_file_of_version_1_is_migrated(path: Path, expected: SqliteCatalog) -> None:
    """A file without the index of the tags gets it."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript("DROP INDEX tag_counts_by_photos; PRAGMA user_version = 1;")
    with closing(SqliteCatalog(path)) as catalog:
        assert catalog.most_used_tags(9) == expected.most_used_tags(9)


def test_the_migration_corrects_listings(path: Path, photos: list[Photo]) -> None:
    """The entries come from the records, so those without a record are gone."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM listings WHERE position = ?", (photos[0].photo_id,))
        insert(db, replace(photos[0], photo_id=make_photo().photo_id))
        db.execute("DELETE FROM photos WHERE photo_id > ?", (photos[-1].photo_id,))
        db.commit()
    with closing(SqliteCatalog(path)) as catalog:
        listed = sorted((entry.listing, entry.summary.photo_id) for entry in catalog.listings())
    assert listed == sorted(
        (key.listing, photo.photo_id) for photo in photos for key in photo.entry_keys
    )
