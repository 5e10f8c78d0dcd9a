"""Files of earlier versions are migrated: whole or not at all, and once."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.albums.album import Album, added_listing
from app.domain.albums.memberships import Membership
from app.domain.errors import AlreadyPublished, StorageRefused
from app.domain.listings.archive import UNDATED_LISTING
from app.domain.listings.entries import plain_keys
from app.domain.photo import Photo
from app.domain.photo_ids import new_album_id
from app.domain.photo_summary import PhotoState
from app.storage.local import sqlite_listings
from app.storage.local.sqlite import SqliteCatalog
from app.storage.local.sqlite_albums import _TO_SETTLE, SqliteAlbums
from app.storage.local.sqlite_ordered import SqliteOrderedListings
from app.storage.local.sqlite_reports import SqliteReports
from app.storage.local.tokens.sqlite_tokens import SqliteTokens
from tests.backends import make_photo
from tests.storage.local.migrations.earlier_files import (
    damage_newest_photo,
    downgrade,
    opened_at_once,
)
from tests.storage.local.writers import ids_written, started_writers
from tests.storage.test_catalog_publish import everything

_TABLES_OF_VERSION_2 = """
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
_VERSION_2_TO_3 = """
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
_UNCHANGED_TABLES = ("tag_counts", "usage_counters", "revoked_sessions")


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
        db.executescript(f"PRAGMA journal_mode = WAL; {_TABLES_OF_VERSION_2}")
        db.execute("ATTACH ? AS expected", (str(tmp_path / "expected.sqlite3"),))
        for table in _UNCHANGED_TABLES:
            db.execute(f"INSERT INTO main.{table} SELECT * FROM expected.{table}")  # noqa: S608
        for photo in photos:
            _insert(db, photo)
        db.commit()
    return path


def _insert(db: sqlite3.Connection, photo: Photo) -> None:
    row = (photo.photo_id, photo.version, photo.expires_at, json.dumps(photo.to_dict()))
    db.execute("INSERT INTO photos VALUES (?, ?, ?, ?)", row)
    summary = json.dumps(photo.summary.to_dict())
    rows = [(listing, photo.photo_id, summary) for listing in photo.listings]
    db.executemany("INSERT INTO listings VALUES (?, ?, ?)", rows)
    if photo.state is not PhotoState.TRASHED:
        key = (photo.idempotency_key, photo.photo_id)
        db.execute("INSERT OR IGNORE INTO idempotency_keys VALUES (?, ?)", key)


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


def test_a_file_of_version_4_gets_the_archive(version_4: Path, expected: SqliteCatalog) -> None:
    """Photos of earlier versions are listed and counted by the date they were taken."""
    with closing(SqliteCatalog(version_4)) as catalog:
        assert everything(catalog) == everything(expected)
        page = SqliteOrderedListings(version_4).page("taken:1974", 30)
        assert len(page.summaries) == 7
        catalog.publish(make_photo())
    assert _names(version_4) == _names(version_4.with_name("expected.sqlite3"))


def test_a_file_of_version_5_gets_the_new_tables(expected: SqliteCatalog, tmp_path: Path) -> None:
    """Its photos stay as they are, and are new photos of the albums that they are in."""
    album_id, added_at = new_album_id(), datetime(2026, 11, 29, tzinfo=UTC)
    expected.publish(make_photo(albums=(Membership(album_id, added_at),)))
    path = tmp_path / "version 5.sqlite3"
    with closing(sqlite3.connect(tmp_path / "expected.sqlite3")) as db:
        db.execute("VACUUM INTO ?", (str(path),))
    downgrade(path, 5)
    with closing(SqliteCatalog(path)) as catalog:
        assert everything(catalog) == everything(expected)
    assert _names(path) == _names(path.with_name("expected.sqlite3"))
    assert SqliteReports(path).page(1, now=0).reports == ()
    assert len(SqliteOrderedListings(path).page(added_listing(album_id), 9).summaries) == 1


def test_a_file_of_version_6_gets_tokens_and_ends_of_links(
    expected: SqliteCatalog, tmp_path: Path
) -> None:
    """Its photos stay as they are."""
    expected.ping()
    path = tmp_path / "version 6.sqlite3"
    with closing(sqlite3.connect(tmp_path / "expected.sqlite3")) as db:
        db.execute("VACUUM INTO ?", (str(path),))
    downgrade(path, 6)
    with closing(SqliteCatalog(path)) as catalog:
        catalog.ping()
    assert SqliteTokens(path).all() == []
    with closing(SqliteCatalog(path)) as catalog:
        assert everything(catalog) == everything(expected)
    assert _names(path) == _names(path.with_name("expected.sqlite3"))


@pytest.mark.parametrize("record", ["{broken", "", "[]", "null"])
def test_a_damaged_album_does_not_stop_the_migration(
    expected: SqliteCatalog, tmp_path: Path, record: str
) -> None:
    """The other albums stay usable, and the damaged one has no time at which its link ends."""
    expected.ping()
    path = tmp_path / "expected.sqlite3"
    settle_at = datetime(2026, 11, 29, tzinfo=UTC)
    album = Album(
        album_id=new_album_id(),
        title="Lake",
        owner="b" * 32,
        created_at=settle_at,
        settle_at=settle_at,
    )
    SqliteAlbums(path).create(album)
    downgrade(path, 6)
    with closing(sqlite3.connect(path)) as db:
        row = (new_album_id(), "b" * 32, 0, 1, record)
        db.execute("INSERT INTO albums VALUES (?, ?, ?, ?, ?)", row)
        db.commit()
    with closing(SqliteCatalog(path)) as catalog:
        catalog.ping()
    assert SqliteAlbums(path).to_settle(settle_at, 9) == [album]
    with closing(sqlite3.connect(path)) as db:
        (*_, plan), *_ = db.execute(f"EXPLAIN QUERY PLAN {_TO_SETTLE}", ("", 1))
    assert "albums_to_settle" in plan


def test_a_damaged_record_of_version_4_is_named(version_4: Path, photos: list[Photo]) -> None:
    """The file stays as it was."""
    damaged = photos[3].photo_id
    with closing(sqlite3.connect(version_4)) as db:
        db.execute("UPDATE photos SET record = '{' WHERE photo_id = ?", (damaged,))
        db.commit()
    before = _names(version_4)
    with closing(SqliteCatalog(version_4)) as catalog, pytest.raises(StorageRefused, match=damaged):
        catalog.ping()
    assert _names(version_4) == before


def _names(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as db:
        return {name for (name,) in db.execute("SELECT name FROM sqlite_master")}


def test_a_file_of_version_2_is_migrated(path: Path, expected: SqliteCatalog) -> None:
    """It has the same photos, listings and counters, and no table is left of the old schema."""
    size = path.stat().st_size
    with closing(SqliteCatalog(path)) as catalog:
        assert everything(catalog) == everything(expected)
        catalog.publish(make_photo())
    assert _names(path) == _names(path.with_name("expected.sqlite3"))
    assert path.stat().st_size < size


def test_a_file_of_version_3_is_migrated(path: Path, expected: SqliteCatalog) -> None:
    """The index is built again, and a photo without a record is left out."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(_VERSION_2_TO_3)
    with closing(SqliteCatalog(path)) as catalog:
        assert everything(catalog) == everything(expected)
        catalog.publish(make_photo())
    assert _names(path) == _names(path.with_name("expected.sqlite3"))


