"""The join of listings finds the right photos in order, with a limited number of reads."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.pages import Page, SearchPage, build_page
from app.domain.photo import Photo, PhotoSummary
from app.domain.photo_ids import MIN_ID
from app.domain.search_terms import SearchQuery, fold_text
from app.storage.aws.dynamodb_search import CHUNK, MAX_CHUNK, MAX_READS, search
from tests.backends import make_photo

REPEATABLE = settings(derandomize=True, database=None, deadline=None, max_examples=200)
VOCABULARY = (
    "sea",
    "seal",
    "seashore",
    "harbour",
    "harbor",
    "Café",
    "cafeteria",
    "at",
    "바다",
    "바닷가",
    "해운대",
    "海",
)
texts = st.lists(st.sampled_from(VOCABULARY), max_size=4).map(" ".join)
photos = st.builds(
    lambda title, tags, description: make_photo(
        title=title, tags=tuple(tags), description=description
    ),
    texts,
    st.lists(st.sampled_from(VOCABULARY), max_size=2, unique=True),
    texts,
)


_photo_id = attrgetter("photo_id")


class InMemoryListings:
    """Listings in memory that count their reads."""

    def __init__(self, photos: list[Photo]) -> None:
        self.reads = 0
        self._listings: dict[str, list[PhotoSummary]] = {}
        for photo in sorted(photos, key=_photo_id):
            for listing in photo.listings:
                self._listings.setdefault(listing, []).append(photo.summary)

    def page(
        self, listing: str, limit: int, *, before: str | None = None, after: str | None = None
    ) -> Page:
        self.reads += 1
        summaries = self._listings.get(listing, [])
        if before is None and after is not None:
            start = bisect_right(summaries, after, key=_photo_id)
            return build_page(summaries[start : start + limit + 1], limit, before, after)
        end = len(summaries) if before is None else bisect_left(summaries, before, key=_photo_id)
        return build_page(summaries[max(0, end - limit - 1) : end][::-1], limit, before, after)


def has_terms(photo: Photo, query_text: str) -> bool:
    """Return whether a photo has every term of a query, by comparing texts."""
    terms = fold_text(" ".join((photo.title, *photo.tags, photo.description))).split()
    *complete, last = fold_text(query_text).split()
    has_complete = all(_has_term(terms, term, is_complete=True) for term in complete)
    return has_complete and _has_term(terms, last, is_complete=query_text.endswith(" "))


def _has_term(terms: list[str], term: str, *, is_complete: bool) -> bool:
    if not term.isascii():
        return any(term in other for other in terms)
    if term in terms:
        return True
    is_prefix = not is_complete and len(term) > 2
    return is_prefix and any(other.startswith(term) for other in terms)


def all_pages(read_page: Callable[..., SearchPage], direction: str) -> Iterator[SearchPage]:
    """Read page after page from one end to the other; `direction` is "before" or "after"."""
    cursor: str | None = None if direction == "before" else MIN_ID
    while True:
        results = read_page(**{direction: cursor})
        yield results
        cursor = results.page.older if direction == "before" else results.page.newer
        if not cursor:
            return


def ids_of(pages: Iterable[SearchPage]) -> list[str]:
    """Return the ids of the photos on the pages, in order."""
    return [summary.photo_id for results in pages for summary in results.page.summaries]


query_texts = st.sampled_from(
    [
        *VOCABULARY,
        "se",
        "har",
        "harb ",
        "sea sea ",
        "sea har",
        "at cafe",
        "바다 sea",
        "운대 海",
        "바",
        "at sea harbour ",
    ]
)


@given(st.lists(photos, max_size=25), query_texts, st.integers(1, 7))
@REPEATABLE
def test_a_search_finds_what_a_full_scan_finds(
    collection: list[Photo], query_text: str, limit: int
) -> None:
    """Paging in both directions gives every matching photo once, in order, and no other."""
    newest_first = sorted(collection, key=_photo_id, reverse=True)
    expected = [photo.photo_id for photo in newest_first if has_terms(photo, query_text)]
    listings = InMemoryListings(collection)
    query = SearchQuery.of(query_text)
    read_page = partial(search, listings.page, query, limit)

    older_pages = list(all_pages(read_page, "before"))
    newer_pages = list(all_pages(read_page, "after"))

    assert all(len(results.page.summaries) <= limit for results in older_pages + newer_pages)
    assert ids_of(older_pages) == expected
    assert ids_of(reversed(newer_pages)) == expected


def test_the_newer_cursor_leads_back_to_the_previous_page() -> None:
    """The newer cursor of the second page gives the first page, which has no newer cursor."""
    listings = InMemoryListings([make_photo(title="sea") for _ in range(9)])
    query = SearchQuery.of("sea ")
    first = search(listings.page, query, 3).page
    second = search(listings.page, query, 3, before=first.older).page
    assert first.newer is None
    assert search(listings.page, query, 3, after=second.newer).page.summaries == first.summaries


def test_a_term_without_photos_costs_one_read() -> None:
    """A term that no photo has ends the search when its listing is read."""
    listings = InMemoryListings([make_photo(title="sea") for _ in range(500)])
    results = search(listings.page, SearchQuery.of("xylophones sea "), 30)
    assert results == SearchPage(Page((), None, None))
    assert listings.reads == 1


def test_a_rare_term_limits_the_reads_of_a_frequent_term() -> None:
    """Each of the three photos of the rare term costs at most one read of the frequent term."""
    collection = [
        make_photo(title="sea harbour" if number % 4000 == 7 else "sea") for number in range(10_000)
    ]
    listings = InMemoryListings(collection)
    results = search(listings.page, SearchQuery.of("sea harbour "), 30)
    assert len(results.page.summaries) == 3
    assert results.stopped_at is None
    assert listings.reads <= 1 + 3


def test_a_search_stops_at_the_read_limit_and_continues_on_the_next_page() -> None:
    """Two frequent terms with one common photo give partial pages, the last one with the photo."""
    collection = [make_photo(title="one " if number % 2 else "two ") for number in range(20_000)]
    collection[0] = replace(collection[0], title="one two")
    listings = InMemoryListings(collection)
    read_page = partial(search, listings.page, SearchQuery.of("one two "), 30)
    pages = []
    for results in all_pages(read_page, "before"):
        assert listings.reads <= MAX_READS
        listings.reads = 0
        pages.append(results)
    assert ids_of(pages) == [collection[0].photo_id]
    assert all(results.stopped_at == results.page.older for results in pages[:-1])
    assert pages[-1].stopped_at is None
    min_photos_per_page = CHUNK + MAX_CHUNK * (MAX_READS // 2 - 2)
    assert len(pages) <= len(collection) / min_photos_per_page


def test_an_empty_partial_page_leads_in_both_directions() -> None:
    """The cursors of a partial page without photos lead to the matches on both sides."""
    collection = [make_photo(title="one two")]
    collection += [make_photo(title="one" if number % 2 else "two") for number in range(13_000)]
    collection += [make_photo(title="one two")]
    oldest, newest = collection[0].photo_id, collection[-1].photo_id
    listings = InMemoryListings(collection)
    read_page = partial(search, listings.page, SearchQuery.of("one two "), 30)

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
