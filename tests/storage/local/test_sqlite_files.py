"""Files of SQLite that are damaged, locked or on a full disk."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.domain import object_keys
from app.domain.errors import StorageRefused, StorageUnavailable
from app.storage.local import sqlite_database
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import make_photo
from tests.storage.test_catalog_publish import everything, ids_of


@pytest.mark.parametrize(
    "body", [b"this is no database at all" * 100, b"\0" * 8192], ids=["text", "zeros"]
)
def test_a_file_that_is_no_database(path: Path, catalog: SqliteCatalog, body: bytes) -> None:
    """Every method refuses the file by name and leaves it unchanged."""
    path.parent.mkdir()
    path.write_bytes(body)
    for call in (
        catalog.ping,
        lambda: catalog.most_used_tags(1),
        lambda: catalog.page(object_keys.PUBLIC_LISTING, 1),
        lambda: catalog.publish(make_photo()),
    ):
        with pytest.raises(StorageRefused, match=str(path)) as error:
            call()
        assert isinstance(error.value.__cause__, sqlite3.Error)
    assert path.read_bytes() == body


def test_a_file_that_is_damaged_inside(path: Path, catalog: SqliteCatalog) -> None:
    """Pages that were overwritten are refused, never shown as an empty gallery."""
    for _ in range(40):
        catalog.publish(make_photo(description="x" * 2000))
    with catalog._file.connection() as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    catalog.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xaa" * (path.stat().st_size - 4096))
    with pytest.raises(StorageRefused, match="damaged"):
        catalog.page(object_keys.PUBLIC_LISTING, 1)
    with pytest.raises(StorageRefused, match="damaged"):
        list(catalog.photos())


def test_a_file_of_a_later_shoebox(path: Path, catalog: SqliteCatalog) -> None:
    """A schema that this Shoebox does not know is refused and not touched."""
    catalog.ping()
    catalog.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 9")
    with pytest.raises(StorageRefused, match="later Shoebox"):
        catalog.page(object_keys.PUBLIC_LISTING, 1)


def test_a_full_disk(catalog: SqliteCatalog) -> None:
    """On a full disk a publish is refused, changes nothing, and works later."""
    photo = make_photo(description="x" * 1_000_000)
    catalog.publish(make_photo())
    before = everything(catalog)
    with catalog._file.connection() as db:
        [(pages,)] = db.execute("PRAGMA page_count").fetchall()
        db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StorageRefused, match="disk is full"):
        catalog.publish(photo)
    assert everything(catalog) == before
    with catalog._file.connection() as db:
        db.execute("PRAGMA max_page_count = 1000000")
    catalog.publish(photo)


def test_a_file_that_can_t_be_written(catalog: SqliteCatalog) -> None:
    """A file that became read-only can still be read, and a publish is refused with the reason."""
    photo = make_photo()
    catalog.publish(photo)
    with catalog._file.connection() as db:
        db.execute("PRAGMA query_only = 1")
    with pytest.raises(StorageRefused, match="can't be written"):
        catalog.publish(make_photo())
    assert ids_of(catalog.page(object_keys.PUBLIC_LISTING, 5)) == [photo.photo_id]


def test_a_folder_that_can_t_be_made(tmp_path: Path) -> None:
    """A file where the folder should be is refused by name."""
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StorageRefused, match="Move that file"):
        SqliteCatalog(tmp_path / "data" / "catalog.sqlite3").ping()


def test_a_writer_that_holds_on_too_long(
    path: Path, catalog: SqliteCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that waits too long gets StorageUnavailable. Readers do not wait."""
    monkeypatch.setattr(sqlite_database, "_LOCK_TIMEOUT", 0.05)
    photo = make_photo()
    catalog.publish(photo)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnavailable):
            catalog.publish(make_photo())
        assert catalog.get(photo.photo_id) == photo
    catalog.publish(make_photo())
