"""A search finds the right photos in order, page by page."""

from dataclasses import replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.search_terms import SearchQuery
from app.storage.aws import dynamodb_search
from app.storage.aws.dynamodb_search import (
    CHUNK,
    MAX_CALLS,
    MAX_UNITS,
    POSTINGS_A_UNIT,
    search,
    search_neighbors,
)
from app.storage.aws.listings import posting_join
from tests.backends import make_photo
from tests.storage.aws.in_memory_index import InMemoryIndex
from tests.storage.search_samples import (
    REPEATABLE,
    all_pages,
    has_terms,
    ids_of,
    photos,
    query_texts,
)

ARCHITECTURE = Path(__file__).parents[3] / "docs" / "architecture.md"
SMALL_CHUNK = 480  # for tests with some ten thousand photos

_photo_id = attrgetter("photo_id")


@given(
    st.lists(photos, max_size=25),
    query_texts,
    st.integers(1, 7),
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from((24, 40, 120))),
)
@REPEATABLE
def test_a_search_finds_what_a_full_scan_finds(
    collection: list[Photo], query_text: str, limit: int, figures: tuple[int, int, int]
) -> None:
    """Paging in both directions gives every matching photo once, in order, and no other.

    The figures are the postings of the first read and of later ones, and the units of a page. A
    posting takes a unit.
    """
    first, later, units = figures
    chunks = dict.fromkeys(("CHUNK_OF_ONE", "CHUNK", "CHUNK_OF_THREE"), first)
    bounds = chunks | {"MAX_UNITS": units, "POSTINGS_A_UNIT": 1}
    with (
        mock.patch.multiple(dynamodb_search, **bounds),
        mock.patch.multiple(posting_join, MIN_CHUNK=later, MAX_CHUNK=later),
    ):
        check_pages(collection, query_text, limit)


def check_pages(collection: list[Photo], query_text: str, limit: int) -> None:
    """Check that the pages in both directions are those of a full scan."""
    newest_first = sorted(collection, key=_photo_id, reverse=True)
    expected = [photo.photo_id for photo in newest_first if has_terms(photo, query_text)]
    index = InMemoryIndex(collection)
    query = SearchQuery.of(query_text)
    read_page = partial(search, index, query, limit)

    older_pages = list(all_pages(read_page, "before"))
    newer_pages = list(all_pages(read_page, "after"))

    assert all(len(results.page.summaries) <= limit for results in older_pages + newer_pages)
    assert ids_of(older_pages) == expected
    assert ids_of(reversed(newer_pages)) == expected


def test_the_newer_cursor_leads_back_to_the_previous_page() -> None:
    """The newer cursor of the second page gives the first page, which has no newer cursor."""
    index = InMemoryIndex([make_photo(title="sea") for _ in range(9)])
    query = SearchQuery.of("sea ")
    first = search(index, query, 3).page
    second = search(index, query, 3, before=first.older).page
    assert first.newer is None
    assert search(index, query, 3, after=second.newer).page.summaries == first.summaries


def test_postings_that_are_wrong_show_nothing() -> None:
    """The record decides: another title, a hidden photo and a deleted one are no matches."""
    photos = [make_photo(title="sea") for _ in range(4)]
    index = InMemoryIndex(photos)
    index._photos[photos[0].photo_id] = photos[0].next_version(title="hill")
    index._photos[photos[1].photo_id] = photos[1].next_version(state=PhotoState.HIDDEN)
    del index._photos[photos[2].photo_id]
    assert ids_of([search(index, SearchQuery.of("sea"), 30)]) == [photos[3].photo_id]


def read_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each read but the first be small, so that a test needs fewer photos."""
    monkeypatch.setattr(posting_join, "MIN_CHUNK", SMALL_CHUNK)
    monkeypatch.setattr(posting_join, "MAX_CHUNK", SMALL_CHUNK)


def test_a_search_stops_at_the_read_limit_and_continues_on_the_next_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two frequent terms with one common photo give partial pages, the last one with the photo."""
    read_little(monkeypatch)
    collection = [make_photo(title="one " if number % 2 else "two ") for number in range(40_000)]
    collection[0] = replace(collection[0], title="one two")
    index = InMemoryIndex(collection)
    read_page = partial(search, index, SearchQuery.of("one two "), 30)
    pages = []
    for results in all_pages(read_page, "before"):
        assert index.calls <= MAX_CALLS
        index.calls = 0
        pages.append(results)
    assert ids_of(pages) == [collection[0].photo_id]
    assert all(results.stopped_at == results.page.older for results in pages[:-1])
    assert pages[-1].stopped_at is None
    by_calls = CHUNK + SMALL_CHUNK * (MAX_CALLS // 2 - 1)
    by_units = (MAX_UNITS - 16) * POSTINGS_A_UNIT // 2
    min_photos_per_page = min(by_calls, by_units)
    assert len(pages) <= len(collection) / min_photos_per_page


def test_the_neighbors_of_a_photo_take_the_calls_of_two_searches_at_most() -> None:
    """If all postings are wrong, each record is read by itself. The documents have the number."""
    photos = [make_photo(title="sea") for _ in range(100)]
    index = InMemoryIndex(photos)
    index._photos.clear()
    search_neighbors(index, SearchQuery.of("sea "), photos[50].photo_id)
    assert index.calls == 2 * MAX_CALLS
    assert f"at most {2 * MAX_CALLS} more in a search" in ARCHITECTURE.read_text("utf-8")


def test_an_empty_partial_page_leads_in_both_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cursors of a partial page without photos lead to the matches on both sides."""
    read_little(monkeypatch)
    collection = [make_photo(title="one two")]
    collection += [make_photo(title="one" if number % 2 else "two") for number in range(33_000)]
    collection += [make_photo(title="one two")]
    oldest, newest = collection[0].photo_id, collection[-1].photo_id
    index = InMemoryIndex(collection)
    read_page = partial(search, index, SearchQuery.of("one two "), 30)

    first = read_page()
    assert ids_of([first]) == [newest]
    second = read_page(before=first.page.older)
    assert second.page.summaries == ()

    newer_pages = list(all_pages(read_page, "after"))
    assert ids_of(newer_pages) == [oldest, newest]
    assert newer_pages[1].page.summaries == ()

    found: list[str] = []
    cursor = newer_pages[1].page.older
    while cursor:
        results = read_page(before=cursor)
        found += ids_of([results])
        cursor = results.page.older
    assert found == [oldest]
