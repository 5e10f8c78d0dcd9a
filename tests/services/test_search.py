"""The join: the right photos, in order, whatever the page's size and direction, and never too many reads."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from operator import attrgetter

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import object_keys
from app.domain.pages import build_page
from app.domain.photo import Page, Photo, PhotoSummary
from app.domain.search_terms import SearchQuery, fold_text
from app.services.search import CHUNK, MAX_CHUNK, MAX_READS, SearchPage, search
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all

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


class Feeds:
    """Feeds in memory, and how often they were read."""

    def __init__(self, listed: list[Photo]) -> None:
        self.reads = 0
        self._feeds: dict[str, list[PhotoSummary]] = {}
        for photo in sorted(listed, key=lambda photo: photo.photo_id):
            for listing in photo.listings:
                self._feeds.setdefault(listing, []).append(photo.summary)

    def page(
        self, listing: str, limit: int, *, before: str | None = None, after: str | None = None
    ) -> Page:
        self.reads += 1
        summaries = self._feeds.get(listing, [])
        if before is None and after is not None:
            start = bisect_right(summaries, after, key=_id)
            return build_page(summaries[start : start + limit + 1], limit, before, after)
        end = len(summaries) if before is None else bisect_left(summaries, before, key=_id)
        return build_page(summaries[max(0, end - limit - 1) : end][::-1], limit, before, after)


_id = attrgetter("photo_id")


def has(photo: Photo, typed: str) -> bool:
    """Whether a photo has every word of a search, told the slow way."""
    words = fold_text(" ".join((photo.title, *photo.tags, photo.description))).split()
    *whole, last = fold_text(typed).split()
    return all(_is(asked, words, exact=True) for asked in whole) and _is(
        last, words, exact=typed.endswith(" ")
    )


def _is(asked: str, words: list[str], *, exact: bool) -> bool:
    if not asked.isascii():
        return any(asked in word for word in words)
    return asked in words or (
        not exact and len(asked) > 2 and any(word.startswith(asked) for word in words)
    )


def all_pages(look: Callable[..., SearchPage], way: str) -> Iterator[SearchPage]:
    """Page after page from one end to the other."""
    cursor: str | None = None if way == "before" else "0" * 26
    while True:
        results = look(**{way: cursor})
        yield results
        cursor = results.page.older if way == "before" else results.page.newer
        if not cursor:
            return


asked = st.sampled_from(
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


@given(st.lists(photos, max_size=25), asked, st.integers(1, 7))
@REPEATABLE
def test_a_search_finds_what_looking_at_every_photo_finds(
    listed: list[Photo], typed: str, limit: int
) -> None:
    """Paging back and paging forward both give every photo with all the words once, in order, and no other."""
    expected = [
        photo.photo_id
        for photo in sorted(listed, key=lambda it: it.photo_id, reverse=True)
        if has(photo, typed)
    ]
    listings, query = Feeds(listed), SearchQuery.of(typed)
    for way in ("before", "after"):
        found = []
        for results in all_pages(
            lambda **cursor: search(listings.page, query, limit, **cursor), way
        ):
            assert len(results.page.summaries) <= limit
            summaries = results.page.summaries if way == "before" else results.page.summaries[::-1]
            found += [summary.photo_id for summary in summaries]
        assert found == (expected if way == "before" else expected[::-1])


def test_there_and_back_again() -> None:
    """The newer link of a page leads to the page one came from, and the first page has none."""
    listings, query = Feeds([make_photo(title="sea") for _ in range(9)]), SearchQuery.of("sea ")
    first = search(listings.page, query, 3).page
    second = search(listings.page, query, 3, before=first.older).page
    assert first.newer is None
    assert search(listings.page, query, 3, after=second.newer).page.summaries == first.summaries


def test_a_word_nobody_used_is_one_read() -> None:
    """A word that no photo has ends the search when its listing is read."""
    listings = Feeds([make_photo(title="sea") for _ in range(500)])
    assert search(listings.page, SearchQuery.of("xylophones sea "), 30) == SearchPage(
        Page((), None, None)
    )
    assert listings.reads == 1


def test_a_rare_word_is_what_the_others_are_sought_by() -> None:
    """With a word of three photos among ten thousand each costs one read of the common word at most."""
    listed = [
        make_photo(title="sea harbour" if number % 4000 == 7 else "sea") for number in range(10_000)
    ]
    listings = Feeds(listed)
    results = search(listings.page, SearchQuery.of("sea harbour "), 30)
    assert len(results.page.summaries) == 3
    assert results.stopped_at is None
    assert listings.reads <= 1 + 3


def test_words_that_never_meet_stop_at_the_cap_and_go_on() -> None:
    """Two common words without a photo in common use up the reads; the cursor goes on there, up to the end."""
    listed = [make_photo(title="one " if number % 2 else "two ") for number in range(20_000)]
    listed[0] = replace(listed[0], title="one two")
    listings, query, pages = Feeds(listed), SearchQuery.of("one two "), []
    for results in all_pages(lambda **cursor: search(listings.page, query, 30, **cursor), "before"):
        assert listings.reads <= MAX_READS
        listings.reads = 0
        pages.append(results)
    assert [summary.photo_id for results in pages for summary in results.page.summaries] == [
        listed[0].photo_id
    ]
    assert all(results.stopped_at == results.page.older for results in pages[:-1])
    assert pages[-1].stopped_at is None
    looked_through = CHUNK + MAX_CHUNK * (MAX_READS // 2 - 2)
    assert len(pages) <= len(listed) / looked_through


def test_a_stopped_page_leads_back_too() -> None:
    """From a page that stopped without a photo the newer link leads to what was newer than it, forward as well."""
    listed = [make_photo(title="one two")]
    listed += [make_photo(title="one" if number % 2 else "two") for number in range(13_000)]
    listed += [make_photo(title="one two")]
    listings, query = Feeds(listed), SearchQuery.of("one two ")
    first = search(listings.page, query, 30)
    assert [summary.photo_id for summary in first.page.summaries] == [listed[-1].photo_id]
    second = search(listings.page, query, 30, before=first.page.older)
    assert second.page.summaries == ()
    pages = list(all_pages(lambda **cursor: search(listings.page, query, 30, **cursor), "after"))
    assert [summary.photo_id for results in pages for summary in results.page.summaries] == [
        listed[0].photo_id,
        listed[-1].photo_id,
    ]
    assert pages[1].page.summaries == ()
    cursor, found = pages[1].page.older, []
    while cursor:
        page = search(listings.page, query, 30, before=cursor).page
        cursor, found = page.older, found + [summary.photo_id for summary in page.summaries]
    assert found == [listed[0].photo_id]


def test_a_search_on_both_homes(backend: Backend) -> None:
    """Both homes find the same photos, and none that is hidden or in the trash."""
    listed = [
        make_photo(title=title, tags=tags, description=description)
        for title, tags, description in (
            ("Harbour at dusk", ("sea", "바다"), "Fishing boats come in."),
            ("Le café du port", (), "해운대에서"),
            ("Harbor seals", ("sea",), ""),
            ("東京の海", ("new york",), "boat"),
        )
    ]
    publish_all(backend, listed)
    for typed, numbers in {
        "harb": (2, 0),
        "harbour ": (0,),
        "CAFÉ port": (1,),
        "sea har": (2, 0),
        "boat": (3, 0),
        "boat ": (3,),
        "바다": (0,),
        "운대": (1,),
        "다": (0,),
        "海": (3,),
        "york boat ": (3,),
        "sea café": (),
    }.items():
        page = search(backend.catalog.page, SearchQuery.of(typed), 10).page
        assert [summary.photo_id for summary in page.summaries] == [
            listed[number].photo_id for number in numbers
        ], typed


def test_an_edit_is_searched_at_once(backend: Backend) -> None:
    """After an edit the new words find the photo and the old ones don't; the summaries found are the new ones."""
    photo = make_photo(title="Harbour", tags=("sea",), description="boats")
    backend.catalog.publish(photo)
    after = photo.next_version(title="Hill", tags=("sea",), description="")
    backend.catalog.update(photo, after)
    for typed, found in {
        "harb": (),
        "boats": (),
        "hill": (after.summary,),
        "sea": (after.summary,),
    }.items():
        assert search(backend.catalog.page, SearchQuery.of(typed), 10).page.summaries == found


def test_every_word_of_a_photo_can_be_replaced(backend: Backend) -> None:
    """New words for all there can be, and for all tags, are more than a transaction holds; nothing stays behind."""
    before = make_photo(
        tags=tuple(f"before {number:02}" for number in range(20)),
        description=" ".join(f"old{n}" for n in range(90)),
    )
    after = before.next_version(
        title="Another",
        tags=tuple(f"after {n:02}" for n in range(20)),
        description=" ".join(f"new{n}" for n in range(90)),
    )
    backend.catalog.publish(before)
    backend.catalog.update(before, after)
    assert {listing.listing for listing in backend.catalog.listings()} == set(after.listings)
    assert len(after.listings) == 3 + 20 + 60
    assert backend.catalog.page(object_keys.term_listing("another"), 5).summaries == (
        after.summary,
    )
    assert backend.catalog.get(before.photo_id) == after
