"""Rows of photos: nothing is stored twice, and a row gives the photo back."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.image.camera_info import CameraInfo
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.storage.local import sqlite, sqlite_records
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import make_photo


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[SqliteCatalog]:
    with closing(SqliteCatalog(tmp_path / "catalog.sqlite3")) as catalog:
        yield catalog


@pytest.mark.parametrize(
    "photo",
    [
        make_photo(),
        make_photo(camera=CameraInfo(make="Canon"), removed_metadata=("place",)),
        make_photo(state=PhotoState.HIDDEN, hidden_by=Role.ADMIN, lease_expires_at=5),
        make_photo(state=PhotoState.TRASHED, expires_at=7, version=3),
        make_photo(uploaded_at=datetime(2001, 2, 3, tzinfo=UTC)),
        replace(make_photo(), photo_id="7" + "Z" * 25),
    ],
    ids=["usual", "camera", "hidden", "trashed", "another time", "an id after the year 9999"],
)
def test_a_row_gives_the_photo_back(catalog: SqliteCatalog, photo: Photo) -> None:
    """Fields with a column, with their usual value and with another value are all read."""
    catalog.import_photo(photo)
    assert catalog.get(photo.photo_id) == photo
    [entry] = catalog.find_entries(photo.entry_keys[:1])
    assert entry.summary == photo.summary


def test_a_record_repeats_no_column(catalog: SqliteCatalog) -> None:
    """Neither the columns nor the usual values are in the JSON of a record."""
    photo = make_photo()
    catalog.publish(photo)
    [(record,)] = catalog._file.read("SELECT record FROM photos")
    assert '"photo_id"' not in record
    assert photo.idempotency_key not in record
    for name in ("version", "state", "camera", "removed_metadata", "uploaded_at"):
        assert f'"{name}"' not in record


def test_an_idempotency_key_is_looked_up_in_an_index(catalog: SqliteCatalog) -> None:
    """An upload does not read all photos."""
    query = f"EXPLAIN QUERY PLAN {sqlite_records._KEY_OWNER}"
    steps = [detail for *_, detail in catalog._file.read(query, "key")]
    assert steps == ["SEARCH photos USING INDEX photos_by_key (<expr>=?)"]


def test_expired_photos_are_looked_up_in_an_index(catalog: SqliteCatalog) -> None:
    """The purge does not read all photos."""
    query = f"EXPLAIN QUERY PLAN {sqlite._EXPIRED}"
    first_step, *_ = [detail for *_, detail in catalog._file.read(query, 1, "", 5)]
    assert first_step == "SEARCH photos USING INDEX photos_expiring (expires_at<?)"


def test_keys_with_the_same_beginning_are_different(catalog: SqliteCatalog) -> None:
    """The index has the beginning of a key, and the row has the rest."""
    first, second = (make_photo(idempotency_key=f"12345678{end}") for end in "ab")
    catalog.publish(first)
    catalog.publish(second)
    assert [photo.idempotency_key for photo in catalog.photos()] == ["12345678a", "12345678b"]
