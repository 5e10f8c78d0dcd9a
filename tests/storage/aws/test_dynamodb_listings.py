"""Listings in several partitions, and entries that an earlier version wrote.

Covers app.storage.aws.dynamodb_partitions and app.storage.aws.listings.entry_items.
"""

from collections import Counter
from datetime import datetime
from itertools import count, islice
from zlib import crc32

import pytest

from app.domain import object_keys
from app.domain.listings.archive import UNDATED_LISTING
from app.domain.photo import Photo
from app.domain.photo_ids import MAX_ID, MIN_ID
from app.domain.photo_summary import PhotoState
from app.domain.search_terms import SearchQuery
from app.domain.usage import MONTHS
from app.maintenance import IntegrityCheck, Repair
from app.maintenance.findings import FindingKind
from app.storage.aws import dynamodb_items as items
from tests.backends import TABLE, Backend, make_photo
from tests.storage.aws_calls import answered, dynamodb_error, recorded
from tests.storage.conftest import publish_all
from tests.storage.test_catalog_publish import ids_of

LISTINGS = f"{TABLE}-listings"
YEAR = "taken:2026"
NOVEMBER_5 = datetime.fromisoformat("2026-11-05")


@pytest.fixture
def old_photos(cloud: Backend) -> list[Photo]:
    """Photos that an earlier version published: entries with summaries in the first partitions.

    They are not in the archive.
    """
    dates = (NOVEMBER_5, None)
    photos = [make_photo(title="Harbour", tags=("sea",), taken_at=dates[n % 2]) for n in range(6)]
    assert cloud.clients
    for photo in photos:
        record = items.to_item(photo.to_dict())
        cloud.clients.dynamodb.put_item(TableName=TABLE, Item=record)
        for listing in photo.listings:
            if listing == UNDATED_LISTING:
                continue
            key = items.entry_key(listing, photo.photo_id)
            item = key | items.to_item(photo.summary.to_dict())
            cloud.clients.dynamodb.put_item(TableName=LISTINGS, Item=item)
    return photos


def newest_first(photos: list[Photo]) -> list[str]:
    return sorted((photo.photo_id for photo in photos), reverse=True)


def trash(cloud: Backend, photo: Photo) -> None:
    trashed = photo.next_version(state=PhotoState.TRASHED, expires_at=1_900_000_000)
    cloud.catalog.update(photo, trashed)


def test_entries_are_in_several_partitions(cloud: Backend) -> None:
    """No partition gets every photo, neither of the gallery nor of a tag or a year."""
    assert cloud.clients
    publish_all(cloud, [make_photo(tags=("sea",), taken_at=NOVEMBER_5) for _ in range(40)])
    found = cloud.clients.dynamodb.scan(TableName=LISTINGS)["Items"]
    counts = Counter(str(item["listing"]) for item in found)
    for listing in (object_keys.PUBLIC_LISTING, "tag:sea", YEAR):
        parts = [counts[name] for name in (listing, *(f"{listing}/{n}" for n in (1, 2, 3)))]
        assert sum(parts) == 40
        assert max(parts) < 25


def test_pages_show_entries_of_an_earlier_version(cloud: Backend, old_photos: list[Photo]) -> None:
    """New photos come before them, an edit shows, and a deleted photo is on no page."""
    photo = make_photo(title="Harbour", tags=("sea",))
    cloud.catalog.publish(photo)
    edited = old_photos[1].next_version(title="Pier", alt="A pier")
    cloud.catalog.update(old_photos[1], edited)
    for old in (old_photos[0], old_photos[3]):
        trash(cloud, old)
    expected = newest_first([*old_photos[1:3], *old_photos[4:], photo])
    for listing in (object_keys.PUBLIC_LISTING, "tag:sea"):
        page = cloud.catalog.page(listing, 30)
        assert ids_of(page) == expected
        assert edited.summary in page.summaries


def test_a_repair_adds_photos_of_an_earlier_version_to_the_archive(
    cloud: Backend, old_photos: list[Photo]
) -> None:
    """Each photo is listed in its year, or as one without a date, and counted."""
    for action in Repair(IntegrityCheck(cloud)):
        action.run()
    dated, undated = newest_first(old_photos[::2]), newest_first(old_photos[1::2])
    assert ids_of(cloud.ordered_listings.page(YEAR, 30)) == dated
    assert ids_of(cloud.catalog.page(UNDATED_LISTING, 30)) == undated
    counted = {found.name: found.photos for found in cloud.catalog.usage(MONTHS, 10)}
    assert counted == {"2026-11": 3, "unknown": 3}


