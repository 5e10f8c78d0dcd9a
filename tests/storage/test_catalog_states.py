"""The listings and the counters of photos in each state, on both backends.

Covers app.storage.aws.dynamodb_partitions.
"""

from datetime import UTC, datetime
from itertools import pairwise, permutations

import pytest

from app.domain import object_keys
from app.domain.albums.album import AlbumVisibility
from app.domain.albums.memberships import Membership
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.search_terms import SearchQuery
from app.domain.usage import album_counter, pending_counter
from app.services.ports import Catalog
from tests.backends import make_photo

ADDED = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
TAKEN = datetime(2026, 11, 28, 20, 15)  # noqa: DTZ001  cameras may record no time zone
ALBUMS = ("01KBA00000000000000000000A", "01KBA00000000000000000000B")
OWNER = "a" * 32
EXPIRY = 1_900_000_000


def photo_in(state: PhotoState, **changes: object) -> Photo:
    """Return a photo of two albums in a state, the cover of the second one, which is public."""
    first = Membership(ALBUMS[0], ADDED)
    second = Membership(ALBUMS[1], ADDED, cover=AlbumVisibility.PUBLIC)
    return make_photo(
        title="Lantern",
        tags=("party",),
        owner=OWNER,
        taken_at=TAKEN,
        albums=(first, second),
        **_fields(state) | changes,
    )


def _fields(state: PhotoState) -> dict[str, object]:
    return {
        "state": state,
        "unlisted": state in {PhotoState.UNLISTED, PhotoState.PRIVATE},
        "closed": state is PhotoState.PRIVATE,
        "awaiting_review": state is PhotoState.PENDING,
        "hidden_by": Role.ADMIN if state is PhotoState.HIDDEN else None,
        "trashed_by": Role.REVIEWER if state is PhotoState.TRASHED else None,
        "expires_at": EXPIRY if state is PhotoState.TRASHED else None,
    }


OWN = {f"owner:{OWNER}", "duplicates"}
IN_ALBUMS = {f"added:{ALBUMS[0]}", *(f"album:{album_id}" for album_id in ALBUMS)}
LISTINGS = {
    PhotoState.PUBLIC: OWN | IN_ALBUMS | {"public", "tag:party", "taken:2026", "albums"},
    PhotoState.UNLISTED: OWN | IN_ALBUMS,
    PhotoState.PRIVATE: OWN | IN_ALBUMS,
    PhotoState.PENDING: OWN | {"pending", *(f"pending:{album_id}" for album_id in ALBUMS)},
    PhotoState.HIDDEN: OWN | {"hidden"},
    PhotoState.TRASHED: {"trash", f"trash:{OWNER}"},
}
COUNTERS = {
    PhotoState.PUBLIC: {*map(album_counter, ALBUMS), "taken:2026-11"},
    PhotoState.UNLISTED: {*map(album_counter, ALBUMS)},
    PhotoState.PRIVATE: {*map(album_counter, ALBUMS)},
    PhotoState.PENDING: {*map(pending_counter, ALBUMS)},
    PhotoState.HIDDEN: set(),
    PhotoState.TRASHED: set(),
}


def listings(catalog: Catalog) -> set[str]:
    """Return the listings that have an entry, without those of search terms."""
    names = {entry.listing for entry in catalog.listings()}
    return {
        "duplicates" if name.startswith("duplicates:") else name
        for name in names
        if not name.startswith("term:")
    }


def counters(catalog: Catalog) -> set[str]:
    """Return the counters of visible photos that are not 0."""
    return {
        usage.counter
        for usage in catalog.usage_counters()
        if usage.photos and usage.counter.startswith(("album:", "pending:", "taken:"))
    }


def assert_as_in_state(catalog: Catalog, photo: Photo) -> None:
    state = photo.state
    assert catalog.get(photo.photo_id) == photo
    assert listings(catalog) == LISTINGS[state]
    assert counters(catalog) == COUNTERS[state]
    found = catalog.search(SearchQuery.of("lantern"), 5).page.summaries
    assert [summary.photo_id for summary in found] == (
        [photo.photo_id] if state is PhotoState.PUBLIC else []
    )
    assert [tag.tag for tag in catalog.tag_counts() if tag.count] == (
        ["party"] if state is PhotoState.PUBLIC else []
    )
    assert set(catalog.listings()) == set(catalog.entries_of(photo))


@pytest.mark.parametrize("state", PhotoState)
def test_a_photo_has_exactly_the_listings_of_its_state(catalog: Catalog, state: PhotoState) -> None:
    """An unlisted photo is in its albums and nowhere else, and a pending one in no album."""
    photo = photo_in(state)
    catalog.import_photo(photo)
    assert_as_in_state(catalog, photo)


def test_a_change_of_state_leaves_nothing_behind(catalog: Catalog) -> None:
    """After every change from one state to another, the photo is as if it had always been so."""
    photo = photo_in(PhotoState.PUBLIC)
    catalog.publish(photo)
    for before, after in permutations(PhotoState, 2):
        for state in (before, after):
            changed = photo.next_version(**_fields(state))
            catalog.update(photo, changed)
            photo = changed
        assert_as_in_state(catalog, photo)


def test_pages_of_pending_photos_are_newest_first(catalog: Catalog) -> None:
    """Reviewers read them page by page, with summaries and with records."""
    photos = [photo_in(PhotoState.PENDING) for _ in range(5)]
    for photo in photos:
        catalog.publish(photo)
    catalog.publish(photo_in(PhotoState.UNLISTED))
    newest_first = [photo.photo_id for photo in reversed(photos)]
    for listing in (object_keys.PENDING_LISTING, object_keys.pending_listing(ALBUMS[0])):
        first = catalog.page(listing, 3)
        rest = catalog.page(listing, 3, before=first.older)
        read = [summary.photo_id for page in (first, rest) for summary in page.summaries]
        assert read == newest_first
        assert all(older < newer for newer, older in pairwise(read))
        records = catalog.newest_photos([listing], 9)[listing].photos
        assert list(records) == photos[::-1]
    (counter,) = {pending_counter(ALBUMS[0])}
    assert catalog.usage((counter, counter), 1)[0].photos == 5
