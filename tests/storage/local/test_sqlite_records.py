"""Rows of photos: nothing is stored twice, and a row gives the photo back."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain import object_keys
from app.domain.errors import AlreadyPublished
from app.domain.image.camera_info import CameraInfo
from app.domain.image.rendition_sizes import AVIF, JPEG, rendition_sizes
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
        make_photo(sha256="0a" * 32, idempotency_key="b1" * 32),
        make_photo(sha256="0A" * 32, idempotency_key="b1" * 16),
        make_photo(title="", content_type="image/png", widths=(1, 2), avif_widths=()),
        make_photo(width=1, height=16_000, widths=(1,), avif_widths=()),
    ],
    ids=[
        *("usual", "camera", "hidden", "trashed", "another time", "an id after the year 9999"),
        *("hashes", "other texts", "other renditions", "a narrow photo"),
    ],
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
    [(fields,)] = catalog._file.read("SELECT fields FROM photos")
    assert '"photo_id"' not in fields
    assert photo.idempotency_key not in fields
    for name in ("version", "state", "camera", "removed_metadata", "uploaded_at"):
        assert f'"{name}"' not in fields
    for name in ("sha256", "content_type", "widths", "avif_widths", "alt", "tags"):
        assert f'"{name}"' not in fields


@pytest.mark.parametrize(
    ("width", "height", "widths", "avif_widths"),
    [
        (4032, 3024, (320, 640, 1280, 1600, 2048, 3200), (320, 480, 640, 960)),
        (3024, 4032, (320, 640, 1280, 1600, 2048), (320, 480, 640, 960)),
        (1200, 800, (320, 640, 1200), (320, 480, 640, 960)),
        (640, 640, (320, 640), (320, 480, 640)),
        (90, 60, (90,), ()),
    ],
)
def test_a_stored_row_keeps_its_meaning(
    catalog: SqliteCatalog,
    width: int,
    height: int,
    widths: tuple[int, ...],
    avif_widths: tuple[int, ...],
) -> None:
    """The row of a usual photo has no widths, and is read as it was when it was stored."""
    photo = make_photo(width=width, height=height, widths=widths, avif_widths=avif_widths)
    catalog.publish(photo)
    [(fields,)] = catalog._file.read("SELECT fields FROM photos")
    assert json.loads(fields) == {
        "title": "A pier at dusk",
        "width": width,
        "height": height,
        "bytes": 3_141_592,
        "crc32": 2_718_281_828,
        "placeholder": "#8090a0",
        "colors": "0123456789ab" * 3,
        "owner": "0" * 32,
    }
    assert catalog.get(photo.photo_id) == photo
    assert catalog.page(object_keys.PUBLIC_LISTING, 1).summaries == (photo.summary,)


@pytest.mark.parametrize(
    "widths", [(320, 640, 1280, 1600, 2048, 3024), (320, 640, 1280, 1600, 3024)]
)
def test_a_row_has_the_widths_of_a_photo_with_a_full_size_jpeg(
    catalog: SqliteCatalog, widths: tuple[int, ...]
) -> None:
    """Photos of earlier versions have that of 2048 pixels too, and keep it."""
    photo = make_photo(width=3024, height=4032, content_type="image/heic", widths=widths)
    catalog.publish(photo)
    [(fields,)] = catalog._file.read("SELECT fields FROM photos")
    assert json.loads(fields)["widths"] == [*widths]
    assert catalog.get(photo.photo_id) == photo
    assert catalog.page(object_keys.PUBLIC_LISTING, 1).summaries == (photo.summary,)


@pytest.mark.parametrize("size", [(4032, 3024), (1200, 800), (640, 480), (90, 60), (60, 90)])
def test_most_photos_have_the_usual_renditions(size: tuple[int, int]) -> None:
    """So their rows have no widths. Other photos have an AVIF more since rows lack widths."""
    made = rendition_sizes(*size)
    of_type = [[each.width for each in made if each.content_type == kind] for kind in (JPEG, AVIF)]
    assert sqlite_records._usual_widths(*size) == tuple(of_type)


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
    keys = ["12345678a", "12345678b", f"{'12' * 31}aa", f"{'12' * 31}bb"]
    for key in keys:
        catalog.publish(make_photo(idempotency_key=key))
    assert [photo.idempotency_key for photo in catalog.photos()] == keys
    for key in keys:
        with pytest.raises(AlreadyPublished):
            catalog.publish(make_photo(idempotency_key=key))
