"""Listings whose order is not that of the photo ids.

Covers app.domain.listings.archive, app.domain.listings.entries,
app.services.listings.ordered_listings, app.storage.aws.listings.ordered,
app.storage.local.sqlite_entries, app.storage.local.sqlite_ordered.
"""

from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest

from app.domain import photo_ids
from app.domain.albums.album import added_listing
from app.domain.albums.memberships import Membership
from app.domain.listings.archive import UNDATED_LISTING, Period
from app.domain.listings.entries import EVERY_POSITION, EntryKey, PositionRange
from app.domain.pages import Neighbors, Page
from app.domain.photo import Photo
from app.domain.photo_ids import new_album_id
from app.domain.photo_summary import PhotoState
from app.services.ports import Backend
from tests.backends import make_photo
from tests.storage.conftest import publish_all
from tests.storage.test_catalog_publish import ids_of

YEAR = "taken:2026"
NOVEMBER = Period(2026, 11).positions


@pytest.fixture
def photos(backend: Backend) -> list[Photo]:
    """Photos of 2026, the earliest first, which were uploaded in another order."""
    dates = [
        datetime.fromisoformat("2026-01-01"),
        datetime.fromisoformat("2026-10-31T23:59:59.999999"),
        datetime.fromisoformat("2026-11-01"),
        datetime.fromisoformat("2026-11-05T14:03:07"),
        datetime.fromisoformat("2026-11-05T14:03:08"),
        datetime.fromisoformat("2026-11-30T23:59:59"),
        datetime.fromisoformat("2026-12-01"),
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-11))),
    ]
    uploaded = [make_photo(taken_at=taken_at) for taken_at in reversed(dates)]
    others = [make_photo(taken_at=datetime(year, 6, 1, tzinfo=UTC)) for year in (1974, 2025, 2027)]
    publish_all(backend, [*uploaded, *others, make_photo()])
    return uploaded[::-1]


def ids(photos: list[Photo]) -> list[str]:
    return [photo.photo_id for photo in photos]


def key_of(photo: Photo) -> EntryKey:
    [key] = photo.ordered_entries
    return key


def test_the_key_of_a_photo_is_the_date_as_the_clock_showed_it() -> None:
    """The time zone changes neither the year nor the order."""
    zone = timezone(timedelta(hours=9))
    photo = make_photo(taken_at=datetime(2027, 1, 1, 3, 4, 5, tzinfo=zone))
    assert photo.ordered_entries == (("taken:2027", f"0101T030405-{photo.photo_id}"),)
    [key] = photo.ordered_entries
    assert key.photo_id == photo.photo_id
    assert str(key) == f"{photo.photo_id} in taken:2027 at 0101T030405"
    assert UNDATED_LISTING not in photo.listings


def test_a_page_has_the_last_position_first(backend: Backend, photos: list[Photo]) -> None:
    """It has the photos of one year, and those of one second by photo id."""
    page = backend.ordered_listings.page(YEAR, 30)
    assert ids_of(page) == ids(photos[::-1])
    assert (page.older, page.newer) == (None, None)
    assert ids_of(backend.ordered_listings.page("taken:1973", 30)) == []


@pytest.mark.exhaustive("pages")
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("within", [EVERY_POSITION, NOVEMBER], ids=["year", "month"])
@pytest.mark.parametrize("direction", ["before", "after"])
def test_pages_follow_each_other(
    backend: Backend, photos: list[Photo], size: int, within: PositionRange, direction: str
) -> None:
    """In both directions, each photo of the range is on one page."""
    expected = ids((photos[2:6] if within is NOVEMBER else photos)[::-1])
    cursor: str | None = within.last if direction == "before" else within.first
    pages: list[Page] = []
    while cursor:
        page = backend.ordered_listings.page(YEAR, size, within=within, **{direction: cursor})
        pages.append(page)
        cursor = page.older if direction == "before" else page.newer
    if direction == "after":
        pages.reverse()
    assert [photo_id for page in pages for photo_id in ids_of(page)] == expected
    assert all(len(page.summaries) <= size for page in pages)


def test_a_page_beyond_the_last_photo_leads_back(backend: Backend, photos: list[Photo]) -> None:
    """An empty page has a cursor to everything on its other side."""
    listings = backend.ordered_listings
    beyond = listings.page(YEAR, 9, before=key_of(photos[0]).position)
    assert ids_of(beyond) == []
    assert ids_of(listings.page(YEAR, 9, after=beyond.newer)) == ids(photos[::-1])
    above = listings.page(YEAR, 9, after=key_of(photos[-1]).position)
    assert ids_of(listings.page(YEAR, 9, before=above.older)) == ids(photos[::-1])


def test_a_cursor_outside_of_the_range_leads_to_an_empty_page(
    backend: Backend, photos: list[Photo]
) -> None:
    """Such as one of another month in the address of a month."""
    january, december = (key_of(photos[place]).position for place in (0, -1))
    listings = backend.ordered_listings
    assert ids_of(listings.page(YEAR, 9, before=january, within=NOVEMBER)) == []
    assert ids_of(listings.page(YEAR, 9, after=december, within=NOVEMBER)) == []
    november = listings.page(YEAR, 9, before=december, within=NOVEMBER)
    assert ids_of(november) == ids(photos[2:6][::-1])


