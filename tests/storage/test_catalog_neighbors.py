"""The photos next to a photo, and its rank, in every kind of listing and on both backends."""

from collections.abc import Callable, Sequence
from itertools import product

import pytest

from app.domain import object_keys
from app.domain.pages import Neighbors, Rank
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.search_terms import SearchQuery
from app.services.ports import Catalog
from app.storage.aws import dynamodb_search
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all, set_max_ranked

Read = Callable[[Catalog, str], Neighbors]

LAKE = object_keys.tag_listing("lake")
OWNER = object_keys.owner_listing("0" * 32)
SEARCHES = ("lake ", "lake pier ", "pier lake dusk ", "lak", "lake pie")


def in_listing(listing: str) -> Read:
    def read(catalog: Catalog, photo_id: str) -> Neighbors:
        found = catalog.find_in_listing(listing, photo_id)
        assert found
        photo, neighbors = found
        assert photo == catalog.get(photo_id)
        return neighbors

    return read


def in_search(text: str) -> Read:
    return lambda catalog, photo_id: catalog.search_neighbors(SearchQuery.of(text), photo_id)


READS = {LAKE: in_listing(LAKE), OWNER: in_listing(OWNER)} | {
    text: in_search(text) for text in SEARCHES
}


def expected(newest_first: Sequence[Photo], index: int, *, total: int | None) -> Neighbors:
    """Return the neighbors of the photo at `index`."""
    newer = newest_first[index - 1].summary if index else None
    older = newest_first[index + 1].summary if index + 1 < len(newest_first) else None
    return Neighbors(newer, older, Rank(index + 1, total) if total else None)


def test_every_photo_of_a_listing_has_its_rank(backend: Backend) -> None:
    """Photos outside the listing, and those of another contributor, do not count."""
    photos: list[Photo] = []
    for _ in range(4):
        photos.append(make_photo(tags=("lake",)))
        publish_all(backend, [photos[-1], make_photo(title="Hill", owner="1" * 32)])
    photos.reverse()
    for (name, read), index in product(READS.items(), range(4)):
        found = read(backend.catalog, photos[index].photo_id)
        assert found == expected(photos, index, total=4), name


def test_a_photo_that_is_alone_has_no_neighbors(backend: Backend) -> None:
    """Its rank is 1 of 1."""
    photo = make_photo(tags=("lake",))
    publish_all(backend, [make_photo(title="Hill", owner="1" * 32), photo])
    for name, read in READS.items():
        assert read(backend.catalog, photo.photo_id) == Neighbors(None, None, Rank(1, 1)), name


def test_a_hidden_photo_is_in_the_listing_of_its_contributor_alone(backend: Backend) -> None:
    """Others neither see nor count it. Deleted photos are in none."""
    photos = [make_photo(tags=("lake",)) for _ in range(4)]
    publish_all(backend, photos)
    backend.catalog.update(photos[1], hidden := photos[1].next_version(state=PhotoState.HIDDEN))
    trashed = photos[3].next_version(state=PhotoState.TRASHED, expires_at=1)
    backend.catalog.update(photos[3], trashed)
    for name, read in READS.items():
        left = [photos[2], *([hidden] if name == OWNER else []), photos[0]]
        found = read(backend.catalog, photos[2].photo_id)
        assert found == expected(left, 0, total=len(left)), name


def test_a_photo_is_found_only_in_its_listings(backend: Backend) -> None:
    """It may lie between the photos of a listing, be hidden, deleted, or not exist."""
    lake, hill, hidden, trashed = photos = [
        *(make_photo(tags=(tag,)) for tag in ("lake", "hill", "lake", "lake")),
    ]
    publish_all(backend, [*photos, make_photo(tags=("lake",))])
    backend.catalog.update(hidden, hidden.next_version(state=PhotoState.HIDDEN))
    gone = trashed.next_version(state=PhotoState.TRASHED, expires_at=1)
    backend.catalog.update(trashed, gone)
    missing = make_photo().photo_id
    found = {
        photo_id: [
            backend.catalog.find_in_listing(listing, photo_id) is not None
            for listing in (LAKE, OWNER)
        ]
        for photo_id in (*(photo.photo_id for photo in photos), missing)
    }
    assert found == {
        lake.photo_id: [True, True],
        hill.photo_id: [False, True],
        hidden.photo_id: [False, True],
        trashed.photo_id: [False, False],
        missing: [False, False],
    }


def test_only_photos_of_short_listings_have_a_rank(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one photo more, all of them lose it. Their neighbors stay the same."""
    set_max_ranked(monkeypatch, 5)
    newest_first: list[Photo] = []
    for added, total in ((5, 5), (1, None)):
        photos = [make_photo(tags=("lake",)) for _ in range(added)]
        publish_all(backend, photos)
        newest_first = photos[::-1] + newest_first
        for read, index in product(READS.values(), (0, 1, 4)):
            found = read(backend.catalog, newest_first[index].photo_id)
            assert found == expected(newest_first, index, total=total)


def test_a_search_that_would_have_to_go_on_tells_no_rank(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many photos have one of the words, few have both. SQLite joins them in one query."""
    set_max_ranked(monkeypatch, 4)
    monkeypatch.setattr(dynamodb_search, "CHUNK_OF_NEIGHBORS", 4)
    titles = ("Sea hill", *("Sea", "Hill") * 6, "Sea hill", "Sea hill")
    *_, next_to_last, last = photos = [make_photo(title=title) for title in titles]
    publish_all(backend, photos)
    found = backend.catalog.search_neighbors(SearchQuery.of("sea hill "), last.photo_id)
    rank = None if backend.clients else Rank(1, 3)
    assert found == Neighbors(None, next_to_last.summary, rank)
