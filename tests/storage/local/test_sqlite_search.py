"""A search of the local catalog has a limit on its work, and continues where it stopped."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from app.domain import object_keys
from app.domain.batches import Batch
from app.domain.pages import SearchPage
from app.domain.photo import Photo
from app.domain.photo_ids import MAX_ID, MIN_ID
from app.domain.photo_summary import PhotoSummary
from app.domain.search_terms import SearchQuery
from app.storage.local import sqlite_listings, sqlite_records, sqlite_search
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import make_photo
from tests.storage.search_samples import REPEATABLE, all_pages, ids_of

PHOTOS = 300
EIGHT_WORDS = "one two three four five six seven eight"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[SqliteCatalog]:
    with closing(SqliteCatalog(tmp_path / "catalog.sqlite3")) as catalog:
        yield catalog


@pytest.fixture
def published(catalog: SqliteCatalog, monkeypatch: pytest.MonkeyPatch) -> list[Photo]:
    """Photos of different seconds, of which each lacks one of eight words, except the ends.

    About every fourth is a milestone.
    """
    monkeypatch.setattr(sqlite_listings, "_MILESTONE_INTERVAL", 4)
    words = EIGHT_WORDS.split()
    incomplete = [
        " ".join(word for word in words if word != missing_word)
        for missing_word in islice(cycle(words), PHOTOS)
    ]
    titles = [EIGHT_WORDS, *incomplete, EIGHT_WORDS]
    photos = [
        make_photo(photo_id=str(ULID.from_int(second * 2_000 << 80)), title=title)
        for second, title in enumerate(titles, 1)
    ]
    for photo in photos:
        catalog.publish(photo)
    return photos


def limit_steps(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    monkeypatch.setattr(sqlite_search, "MAX_STEPS", steps)
    monkeypatch.setattr(sqlite_search, "_STEPS_AT_ONCE", 1)


@pytest.mark.parametrize("direction", ["before", "after"])
@pytest.mark.parametrize("steps", [1, 300, 1_000])
def test_a_search_that_stops_continues_on_the_next_page(
    catalog: SqliteCatalog,
    published: list[Photo],
    monkeypatch: pytest.MonkeyPatch,
    direction: str,
    steps: int,
) -> None:
    """Its pages find each match once, in both directions, and the last is complete."""
    limit_steps(monkeypatch, steps)
    read_page = partial(catalog.search, SearchQuery.of(f"{EIGHT_WORDS} "), 5)
    pages = list(all_pages(read_page, direction))
    found = ids_of(pages if direction == "before" else reversed(pages))
    assert found == [published[-1].photo_id, published[0].photo_id]
    assert len(pages) > 1
    assert pages[0].stopped_at is not None
    assert pages[-1].stopped_at is None


def test_the_work_of_a_page_does_not_grow_with_the_photos(
    catalog: SqliteCatalog, published: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The steps of SQLite's virtual machine stay near the limit, which all photos exceed."""

    def steps_of_a_page(limit: int) -> int:
        limit_steps(monkeypatch, limit)
        counters: list[sqlite_search._Steps] = []

        class Counter(sqlite_search._Steps):
            def __init__(self) -> None:
                super().__init__()
                counters.append(self)

        with monkeypatch.context() as counted:
            counted.setattr(sqlite_search, "_Steps", Counter)
            catalog.search(SearchQuery.of(f"{EIGHT_WORDS} "), 5)
        return counters[0]._count

    assert len(published) == PHOTOS + 2
    everything = steps_of_a_page(10**9)
    assert everything > 1_000
    assert steps_of_a_page(300) < 300 + everything / 5


