"""Which words of the dictionary stand for the beginning of a word."""

import pytest

from app.domain.photo_summary import PhotoState
from app.domain.search_terms import SearchQuery
from app.storage.aws.dynamodb import DynamoCatalog
from tests.backends import TABLE, Backend, make_photo
from tests.storage.conftest import publish_all

JUNK = " ".join(f"harb{letter}" for letter in "abcdefghijklmnop")


def found(cloud: Backend, query_text: str) -> list[str]:
    """Return the titles of the first page of a search."""
    results = cloud.catalog.search(SearchQuery.of(query_text), 30)
    return [summary.title for summary in results.page.summaries]


@pytest.mark.parametrize("junk_first", [True, False])
def test_the_words_of_one_photo_do_not_hide_those_of_others(
    cloud: Backend, *, junk_first: bool
) -> None:
    """A photo with many short words takes no more places than it must."""
    photos = [make_photo(title=JUNK), make_photo(title="Harbour"), make_photo(title="Harbingers")]
    publish_all(cloud, photos if junk_first else reversed(photos))
    assert sorted(found(cloud, "harb")) == sorted(photo.title for photo in photos)


@pytest.mark.parametrize("state", [PhotoState.HIDDEN, PhotoState.TRASHED])
def test_the_words_that_no_photo_has_any_more_hide_none(cloud: Backend, state: PhotoState) -> None:
    """They come after all others, also if many photos had them."""
    junk = [make_photo(title=word) for word in JUNK.split()]
    publish_all(cloud, [make_photo(title="Harbour"), *junk])
    assert "Harbour" not in found(cloud, "harb")
    for photo in junk:
        expires_at = 1 if state is PhotoState.TRASHED else None
        cloud.catalog.update(photo, photo.next_version(state=state, expires_at=expires_at))
    assert found(cloud, "harb") == ["Harbour"]


def test_a_word_that_some_photo_still_has_keeps_its_place(cloud: Backend) -> None:
    """Only the last photo that leaves a word changes the dictionary."""
    junk = [make_photo(title=word) for word in JUNK.split()]
    others = [make_photo(title=word) for word in JUNK.split()[:8]]
    publish_all(cloud, [*others, *junk])
    for photo in junk[:8]:
        cloud.catalog.update(photo, photo.next_version(title="Pier"))
    assert sorted(found(cloud, "harb")) == [photo.title for photo in others]


def test_a_word_that_comes_back_takes_its_place_again(cloud: Backend) -> None:
    """Another process adds it to the dictionary again."""
    assert cloud.clients
    hidden = make_photo(title="harba")
    publish_all(cloud, [hidden, *(make_photo(title=word) for word in JUNK.split()[1:])])
    cloud.catalog.update(hidden, hidden.next_version(state=PhotoState.HIDDEN))
    assert "harba" not in found(cloud, "harb")
    DynamoCatalog(cloud.clients.dynamodb, TABLE).publish(make_photo(title="harba"))
    assert "harba" in found(cloud, "harb")
