"""Paging: newest first, no gap, no repeat, whatever happens in between.

Covers app.domain.pages.
"""

import pytest

from app.domain import object_keys, photo_ids
from app.domain.pages import Page
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, PhotoSummary
from app.services.ports import Catalog
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.storage.test_catalog_publish import ids_of


def trash(catalog: Catalog, photo: Photo) -> None:
    catalog.update(photo, photo.next_version(state=PhotoState.TRASHED, expires_at=1))


def test_paging_back_through_many_photos_while_others_are_added(backend: Backend) -> None:
    """Every photo comes once, newest first. Photos added during the paging do not."""
    photos = [make_photo() for _ in range(34)]
    publish_all(backend, photos)
    page = backend.catalog.page(object_keys.PUBLIC_LISTING, 10)
    seen = ids_of(page)
    assert page.newer is None
    while page.older:
        publish_all(backend, [make_photo(), make_photo()])
        page = backend.catalog.page(object_keys.PUBLIC_LISTING, 10, before=page.older)
        seen += ids_of(page)
    assert seen == [photo.photo_id for photo in reversed(photos)]
    assert len(page.summaries) == 34 - 3 * 10


def test_paging_forward_through_many_photos_while_others_are_added(backend: Backend) -> None:
    """Each page continues the one before it, up to the newest photo."""
    photos = [make_photo() for _ in range(34)]
    publish_all(backend, photos)
    page = backend.catalog.page(object_keys.PUBLIC_LISTING, 10, after=photos[0].photo_id)
    seen = [photos[0].photo_id, *reversed(ids_of(page))]
    for added in ([make_photo() for _ in range(2)], [make_photo()], [], []):
        publish_all(backend, added)
        photos += added
        assert page.newer == seen[-1]
        page = backend.catalog.page(object_keys.PUBLIC_LISTING, 10, after=page.newer)
        seen += reversed(ids_of(page))
        if page.newer is None:
            break
    assert seen == [photo.photo_id for photo in photos]


def test_older_then_newer_leads_back(catalog: Catalog) -> None:
    """`older` and then `newer` leads back to the page one came from."""
    for _ in range(6):
        catalog.publish(make_photo())
    first = catalog.page(object_keys.PUBLIC_LISTING, 2)
    second = catalog.page(object_keys.PUBLIC_LISTING, 2, before=first.older)
    third = catalog.page(object_keys.PUBLIC_LISTING, 2, before=second.older)
    assert third.older is None
    back = catalog.page(object_keys.PUBLIC_LISTING, 2, after=third.newer)
    assert back.summaries == second.summaries
    assert (back.older, back.newer) == (second.older, second.newer)
    assert (
        catalog.page(object_keys.PUBLIC_LISTING, 2, after=back.newer).summaries == first.summaries
    )


def test_cursors_survive_a_deleted_photo(catalog: Catalog) -> None:
    """A cursor works on when its photo is gone, and the page lacks that photo alone."""
    photos = [make_photo() for _ in range(7)]
    for photo in photos:
        catalog.publish(photo)
    first = catalog.page(object_keys.PUBLIC_LISTING, 3)
    last_shown = photos[4]
    assert first.older == last_shown.photo_id
    trash(catalog, last_shown)
    older = catalog.page(object_keys.PUBLIC_LISTING, 3, before=first.older)
    assert ids_of(older) == [photo.photo_id for photo in reversed(photos[1:4])]
    trash(catalog, photos[3])  # the one that `newer` names
    assert older.newer == photos[3].photo_id
    assert ids_of(catalog.page(object_keys.PUBLIC_LISTING, 3, after=older.newer)) == [
        photo.photo_id for photo in reversed(photos[5:7])
    ]


def test_a_page_that_has_emptied_leads_back(catalog: Catalog) -> None:
    """An empty page has a cursor to the other side, including the cursor's own photo."""
    photos = [make_photo() for _ in range(3)]
    for photo in photos:
        catalog.publish(photo)
    past_the_end = catalog.page(object_keys.PUBLIC_LISTING, 5, before=photos[0].photo_id)
    assert (past_the_end.summaries, past_the_end.older) == ((), None)
    assert past_the_end.newer is not None
    assert ids_of(catalog.page(object_keys.PUBLIC_LISTING, 1, after=past_the_end.newer)) == [
        photos[0].photo_id
    ]
    past_the_front = catalog.page(object_keys.PUBLIC_LISTING, 5, after=photos[-1].photo_id)
    assert (past_the_front.summaries, past_the_front.newer) == ((), None)
    assert past_the_front.older is not None
    assert ids_of(catalog.page(object_keys.PUBLIC_LISTING, 1, before=past_the_front.older)) == [
        photos[-1].photo_id
    ]