def test_the_neighbors_of_a_position(backend: Backend, photos: list[Photo]) -> None:
    """They are the photos before and after it in the range."""
    neighbors = backend.ordered_listings.neighbors
    for place, photo in enumerate(photos):
        newer = photos[place + 1].summary if place + 1 < len(photos) else None
        older = photos[place - 1].summary if place else None
        assert neighbors(key_of(photo)) == Neighbors(newer, older)
    first, last = photos[2], photos[5]
    assert neighbors(key_of(first), within=NOVEMBER) == Neighbors(photos[3].summary, None)
    assert neighbors(key_of(last), within=NOVEMBER) == Neighbors(None, photos[4].summary)


@pytest.mark.parametrize("taken_at", [None, datetime.fromisoformat("2026-11-05")])
def test_photos_of_a_batch_with_the_same_key_are_in_the_order_of_their_ids(
    backend: Backend, taken_at: datetime | None
) -> None:
    """They may be published in any order, and their ids have the same millisecond."""
    album_id, added_at = new_album_id(), datetime(2026, 11, 29, tzinfo=UTC)
    milliseconds = photo_ids.milliseconds_of(album_id)
    batch = [
        make_photo(
            photo_id=photo_ids.from_parts(milliseconds, random_part << 40),
            taken_at=taken_at,
            albums=(Membership(album_id, added_at),),
        )
        for random_part in (5, 1, 4, 7, 2, 6, 3)
    ]
    publish_all(backend, batch)
    expected = sorted(ids(batch), reverse=True)
    listings = [added_listing(album_id), *([YEAR] if taken_at else [])]
    for listing in listings:
        read = partial(backend.ordered_listings.page, listing, 2)
        page, shown = read(), []
        while page.older:
            shown += ids_of(page)
            page = read(before=page.older)
        assert [*shown, *ids_of(page)] == expected
        oldest_first = read(after=page.older or EVERY_POSITION.first)
        assert ids_of(oldest_first) == expected[-2:]
        for photo in batch:
            key = next(key for key in photo.ordered_entries if key.listing == listing)
            around = backend.ordered_listings.neighbors(key)
            place = expected.index(photo.photo_id)
            assert (around.newer.photo_id if around.newer else None) == (
                expected[place - 1] if place else None
            )
            assert (around.older.photo_id if around.older else None) == (
                expected[place + 1] if place + 1 < len(batch) else None
            )


def test_an_edit_changes_the_summary_and_the_position(
    backend: Backend, photos: list[Photo]
) -> None:
    """Another date moves the photo, also to another year. It leaves nothing behind."""
    photo = photos[3].next_version(title="Dusk")
    backend.catalog.update(photos[3], photo)
    assert photo.summary in backend.ordered_listings.page(YEAR, 30).summaries
    moved = photo.next_version(taken_at=datetime.fromisoformat("2026-02-03"))
    backend.catalog.update(photo, moved)
    [*_, older, oldest] = backend.ordered_listings.page(YEAR, 30).summaries
    assert (older, oldest) == (moved.summary, photos[0].summary)
    elsewhere = moved.next_version(taken_at=datetime.fromisoformat("1899-02-03"))
    backend.catalog.update(moved, elsewhere)
    assert ids_of(backend.ordered_listings.page("taken:1899", 30)) == [photo.photo_id]
    entries = [it for it in backend.catalog.listings() if it.photo_id == photo.photo_id]
    assert set(entries) == set(backend.catalog.entries_of(elsewhere))
    assert set(backend.catalog.find_entries(elsewhere.entry_keys)) == set(entries)
    assert list(backend.catalog.find_entries(moved.ordered_entries)) == []


def test_a_photo_without_its_date_is_listed_as_undated(
    backend: Backend, photos: list[Photo]
) -> None:
    """It leaves the year, and comes back with a date."""
    undated = photos[0].next_version(taken_at=None)
    backend.catalog.update(photos[0], undated)
    assert undated.summary in backend.catalog.page(UNDATED_LISTING, 30).summaries
    assert ids_of(backend.ordered_listings.page(YEAR, 30)) == ids(photos[:0:-1])
    backend.catalog.update(undated, undated.next_version(taken_at=photos[0].taken_at))
    assert len(backend.catalog.page(UNDATED_LISTING, 30).summaries) == 1
    assert ids_of(backend.ordered_listings.page(YEAR, 30)) == ids(photos[::-1])


@pytest.mark.parametrize("state", [PhotoState.HIDDEN, PhotoState.TRASHED])
def test_only_public_photos_are_in_the_archive(
    backend: Backend, photos: list[Photo], state: PhotoState
) -> None:
    """A hidden or deleted photo is in no year and not among those without a date."""
    undated = make_photo()
    backend.catalog.publish(undated)
    for photo in (photos[3], undated):
        gone = photo.next_version(state=state, expires_at=1_900_000_000)
        backend.catalog.update(photo, gone)
    shown = backend.ordered_listings.page(YEAR, 30)
    assert ids_of(shown) == ids([*photos[:3], *photos[4:]][::-1])
    assert undated.photo_id not in ids_of(backend.catalog.page(UNDATED_LISTING, 30))