def test_a_repair_moves_entries_of_an_earlier_version(
    cloud: Backend, old_photos: list[Photo]
) -> None:
    """It removes the summaries of tags, contributors and files, and an entry for each word."""
    assert cloud.clients
    trash(cloud, old_photos[0])
    trash_of_owner = object_keys.owner_trash_listing(old_photos[0].owner)
    assert ids_of(cloud.catalog.search(SearchQuery.of("harb"), 30).page) == []
    kinds = {FindingKind.LISTING_MISMATCH, FindingKind.SEARCH_MISMATCH}
    for action in Repair(IntegrityCheck(cloud)):
        if {finding.kind for finding in action.findings} <= kinds:
            assert action.run() == ""
    left = {finding.kind for finding in IntegrityCheck(cloud)}
    assert not left & kinds
    expected = newest_first(old_photos[1:])
    assert ids_of(cloud.catalog.search(SearchQuery.of("harb"), 30).page) == expected
    assert ids_of(cloud.catalog.page("tag:sea", 30)) == expected
    found = cloud.clients.dynamodb.scan(TableName=LISTINGS)["Items"]
    with_summary = {str(item["listing"]).partition("/")[0] for item in found if "title" in item}
    trashed = {object_keys.TRASH_LISTING, trash_of_owner}
    assert with_summary == {object_keys.PUBLIC_LISTING, YEAR, *trashed}


def test_a_repair_adds_words_that_were_not_written(cloud: Backend, no_pauses: None) -> None:
    """A photo of which DynamoDB has refused a word is found by the beginning of the word again."""
    assert cloud.clients
    photo = make_photo(title="Harbour")
    with answered(cloud.clients, "BatchWriteItem", dynamodb_error("ThrottlingException")):
        cloud.catalog.publish(photo)
    assert ids_of(cloud.catalog.search(SearchQuery.of("harb"), 30).page) == []
    for action in Repair(IntegrityCheck(cloud)):
        if {finding.kind for finding in action.findings} == {FindingKind.SEARCH_MISMATCH}:
            assert action.run() == ""
    assert ids_of(cloud.catalog.search(SearchQuery.of("harb"), 30).page) == [photo.photo_id]


@pytest.mark.parametrize("others", [0, 12])
def test_a_page_is_complete_if_one_partition_has_most_photos(cloud: Backend, others: int) -> None:
    """That partition is read again. The others are not."""
    assert cloud.clients
    older = [make_photo(tags=("sea",)) for _ in range(others)]
    newer = (make_photo(tags=("sea",)) for _ in count())
    in_one = (photo for photo in newer if crc32(photo.photo_id.encode()) % 4 == 2)
    published = [*older, *islice(in_one, 12)]
    publish_all(cloud, published)
    with recorded(cloud.clients) as calls:
        cloud.catalog.page(object_keys.PUBLIC_LISTING, 9)
    assert calls.counts == {"Query": 4 + 1}
    for listing in (object_keys.PUBLIC_LISTING, "tag:sea"):
        for direction in ("before", "after"):
            assert paged_ids(cloud, listing, direction, 9) == newest_first(published)


def test_a_new_title_shows_on_every_page(cloud: Backend) -> None:
    """The gallery has it in an entry, the other listings read it from the record."""
    photo = make_photo(title="Harbour", tags=("sea",))
    cloud.catalog.publish(photo)
    edited = photo.next_version(title="Pier", alt="A pier")
    cloud.catalog.update(photo, edited)
    for listing in edited.page_listings:
        for max_age in (0.0, 1.0):
            page = cloud.catalog.page(listing, 30, max_age=max_age)
            assert page.summaries == (edited.summary,)


def test_a_page_shows_no_photo_that_has_left_the_listing(cloud: Backend) -> None:
    """A page of a tag omits photos that were hidden, deleted or edited after it read their ids.

    Such photos do not end the paging early, in either direction.
    """
    assert cloud.clients
    photos = [make_photo(tags=("sea",)) for _ in range(8)]
    publish_all(cloud, photos)
    changes = ({"state": PhotoState.HIDDEN}, {"tags": ("lake",)})
    for photo, change in zip(photos[2:], changes, strict=False):
        record = items.to_item(photo.next_version(**change).to_dict())
        cloud.clients.dynamodb.put_item(TableName=TABLE, Item=record)
    for photo in photos[4:7]:
        cloud.clients.dynamodb.delete_item(TableName=TABLE, Key=items.record_key(photo.photo_id))
    shown = newest_first([*photos[:2], photos[7]])
    for direction in ("before", "after"):
        assert paged_ids(cloud, "tag:sea", direction) == shown


def paged_ids(cloud: Backend, listing: str, direction: str, size: int = 3) -> list[str]:
    """Return the ids of all pages of `size` photos, newest first."""
    cursor: str | None = {"before": MAX_ID, "after": MIN_ID}[direction]
    found: list[str] = []
    while cursor:
        page = cloud.catalog.page(listing, size, **{direction: cursor})
        found += ids_of(page)
        cursor = page.older if direction == "before" else page.newer
    return sorted(found, reverse=True)