def expected(
    summaries: list[PhotoSummary], limit: int, before: str | None, after: str | None
) -> tuple[list[PhotoSummary], bool, bool]:
    """Compute a page, and whether there are more photos before and after it."""
    summaries = sorted(summaries, key=lambda summary: summary.photo_id, reverse=True)
    if before is not None:
        summaries = [summary for summary in summaries if summary.photo_id < before]
    elif after is not None:
        summaries = [summary for summary in summaries if summary.photo_id > after]
        return summaries[-limit:], bool(summaries), len(summaries) > limit
    return summaries[:limit], len(summaries) > limit, before is not None and bool(summaries)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
def test_every_page_of_a_small_feed(catalog: Catalog, limit: int) -> None:
    """For every possible cursor the page and its own cursors are right."""
    photos = [make_photo(tags=("sea",)) for _ in range(5)]
    for photo in (
        photos[3],
        photos[0],
        photos[4],
        photos[2],
    ):  # the order of publishing is not the order of ids
        catalog.publish(photo)
    summaries = [photo.summary for photo in (*photos[:1], *photos[2:])]
    for cursor in ("0", *(photo.photo_id for photo in photos), "z"):
        for before, after in ((None, None), (cursor, None), (None, cursor)):
            page = catalog.page("tag:sea", limit, before=before, after=after)
            shown, more_older, more_newer = expected(summaries, limit, before, after)
            assert list(page.summaries) == shown
            if shown:
                assert page.older == (shown[-1].photo_id if more_older else None)
                assert page.newer == (shown[0].photo_id if more_newer else None)
                _check_neighbors(page, summaries)


def _check_neighbors(page: Page, summaries: list[PhotoSummary]) -> None:
    """No photo is between the page and a neighbor, apart from the neighbor's own."""
    first, last = page.summaries[0].photo_id, page.summaries[-1].photo_id
    for photo_id in (summary.photo_id for summary in summaries):
        assert not (page.older and last > photo_id > (page.older_neighbor or last))
        assert not (page.newer and first < photo_id < (page.newer_neighbor or first))
    assert page.older is None or page.older_neighbor is not None
    assert page.newer is None or page.newer_neighbor is not None


def test_feeds_don_t_run_into_each_other(catalog: Catalog) -> None:
    """A page of one listing never reaches into the listing that sorts next to it."""
    photos = {tag: make_photo(tags=(tag,)) for tag in ("sea", "sea ", "seal", "se")}
    for photo in photos.values():
        catalog.publish(photo)
    for tag, photo in photos.items():
        page = catalog.page(f"tag:{tag}", 10, before="z")
        assert page == Page((photo.summary,), None, photo.photo_id, newer_neighbor="z")


def test_pages_of_more_than_a_megabyte(backend: Backend) -> None:
    """A page is complete even if its summaries exceed one response of DynamoDB."""
    photos = [make_photo(alt="海" * 30_000) for _ in range(16)]
    publish_all(backend, photos)
    newest_first = [photo.photo_id for photo in reversed(photos)]
    assert ids_of(backend.catalog.page(object_keys.PUBLIC_LISTING, 20)) == newest_first
    page = backend.catalog.page(object_keys.PUBLIC_LISTING, 15)
    assert (ids_of(page), page.older) == (newest_first[:15], newest_first[14])
    page = backend.catalog.page(object_keys.PUBLIC_LISTING, 15, after=newest_first[-1])
    assert (ids_of(page), page.newer) == (newest_first[:15], None)
    assert len(list(backend.catalog.photos())) == 16
    entries = [entry for photo in photos for entry in backend.catalog.entries_of(photo)]
    assert len(list(backend.catalog.listings())) == len(entries)


@pytest.mark.parametrize("listing", ["tag:sea", "public", f"owner:{'0' * 32}"])
def test_records_of_a_listing_can_be_read_in_parts(backend: Backend, listing: str) -> None:
    """All records come once, newest first, whatever the partitions of the listing."""
    photos = [make_photo(tags=("sea",), description="long") for _ in range(23)]
    publish_all(backend, [*photos, make_photo(owner="1" * 32, state=PhotoState.HIDDEN)])
    read: list[Photo] = []
    before: str | None = photo_ids.MAX_ID
    while before:
        page = backend.catalog.newest_photos([listing], 5, before=before)[listing]
        assert len(page.photos) <= 5
        read += page.photos
        before = page.older
    assert read == photos[::-1]


def test_records_are_read_by_their_ids(catalog: Catalog) -> None:
    """Those without a record are missing."""
    photos = [make_photo(), make_photo(state=PhotoState.HIDDEN)]
    for photo in photos:
        catalog.publish(photo)
    found = catalog.get_all([photos[1].photo_id, make_photo().photo_id, photos[0].photo_id])
    assert sorted(found, key=lambda photo: photo.photo_id) == photos
    assert catalog.get_all([]) == []