def test_a_frequent_word_is_never_partial(
    catalog: SqliteCatalog, published: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full page needs no more photos, however few steps the search may use."""
    limit_steps(monkeypatch, 1)
    results = catalog.search(SearchQuery.of("one "), 5)
    assert results.stopped_at is None
    assert len(results.page.summaries) == 5


def test_a_word_without_photos_is_not_searched(
    catalog: SqliteCatalog, published: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search with a word that no photo has ends at once."""
    limit_steps(monkeypatch, 1)
    results = catalog.search(SearchQuery.of("one xylophones "), 5)
    assert results == SearchPage(results.page)
    assert results.page.summaries == ()


@given(st.sets(st.integers(0, 2**53), min_size=1))
@REPEATABLE
def test_a_milestone_depends_on_the_number_alone(numbers: set[int]) -> None:
    """A row is deleted with the words with which it was inserted."""
    for number in numbers:
        words = sqlite_listings._words(number, {3, 7})
        assert words == ("0 3 7" if sqlite_listings.has_milestone(number) else "3 7")


def test_an_index_row_with_a_milestone_is_replaced_and_deleted(
    catalog: SqliteCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FTS5's own check finds no difference, and no word is left."""
    monkeypatch.setattr(sqlite_listings, "_MILESTONE_INTERVAL", 1)
    photo = make_photo(title="one two")
    catalog.publish(photo)
    catalog.update(photo, photo.next_version(title="two three"))
    assert catalog.search(SearchQuery.of("one two "), 5).page.summaries == ()
    found = catalog.search(SearchQuery.of("three two "), 5).page.summaries
    assert [summary.photo_id for summary in found] == [photo.photo_id]
    catalog.sync_listings(photo.photo_id, catalog.get(photo.photo_id), photo.entry_keys)
    with catalog._file.connection() as db, pytest.raises(sqlite3.OperationalError):
        db.execute("SELECT 1 FROM entries WHERE entries MATCH 'no such (word'").fetchall()


def test_a_page_reads_the_records_of_its_photos_only(
    catalog: SqliteCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if many photos were uploaded in one second, which a page sorts by id."""
    decoded: list[str] = []
    summary_of = sqlite_records.summary_of

    def recorded(photo_id: str, record: str) -> PhotoSummary:
        decoded.append(photo_id)
        return summary_of(photo_id, record)

    monkeypatch.setattr(sqlite_records, "summary_of", recorded)
    for number in range(20):
        catalog.publish(make_photo(photo_id=str(ULID.from_int((1_000 << 80) + number))))
    assert len(catalog.page(object_keys.PUBLIC_LISTING, 3).summaries) == 3
    assert len(decoded) == 4


def pages_of(catalog: SqliteCatalog, listing: str, *, forward: bool) -> list[str]:
    """Return the ids of all pages of two photos, in the order of reading."""
    found: list[str] = []
    cursor = {"after": MIN_ID} if forward else {"before": MAX_ID}
    while True:
        page = catalog.page(listing, 2, **cursor)  # type: ignore[arg-type]
        ids = [summary.photo_id for summary in page.summaries]
        found += reversed(ids) if forward else ids
        following = page.newer if forward else page.older
        if following is None:
            return found
        cursor = {"after" if forward else "before": following}


@given(
    places=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.booleans()), max_size=25),
    forward=st.booleans(),
)
@REPEATABLE
def test_pages_are_in_the_order_of_ids_in_seconds_with_many_photos(
    places: list[tuple[int, int, bool]], forward: bool
) -> None:
    """Photos of a batch are of one second, come in any order, and only some have a tag."""
    with TemporaryDirectory() as folder, closing(SqliteCatalog(Path(folder) / "c")) as catalog:
        photos = [
            make_photo(
                photo_id=Batch(1_024 * second + second % 2).new_id(None, position),
                tags=("sea",) if tagged else (),
            )
            for second, position, tagged in places
        ]
        for photo in photos:
            catalog.publish(photo)
        with mock.patch.object(sqlite_search, "_MAX_SORTED", 3):
            for listing in (object_keys.PUBLIC_LISTING, object_keys.tag_listing("sea")):
                expected = [photo.photo_id for photo in photos if listing in photo.listings]
                expected.sort(reverse=not forward)
                assert pages_of(catalog, listing, forward=forward) == expected
