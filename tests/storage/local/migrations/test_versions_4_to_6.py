"""A file of version 4, 5 or 6 gets the new tables, and keeps its photos.

Covers app.storage.local.sqlite_schema.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.albums.album import Album, added_listing
from app.domain.albums.memberships import Membership
from app.domain.photo_ids import new_album_id
from app.storage.local.sqlite import SqliteCatalog
from app.storage.local.sqlite_albums import _TO_SETTLE, SqliteAlbums
from app.storage.local.sqlite_ordered import SqliteOrderedListings
from app.storage.local.sqlite_reports import SqliteReports
from app.storage.local.tokens.sqlite_tokens import SqliteTokens
from tests.backends import make_photo
from tests.storage.local.migrations.earlier_files import downgrade, schema_names
from tests.storage.test_catalog_publish import everything


def test_a_file_of_version_4_gets_the_archive(version_4: Path, expected: SqliteCatalog) -> None:
    """Photos of earlier versions are listed and counted by the date they were taken."""
    with closing(SqliteCatalog(version_4)) as catalog:
        assert everything(catalog) == everything(expected)
        page = SqliteOrderedListings(version_4).page("taken:1974", 30)
        assert len(page.summaries) == 7
        catalog.publish(make_photo())
    assert schema_names(version_4) == schema_names(version_4.with_name("expected.sqlite3"))


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
    assert schema_names(path) == schema_names(path.with_name("expected.sqlite3"))
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
    assert schema_names(path) == schema_names(path.with_name("expected.sqlite3"))


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
