"""A file of version 7 gets smaller rows: whole or not at all, and nothing else changes."""

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain import object_keys
from app.domain.albums.album import Album, AlbumVisibility, added_listing
from app.domain.albums.memberships import Membership
from app.domain.errors import AlreadyPublished, StorageError, StorageRefused
from app.domain.listings.entries import EntryKey
from app.domain.photo import Photo
from app.domain.photo_ids import new_album_id
from app.domain.photo_summary import PhotoState, Role
from app.storage.local import sqlite_positions
from app.storage.local.sqlite import SqliteCatalog
from app.storage.local.sqlite_albums import SqliteAlbums
from app.storage.local.sqlite_ordered import SqliteOrderedListings
from tests.backends import make_photo
from tests.storage.local.migrations.earlier_files import (
    damage_newest_photo,
    downgrade,
    opened_at_once,
)
from tests.storage.test_catalog_publish import everything

NOW = datetime(2026, 11, 29, tzinfo=UTC)
ALBUM = Album(album_id=new_album_id(), title="Lake", owner="b" * 32, created_at=NOW)
ALBUMS = (
    Membership(ALBUM.album_id, NOW, cover=AlbumVisibility.PUBLIC),
    Membership(new_album_id(), NOW, key="202611291915005"),
)


@pytest.fixture
def photos() -> list[Photo]:
    taken_at = datetime.fromisoformat("1974-06-01T12:00:00")
    dated = [make_photo(taken_at=taken_at, tags=("sea",), sha256=f"{n:064x}") for n in range(9)]
    in_albums = [make_photo(taken_at=taken_at, albums=ALBUMS[n % 2 :]) for n in range(9)]
    others = [
        make_photo(idempotency_key="0a" * 32, description="Dusk", alt="A pier"),
        make_photo(width=640, height=480, widths=(320, 640), avif_widths=()),
        make_photo(uploaded_at=NOW, state=PhotoState.UNLISTED, unlisted=True, albums=ALBUMS[1:]),
    ]
    hidden = make_photo(state=PhotoState.HIDDEN, hidden_by=Role.ADMIN, lease_expires_at=5)
    trashed = make_photo(state=PhotoState.TRASHED, expires_at=9, version=3, taken_at=taken_at)
    return [*dated, *in_albums, *others, hidden, trashed]


@pytest.fixture
def expected(photos: list[Photo], tmp_path: Path) -> Iterator[SqliteCatalog]:
    """A catalog of the current version with the photos."""
    with closing(SqliteCatalog(tmp_path / "expected.sqlite3")) as catalog:
        for photo in photos:
            catalog.publish(photo)
        SqliteAlbums(catalog._file).create(ALBUM)
        yield catalog


@pytest.fixture
def path(expected: SqliteCatalog, tmp_path: Path) -> Path:
    """A file of version 7 with the photos."""
    path = tmp_path / "catalog.sqlite3"
    with expected._file.connection() as db:
        db.execute("VACUUM INTO ?", (str(path),))
    downgrade(path, 7)
    return path


def content(path: Path) -> dict[str, list[object]]:
    """Return all that a file holds, to see that nothing has changed."""
    with closing(sqlite3.connect(path)) as db:
        names = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        return {
            name: db.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608  a name of a table
            for name in (*names, "pragma_user_version")
            if name != "entries"  # its rows are those of the tables that it has made
        }


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_a_file_of_version_7_is_migrated(
    path: Path, photos: list[Photo], expected: SqliteCatalog
) -> None:
    """It has the same photos, listings, counters and pages, and takes fewer bytes."""
    assert version_of(path) == 7
    size = path.stat().st_size
    with closing(SqliteCatalog(path)) as catalog:
        assert everything(catalog) == everything(expected)
        assert [catalog.get(photo.photo_id) for photo in photos] == photos
        for listing in ("taken:1974", added_listing(ALBUM.album_id)):
            page = SqliteOrderedListings(path).page(listing, 9)
            assert page == SqliteOrderedListings(expected._file).page(listing, 9)
        album = SqliteAlbums(path).page(ALBUM.album_id, 9)
        assert album == SqliteAlbums(expected._file).page(ALBUM.album_id, 9)
        rows = "SELECT number, photo_id, version, fields, hex(sha256), listings FROM photos"
        assert catalog._file.read(rows) == expected._file.read(rows)
    assert path.stat().st_size < size


def test_a_migrated_file_is_used_as_before(path: Path, photos: list[Photo]) -> None:
    """A form leads to its photo, and photos are edited, restored and deleted."""
    with closing(SqliteCatalog(path)) as catalog:
        for photo in photos[:-1]:
            with pytest.raises(AlreadyPublished):
                catalog.publish(make_photo(idempotency_key=photo.idempotency_key))
        for photo in photos[:20]:
            edited = photo.next_version(taken_at=datetime.fromisoformat("2026-02-03"))
            catalog.update(photo, edited)
        assert SqliteOrderedListings(path).page("taken:1974", 9).summaries == ()
        restored = photos[-1].next_version(state=PhotoState.PUBLIC, expires_at=None)
        catalog.update(photos[-1], restored)
        assert restored.summary in SqliteOrderedListings(path).page("taken:1974", 9).summaries
        for photo in catalog.photos():
            trashed = photo.next_version(state=PhotoState.TRASHED, expires_at=1)
            catalog.update(photo, trashed)
            catalog.delete(trashed)
        assert list(catalog.listings()) == []
        assert catalog._file.read("SELECT name FROM listings UNION SELECT 1 FROM photos") == []


