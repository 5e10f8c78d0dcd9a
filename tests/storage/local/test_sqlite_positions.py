"""Rows of ordered listings: a page is a range of a key, and nothing is left of a deleted photo."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.albums.album import added_listing, album_listing
from app.domain.albums.memberships import Membership
from app.domain.photo_ids import new_album_id
from app.domain.photo_summary import PhotoState
from app.storage.local import sqlite_positions
from app.storage.local.sqlite import SqliteCatalog
from app.storage.local.sqlite_ordered import SqliteOrderedListings
from tests.backends import make_photo

TAKEN_AT = datetime.fromisoformat("2026-11-05T14:03:07")


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[SqliteCatalog]:
    with closing(SqliteCatalog(tmp_path / "catalog.sqlite3")) as catalog:
        yield catalog


def names(catalog: SqliteCatalog) -> set[str]:
    """Return the names of ordered listings in the file."""
    return {name for (name,) in catalog._file.read("SELECT name FROM ordered_listings")}


@pytest.mark.parametrize("query", [sqlite_positions._PAGE, sqlite_positions._PAGE_DESCENDING])
def test_a_page_reads_a_range_of_the_key(catalog: SqliteCatalog, query: str) -> None:
    """Nothing is sorted, and a photo is read by its number."""
    values = ("taken:2026", "", b"", "~", b"", 30)
    steps = [detail for *_, detail in catalog._file.read(f"EXPLAIN QUERY PLAN {query}", *values)]
    first, *_, last = steps
    span = "listing=? AND (key,photo_id)>(?,?) AND (key,photo_id)<(?,?)"
    assert first == f"SEARCH positions USING PRIMARY KEY ({span})"
    assert last == "SEARCH photos USING INTEGER PRIMARY KEY (rowid=?)"


def test_a_listing_without_entries_leaves_no_name(catalog: SqliteCatalog) -> None:
    """A name stays as long as a photo is in the listing."""
    albums = [new_album_id(), new_album_id()]
    added_at = datetime(2026, 11, 29, tzinfo=UTC)
    memberships = tuple(Membership(album_id, added_at) for album_id in albums)
    first, second = make_photo(taken_at=TAKEN_AT, albums=memberships), make_photo(taken_at=TAKEN_AT)
    catalog.publish(first)
    catalog.publish(second)
    assert names(catalog) == {
        "taken:2026",
        *map(album_listing, albums),
        added_listing(albums[0]),
    }
    emptied = first.next_version(albums=memberships[1:])
    catalog.update(first, emptied)
    assert names(catalog) == {"taken:2026", album_listing(albums[1]), added_listing(albums[1])}
    trashed = emptied.next_version(state=PhotoState.TRASHED, expires_at=1)
    catalog.update(emptied, trashed)
    assert names(catalog) == {"taken:2026"}
    catalog.delete(trashed)
    catalog.update(second, second.next_version(taken_at=None))
    assert names(catalog) == set()


def test_an_import_replaces_the_entries_of_a_lost_record(catalog: SqliteCatalog) -> None:
    """The record that is gone had another date."""
    lost = make_photo(taken_at=TAKEN_AT)
    catalog.publish(lost)
    catalog.delete(replace(lost, state=PhotoState.TRASHED))
    ordered = SqliteOrderedListings(catalog._file)
    assert ordered.page("taken:2026", 9).summaries == (lost.summary,)
    photo = replace(lost, taken_at=datetime.fromisoformat("1974-06-01T12:00:00"))
    catalog.import_photo(photo)
    assert set(catalog.listings()) == set(catalog.entries_of(photo))
    assert names(catalog) == {"taken:1974"}
