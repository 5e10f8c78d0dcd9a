"""The traces of a photo in the index, and pages and searches in any order of publishing."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ulid import ULID

from app.domain import object_keys, photo_ids
from app.domain.errors import StorageRefused
from app.domain.listings.entries import plain_keys
from app.domain.pages import SearchPage
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.search_terms import SearchQuery
from app.storage.local import sqlite_listings, sqlite_search
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import make_photo
from tests.storage.search_samples import (
    REPEATABLE,
    all_pages,
    has_terms,
    ids_of,
    photos,
    query_texts,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalog.sqlite3"


@pytest.fixture
def catalog(path: Path) -> Iterator[SqliteCatalog]:
    with closing(SqliteCatalog(path)) as catalog:
        yield catalog


def with_id(photo: Photo, milliseconds: int, random_bits: int) -> Photo:
    """Return the photo with an id of this time."""
    return photo.next_version(photo_id=str(ULID.from_int((milliseconds << 80) + random_bits)))


# Some in one millisecond, some in one second, some years apart.
times = st.sampled_from([0, 1_600_000_000_000, 1_600_000_000_001, 1_600_000_002_000, 2**45])
collections = st.lists(
    st.builds(with_id, photos, times, st.integers(1, 2**80 - 1)),
    max_size=12,
    unique_by=lambda photo: photo.photo_id,
)


@given(collections, query_texts, st.integers(1, 7))
@settings(REPEATABLE, max_examples=80)  # each has a file of its own
def test_a_search_finds_what_a_full_scan_finds(
    collection: list[Photo], query_text: str, limit: int
) -> None:
    """Paging in both directions gives every match once, by id, whatever was published first."""
    newest_first = sorted(collection, key=lambda photo: photo.photo_id, reverse=True)
    expected = [photo.photo_id for photo in newest_first if has_terms(photo, query_text)]
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(SqliteCatalog(Path(folder) / "catalog.sqlite3")) as catalog,
    ):
        for photo in collection:
            catalog.publish(photo)
        read_page = partial(catalog.search, SearchQuery.of(query_text), limit)
        older_pages = list(all_pages(read_page, "before"))
        newer_pages = list(all_pages(read_page, "after"))
        listed = [SearchPage(catalog.page(object_keys.PUBLIC_LISTING, 25))]
    assert ids_of(older_pages) == ids_of(reversed(newer_pages)) == expected
    assert all(results.stopped_at is None for results in older_pages + newer_pages)
    assert ids_of(listed) == [photo.photo_id for photo in newest_first]


@pytest.mark.parametrize(
    ("query", "cursor"), [(sqlite_search._BEFORE, "z"), (sqlite_search._AFTER, "0")]
)
def test_a_page_sorts_nothing(catalog: SqliteCatalog, query: str, cursor: str) -> None:
    """A page is a range of the index and the records of its photos, at any number of photos."""
    steps = [
        detail for *_, detail in catalog._file.read(f"EXPLAIN QUERY PLAN {query}", "1", cursor)
    ]
    assert steps[0].startswith("SCAN entries VIRTUAL TABLE INDEX")
    assert "SEARCH photos USING INTEGER PRIMARY KEY (rowid=?)" in steps
    assert not any("TEMP B-TREE" in step for step in steps)


def test_an_edit_looks_for_photos_only_of_the_listings_that_its_photo_leaves(
    catalog: SqliteCatalog,
) -> None:
    """Whether a listing has photos left is a query of the index for each listing."""
    photo = make_photo(title="Ferry harbor")
    catalog.publish(photo)
    statements: list[str] = []
    with catalog._file.connection() as db:
        db.set_trace_callback(statements.append)
    catalog.update(photo, photo.next_version(title="Ferry"))
    (deletion,) = (text for text in statements if "DELETE FROM listings" in text)
    assert "'term:harbor'" in deletion
    assert "'term:ferry'" not in deletion


def contents(path: Path) -> bytes:
    """Return everything in the folder of the closed catalog."""
    return b"".join(file.read_bytes() for file in path.parent.glob("catalog.sqlite3*"))


def test_no_text_of_a_deleted_photo_stays_in_the_file(path: Path, catalog: SqliteCatalog) -> None:
    """Neither its record nor its words stay, also if other photos are published and deleted."""
    photo = make_photo(title="Quetzalcoatl", description="xylophones", tags=("zanzibar",))
    for _ in range(20):
        catalog.publish(make_photo())
    catalog.publish(photo)
    trashed = photo.next_version(state=PhotoState.TRASHED, expires_at=1)
    catalog.update(photo, trashed)
    catalog.delete(trashed)
    catalog.close()
    remains = contents(path).lower()
    assert not [word for word in (b"quetzal", b"xylo", b"zanzi") if word in remains]
    assert photo.sha256.encode() not in remains
    assert photo.photo_id.encode() not in remains


def test_no_earlier_text_of_an_edited_photo_stays_in_the_file(
    path: Path, catalog: SqliteCatalog
) -> None:
    """The words that an edit removes are gone."""
    photo = make_photo(title="Quetzalcoatl", description="harbor")
    catalog.publish(photo)
    catalog.update(photo, photo.next_version(title="Harbor"))
    catalog.close()
    assert b"quetzal" not in contents(path).lower()


def test_names_that_differ_in_a_nul_character_are_different(catalog: SqliteCatalog) -> None:
    """A photo is in its own listings only, whatever characters their names have."""
    tags = ("sea", "sea\0", "sea\0a", "sea\0b")
    photos = {tag: make_photo(tags=(tag,), owner=tag) for tag in tags}
    for photo in photos.values():
        catalog.publish(photo)
    for tag, photo in photos.items():
        assert catalog.page(object_keys.tag_listing(tag), 9).summaries == (photo.summary,)
        assert catalog.page(object_keys.owner_listing(tag), 9).summaries == (photo.summary,)
    listed = [entry for photo in photos.values() for entry in catalog.entries_of(photo)]
    assert sorted(map(repr, catalog.listings())) == sorted(map(repr, listed))


def test_a_listing_never_gets_the_number_of_another(catalog: SqliteCatalog) -> None:
    """A tag that is used again, after other new tags, finds its new photos alone."""
    for tag in ("sea", "hill", "pier", "sea"):
        photo = make_photo(tags=(tag,))
        catalog.publish(photo)
        assert catalog.page(object_keys.tag_listing(tag), 5).summaries == (photo.summary,)
        trashed = photo.next_version(state=PhotoState.TRASHED)
        catalog.update(photo, trashed)
        catalog.delete(trashed)
    assert list(catalog.listings()) == []
    assert catalog._file.read("SELECT * FROM listings") == []


def test_a_period_without_a_free_number(
    catalog: SqliteCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More photos of one second than there are numbers are refused, and change nothing."""
    monkeypatch.setattr(sqlite_listings, "LAST_IN_PERIOD", 1)
    first = make_photo(photo_id=photo_ids.MIN_ID)
    second = make_photo(photo_id=photo_ids.next_id(first.photo_id))
    third = make_photo(photo_id=photo_ids.next_id(second.photo_id))
    catalog.publish(first)
    catalog.publish(second)
    with pytest.raises(StorageRefused, match="same second"):
        catalog.publish(third)
    assert list(catalog.photos()) == [first, second]


def test_terms_of_an_earlier_rule_are_found_repaired_and_deleted(
    catalog: SqliteCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later version may index other words: `listings` yields the old ones until they go."""
    photo, edited, deleted = (make_photo(title=f"Photo {number}") for number in range(3))
    listings = Photo.listings.fget
    assert listings
    with monkeypatch.context() as earlier:
        earlier.setattr(Photo, "listings", property(lambda it: (*listings(it), "term:old")))
        for each in (photo, edited, deleted):
            catalog.publish(each)
    old = SearchQuery.of("old ")
    assert len(catalog.search(old, 9).page.summaries) == 3
    catalog.update(edited, edited.next_version(title="Edited"))
    trashed = deleted.next_version(state=PhotoState.TRASHED, expires_at=1)
    catalog.update(deleted, trashed)
    catalog.delete(trashed)
    entries = [entry for entry in catalog.listings() if entry.listing == "term:old"]
    assert [entry.photo_id for entry in entries] == [photo.photo_id]
    catalog.sync_listings(photo.photo_id, photo, plain_keys(photo.photo_id, ["term:old"]))
    assert not [entry for entry in catalog.listings() if entry.listing == "term:old"]
    assert not catalog.search(old, 9).page.summaries