def test_a_record_without_avifs_gets_none(path: Path, photos: list[Photo]) -> None:
    """Rows of the earliest photos have no field for them, and neither have their summaries."""
    early, lost = photos[0], photos[1]
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE photos SET record = json_remove(record, '$.avif_widths')")
        db.execute("UPDATE photos SET version = NULL WHERE photo_id = ?", (lost.photo_id,))
        db.commit()
    with closing(SqliteCatalog(path)) as catalog:
        assert catalog.get(early.photo_id) == replace(early, avif_widths=())
        shown = catalog.page(object_keys.PUBLIC_LISTING, 99).summaries
        assert {summary.avif_widths for summary in shown} == {()}
        assert lost.photo_id in {summary.photo_id for summary in shown}


def test_entries_that_no_record_names_are_gone(path: Path, photos: list[Photo]) -> None:
    """Those of an ordered listing come from the records."""
    with closing(sqlite3.connect(path)) as db:
        entry = EntryKey.ordered("taken:1999", "0101T000000", photos[0].photo_id)
        db.execute("INSERT INTO positions SELECT ?, ?, min(number) FROM photos", entry)
        db.execute("UPDATE photos SET version = NULL, listings = x'' WHERE photo_id > '7'")
        db.commit()
    with closing(SqliteCatalog(path)) as catalog:
        assert set(catalog.listings()) == {
            entry for photo in photos for entry in catalog.entries_of(photo)
        }


@pytest.mark.parametrize("failing", [0, 12, 22])
def test_a_failed_migration_changes_nothing(
    path: Path, expected: SqliteCatalog, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """If it fails at any photo, the file stays as it was, and the next process migrates it."""
    insert, photos = sqlite_positions.insert, iter(range(23))

    def fail(db: sqlite3.Connection, number: int, keys: tuple[EntryKey, ...]) -> None:
        if next(photos) == failing:
            raise StorageRefused("injected")
        insert(db, number, keys)

    before = content(path)
    with monkeypatch.context() as patched, closing(SqliteCatalog(path)) as catalog:
        patched.setattr(sqlite_positions, "insert", fail)
        with pytest.raises(StorageRefused, match="injected"):
            catalog.ping()
    assert content(path) == before
    with closing(SqliteCatalog(path)) as catalog:
        assert everything(catalog) == everything(expected)


@pytest.mark.parametrize(("arguments", "version"), [(["0"], 7), (["20"], 7), ([], 8)])
def test_a_killed_migration_is_made_by_the_next_process(
    path: Path, expected: SqliteCatalog, arguments: list[str], version: int
) -> None:
    """It is killed at a photo, or when the migrated file is made smaller."""
    before = content(path)
    command = [
        sys.executable,
        "-m",
        "tests.storage.local.migrations.migrator",
        str(path),
        *arguments,
    ]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert version_of(path) == version
    assert version == 8 or content(path) == before
    with closing(SqliteCatalog(path)) as catalog:
        assert everything(catalog) == everything(expected)
        catalog.publish(make_photo())


@pytest.mark.parametrize(
    "change", ["record = '{'", "record = '[]'", "record = '{}'", "photo_id = 'damaged'"]
)
def test_a_damaged_record_is_named(path: Path, change: str) -> None:
    """The operator learns which photo it is, and the file stays as it was."""
    damaged = damage_newest_photo(path, change)
    before = content(path)
    with closing(SqliteCatalog(path)) as catalog, pytest.raises(StorageRefused, match=damaged):
        catalog.ping()
    assert content(path) == before


def test_threads_that_migrate_at_once(path: Path, expected: SqliteCatalog) -> None:
    """Each of several connections finds the migrated file."""
    with opened_at_once(path) as catalogs:
        assert everything(catalogs[0]) == everything(expected)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT photo_id, version, idempotency_key, record FROM photos",
        "SELECT position FROM positions",
        "UPDATE photos SET record = ?",
        "INSERT INTO photos (number, photo_id, record) VALUES (1, 2, ?)",
    ],
)
def test_a_running_process_of_an_earlier_version_is_refused(path: Path, statement: str) -> None:
    """It neither reads the smaller rows nor writes longer ones, and answers 503."""
    with closing(SqliteCatalog(path)) as catalog:
        catalog.ping()
        with pytest.raises(StorageError, match="column"):
            catalog._file.read(statement, *(["{}"] * statement.count("?")))


def test_the_record_of_an_album_stays(path: Path) -> None:
    """The tables of albums are not those that change."""
    assert SqliteAlbums(path).get(ALBUM.album_id) == ALBUM
    with closing(sqlite3.connect(path)) as db:
        [(record,)] = db.execute("SELECT record FROM albums").fetchall()
    assert Album.from_dict(json.loads(record)) == ALBUM
