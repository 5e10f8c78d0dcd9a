"""Searches: every term, newest first, and the effect of an edit."""

from app.domain.search_terms import SearchQuery
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all


def test_both_backends_find_the_same_photos(backend: Backend) -> None:
    """Both backends find the photos that have all terms, newest first."""
    collection = [
        make_photo(title=title, tags=tags, description=description)
        for title, tags, description in (
            ("Harbour at dusk", ("sea", "바다"), "Fishing boats come in."),
            ("Le café du port", (), "해운대에서"),
            ("Harbor seals", ("sea",), ""),
            ("東京の海", ("new york",), "boat"),
        )
    ]
    publish_all(backend, collection)
    for query_text, numbers in {
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
        page = backend.catalog.search(SearchQuery.of(query_text), 10).page
        assert [summary.photo_id for summary in page.summaries] == [
            collection[number].photo_id for number in numbers
        ], query_text


def test_both_backends_ignore_stop_words(backend: Backend) -> None:
    """A search looks for them in titles and tags if nothing else is asked."""
    collection = [
        make_photo(title=title, tags=tags, description=description)
        for title, tags, description in (
            ("The pier", (), "At the old theater"),
            ("Pier at dusk", ("in the bay",), ""),
            ("Hafen", (), "Die Fähre und das Meer, 2026 in the harbour"),
            ("항구", (), "a 해운대 of 東京"),
        )
    ]
    publish_all(backend, collection)
    for query_text, numbers in {
        "the pier ": (1, 0),
        "pier the": (1, 0),
        "pier at the ": (1, 0),
        "the ": (1, 0),
        "the": (1, 0),
        "the at ": (1,),
        "die ": (),
        "die fähre": (2,),
        "old thea": (0,),
        "2026 ": (2,),
        "in 202": (),
        "해운대 of": (3,),
        "東 a": (3,),
    }.items():
        page = backend.catalog.search(SearchQuery.of(query_text), 10).page
        assert [summary.photo_id for summary in page.summaries] == [
            collection[number].photo_id for number in numbers
        ], query_text


def test_a_search_finds_the_terms_of_an_edit_at_once(backend: Backend) -> None:
    """After an edit, only the new terms find the photo, with its new summary."""
    photo = make_photo(title="Harbour", tags=("sea",), description="boats")
    backend.catalog.publish(photo)
    after = photo.next_version(title="Hill", tags=("sea",), description="")
    backend.catalog.update(photo, after)
    for query_text, found in {
        "harb": (),
        "boats": (),
        "hill": (after.summary,),
        "sea": (after.summary,),
    }.items():
        assert backend.catalog.search(SearchQuery.of(query_text), 10).page.summaries == found


def test_an_edit_can_replace_every_term(backend: Backend) -> None:
    """An edit that replaces more terms and tags than a transaction can hold leaves none behind."""
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
    assert set(backend.catalog.listings()) == set(backend.catalog.entries_of(after))
    assert len(after.listings) == 4 + 20 + 60
    found = backend.catalog.search(SearchQuery.of("another"), 5)
    assert found.page.summaries == (after.summary,)
    assert backend.catalog.get(before.photo_id) == after
