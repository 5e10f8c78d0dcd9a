"""The join of postings reads a limited number of them, in few calls.

Covers app.storage.aws.listings.postings.
"""

from dataclasses import replace
from functools import partial
from random import Random

import pytest

from app.domain.pages import Page, SearchPage
from app.domain.search_terms import SearchQuery
from app.storage.aws.dynamodb_search import (
    CHUNK_OF_THREE,
    MAX_UNITS,
    MAX_UNITS_OF_NEIGHBOR,
    search,
    search_neighbors,
)
from app.storage.aws.listings import posting_join
from tests.backends import make_photo
from tests.storage.aws.in_memory_index import InMemoryIndex
from tests.storage.search_samples import all_pages, ids_of


def test_a_term_without_photos_ends_the_search() -> None:
    """A term that no photo has ends the search when its postings are read."""
    index = InMemoryIndex([make_photo(title="sea") for _ in range(500)])
    results = search(index, SearchQuery.of("xylophones sea "), 30)
    assert results == SearchPage(Page((), None, None))
    assert index.calls == 2


def test_a_rare_term_limits_the_reads_of_a_frequent_term() -> None:
    """The records of the rare term's three photos are read, and no more of the frequent term."""
    collection = [
        make_photo(title="sea harbour" if number % 4000 == 7 else "sea") for number in range(10_000)
    ]
    index = InMemoryIndex(collection)
    results = search(index, SearchQuery.of("sea harbour "), 30)
    assert len(results.page.summaries) == 3
    assert results.stopped_at is None
    assert (index.calls, index.records_read) == (3, 3)


@pytest.mark.parametrize(
    ("query_text", "calls", "most_records"),
    [("one two ", 3, 31), ("one two six ", 4, 31), ("one two six ten ", 4, 82)],
)
def test_frequent_terms_cost_a_call_each_and_one_for_the_photos(
    query_text: str, calls: int, most_records: int
) -> None:
    """The postings of three terms say which photos have all. The record says the others."""
    titles = ("one two six ten", "one two", "two six", "one two six ten", "one six", "one two six")
    collection = [make_photo(title=titles[number % 6]) for number in range(600)]
    index = InMemoryIndex(collection)
    results = search(index, SearchQuery.of(query_text), 30)
    assert len(results.page.summaries) == 30
    assert index.calls == calls
    assert index.records_read <= most_records


@pytest.mark.parametrize("share", [0.2, 0.5, 1.0])
def test_three_terms_with_few_photos_in_common_cost_no_more_than_frequent_ones(
    share: float,
) -> None:
    """Of words that one photo in five has, one photo in 125 has all three."""
    random = Random(f"{share}")  # noqa: S311  a sample that can be repeated
    words = ("alder", "birch", "cedar")
    collection = [
        make_photo(title=" ".join(word for word in words if random.random() < share))
        for _ in range(10_000)
    ]
    index = InMemoryIndex(collection)
    results = search(index, SearchQuery.of("alder birch cedar "), 30)
    assert len(results.page.summaries) == 30
    assert index.calls == 4
    assert index.postings_read <= 3 * CHUNK_OF_THREE
    assert index.records_read <= 31


@pytest.mark.parametrize(
    ("photos", "shares", "calls", "most_units"),
    [
        (10_000, (0.2, 0.15), 3, 34),
        (60_000, (0.025, 0.022), 7, 70),
        (40_000, (0.12, 0.10, 0.09), 10, 120),
        (20_000, (0.3, 0.02, 0.004), 10, 60),
        (10_000, (0.5, 0.5, 0.5, 0.1), 10, 120),
    ],
)
def test_words_that_few_photos_have_together_fill_a_page(
    photos: int, shares: tuple[float, ...], calls: int, most_units: int
) -> None:
    """The first postings tell how many more are needed, so records of other photos are not read.

    Where fewer photos match than a page takes, the page has all of them.
    """
    random = Random(f"{shares}")  # noqa: S311  a sample that can be repeated
    words = ("alder", "birch", "cedar", "dogwood")[: len(shares)]
    choices = (
        [word for word, share in zip(words, shares, strict=True) if random.random() < share]
        for _ in range(photos)
    )
    titles = [" ".join(chosen) for chosen in choices if chosen]
    index = InMemoryIndex([make_photo(title=title) for title in titles])
    query_text = " ".join(words) + " "
    results = search(index, SearchQuery.of(query_text), 30)
    assert len(results.page.summaries) == min(30, titles.count(query_text.strip()))
    assert index.calls <= calls
    assert index.units <= most_units


@pytest.mark.parametrize("text", ["martina ", "martina market ", "mart"])
def test_a_rare_word_among_many_with_its_beginning_has_a_bounded_cost(text: str) -> None:
    """The pages find it nevertheless. The neighbors of a photo read less, and may find none."""
    collection = [make_photo(title="market ") for _ in range(30_000)]
    collection[7] = replace(collection[7], title="market martina")
    index = InMemoryIndex(collection)
    read_page = partial(search, index, SearchQuery.of(text), 30)
    found = []
    for results in all_pages(read_page, "before"):
        assert index.units <= MAX_UNITS
        assert index.longest_read <= posting_join.MAX_CHUNK
        index.postings_read = index.records_read = 0
        found += ids_of([results])
        if len(found) > 100:  # of a beginning that all of them have
            break
    assert text == "mart" or found == [collection[7].photo_id]
    search_neighbors(index, SearchQuery.of(text), collection[15_000].photo_id)
    assert index.units <= 2 * MAX_UNITS_OF_NEIGHBOR