def test_idempotency_keys_are_migrated(path: Path, photos: list[Photo]) -> None:
    """A key leads to the photo to which it led before. The key of a trashed photo leads nowhere."""
    shown, trashed = photos[0], photos[-1]
    with closing(sqlite3.connect(path)) as db:
        same_key = replace(make_photo(), idempotency_key=shown.idempotency_key)
        _insert(db, same_key)
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

    before = _names(path)
    with monkeypatch.context() as patched, closing(SqliteCatalog(path)) as catalog:
        patched.setattr(sqlite_listings, "new_number", fail)
        with pytest.raises(StorageRefused, match="injected"):
            catalog.ping()
    assert _names(path) == before
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


def test_the_migration_corrects_listings(path: Path, photos: list[Photo]) -> None:
    """The entries come from the records, so those without a record are gone."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM listings WHERE position = ?", (photos[0].photo_id,))
        _insert(db, replace(photos[0], photo_id=make_photo().photo_id))
        db.execute("DELETE FROM photos WHERE photo_id > ?", (photos[-1].photo_id,))
        db.commit()
    with closing(SqliteCatalog(path)) as catalog:
        listed = sorted((entry.listing, entry.summary.photo_id) for entry in catalog.listings())
    assert listed == sorted(
        (key.listing, photo.photo_id) for photo in photos for key in photo.entry_keys
    )


@pytest.mark.parametrize("change", ["record = '{'", "photo_id = 'damaged'"])
def test_a_damaged_record_is_named(path: Path, change: str) -> None:
    """The operator learns which photo it is, and the file stays as it was."""
    damaged = damage_newest_photo(path, change)
    before = _names(path)
    with closing(SqliteCatalog(path)) as catalog, pytest.raises(StorageRefused, match=damaged):
        catalog.ping()
    assert _names(path) == before
