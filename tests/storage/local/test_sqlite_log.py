"""SQLite's write-ahead log is emptied after a deletion, beside readers."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.domain.errors import StorageUnavailable
from app.domain.photo_summary import PhotoState
from app.storage.local import sqlite_database
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import make_photo


def test_a_reader_does_not_stop_a_deletion(
    path: Path, catalog: SqliteCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text leaves the write-ahead log with a later change after the reader has ended."""
    monkeypatch.setattr(sqlite_database, "_CHECKPOINT_TIMEOUT", 1)
    monkeypatch.setattr(sqlite_database, "_CHECKPOINT_INTERVAL", 0.0)
    photo = make_photo(title="Quetzalcoatl", state=PhotoState.TRASHED, expires_at=1)
    catalog.publish(photo)
    log = path.with_name(f"{path.name}-wal")
    with reading(path):
        catalog.delete(photo)
        assert list(catalog.photos()) == []
        assert log.stat().st_size > 0
    catalog.publish(make_photo())
    assert log.stat().st_size == 0
    assert b"Quetzal" not in path.read_bytes()


def test_a_reader_delays_only_one_of_many_deletions(
    path: Path, catalog: SqliteCatalog, caplog: pytest.LogCaptureFixture
) -> None:
    """Each attempt to empty the log keeps other writers waiting."""
    photos = [make_photo(state=PhotoState.TRASHED, expires_at=1) for _ in range(5)]
    for photo in photos:
        catalog.publish(photo)
    with reading(path):
        for photo in photos:
            catalog.delete(photo)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_deletion_succeeds_if_the_log_cannot_be_emptied(
    catalog: SqliteCatalog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The photo is deleted by then. The error is logged."""
    photo = make_photo(state=PhotoState.TRASHED, expires_at=1)
    catalog.publish(photo)

    def refuse(_: sqlite_database.SqliteDatabase) -> bool:
        raise StorageUnavailable("no descriptor is free")

    monkeypatch.setattr(sqlite_database.SqliteDatabase, "_try_to_truncate_log", refuse)
    catalog.delete(photo)
    assert list(catalog.photos()) == []
    assert "was not emptied" in caplog.text


def test_text_that_is_deleted_while_the_log_is_emptied_leaves_it_too(
    catalog: SqliteCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is emptied once more."""
    photos = [make_photo(state=PhotoState.TRASHED, expires_at=1) for _ in range(2)]
    for photo in photos:
        catalog.publish(photo)
    pending, empty = [photos[1]], sqlite_database.SqliteDatabase._try_to_truncate_log
    left: list[int] = []

    def delete_another_and_empty(database: sqlite_database.SqliteDatabase) -> bool:
        is_empty = empty(database)
        if pending:
            catalog.delete(pending.pop())
        left.append(len(list(catalog.photos())))
        return is_empty

    monkeypatch.setattr(
        sqlite_database.SqliteDatabase, "_try_to_truncate_log", delete_another_and_empty
    )
    catalog.delete(photos[0])
    assert left == [0, 0]


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Keep a read transaction open during the block."""
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM photos").fetchone()
        yield
