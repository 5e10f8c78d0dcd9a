"""A year in several partitions, also with the entries of an earlier version, which had one."""

from datetime import UTC, datetime, timedelta
from itertools import count, islice
from zlib import crc32

import pytest

from app.domain.pages import Neighbors
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.maintenance import IntegrityCheck, Repair
from app.maintenance.findings import FindingKind
from app.storage.aws.dynamodb_partitions import PARTITIONS, item_key
from tests.backends import TABLE, Backend, make_photo
from tests.storage.aws_calls import recorded
from tests.storage.conftest import publish_all
from tests.storage.test_catalog_publish import ids_of

LISTINGS = f"{TABLE}-listings"
YEAR = "taken:2026"
NOVEMBER = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def old_photos(cloud: Backend) -> list[Photo]:
    """Photos of a year, the earliest first, whose entries are all in the first partition."""
    assert cloud.clients
    dates = [NOVEMBER + timedelta(days=number) for number in range(12)]
    photos = [make_photo(taken_at=date) for date in dates]
    publish_all(cloud, photos)
    for photo in photos:
        [key] = photo.ordered_entries
        place = item_key(key)
        item = cloud.clients.dynamodb.get_item(TableName=LISTINGS, Key=place)["Item"]
        cloud.clients.dynamodb.delete_item(TableName=LISTINGS, Key=place)
        cloud.clients.dynamodb.put_item(TableName=LISTINGS, Item=item | {"listing": YEAR})
    assert partitions(cloud) == {YEAR}
    return photos


def partitions(cloud: Backend) -> set[str]:
    """Return the partitions that have entries of the year."""
    assert cloud.clients
    found = cloud.clients.dynamodb.scan(TableName=LISTINGS)["Items"]
    return {str(item["listing"]) for item in found if str(item["listing"]).startswith(YEAR)}


def latest_first(photos: list[Photo]) -> list[str]:
    return [photo.photo_id for photo in reversed(photos)]


def test_pages_show_entries_of_an_earlier_version(cloud: Backend, old_photos: list[Photo]) -> None:
    """New photos come between them by their dates, and each has its neighbors."""
    new = make_photo(taken_at=NOVEMBER + timedelta(hours=1))
    cloud.catalog.publish(new)
    in_order = [old_photos[0], new, *old_photos[1:]]
    assert ids_of(cloud.ordered_listings.page(YEAR, 30)) == latest_first(in_order)
    [key] = new.ordered_entries
    around = Neighbors(old_photos[1].summary, old_photos[0].summary)
    assert cloud.ordered_listings.neighbors(key) == around


def test_an_edit_replaces_entries_of_an_earlier_version(
    cloud: Backend, old_photos: list[Photo]
) -> None:
    """Pages show the new title, a photo at its new date alone, and no photo that is hidden."""
    titled = [photo.next_version(title="Pier") for photo in old_photos[:6]]
    earlier = datetime(2025, 1, 1)  # noqa: DTZ001  local
    moved = [photo.next_version(taken_at=earlier) for photo in old_photos[6:9]]
    hidden = [photo.next_version(state=PhotoState.HIDDEN) for photo in old_photos[9:]]
    for before, after in zip(old_photos, [*titled, *moved, *hidden], strict=True):
        cloud.catalog.update(before, after)
    shown = cloud.ordered_listings.page(YEAR, 30).summaries
    assert shown == tuple(photo.summary for photo in reversed(titled))
    assert len(cloud.ordered_listings.page("taken:2025", 30).summaries) == len(moved)


def test_a_repair_moves_entries_of_an_earlier_version(
    cloud: Backend, old_photos: list[Photo]
) -> None:
    """The check finds those in the wrong partition, and pages stay the same."""
    [wrong, *_] = [photo for photo in old_photos if crc32(photo.photo_id.encode()) % PARTITIONS]
    mismatches = {FindingKind.LISTING_MISMATCH, FindingKind.ORPHANED_LISTING}
    found = [finding for finding in IntegrityCheck(cloud) if finding.kind in mismatches]
    assert wrong.photo_id in {finding.photo_id for finding in found}
    for action in Repair(IntegrityCheck(cloud)):
        action.run()
    assert not mismatches & {finding.kind for finding in IntegrityCheck(cloud)}
    assert partitions(cloud) > {YEAR}
    assert ids_of(cloud.ordered_listings.page(YEAR, 30)) == latest_first(old_photos)


def test_a_page_is_complete_if_one_partition_has_most_photos(cloud: Backend) -> None:
    """That partition is read again, unless the page is small. The others are not."""
    assert cloud.clients
    dates = (NOVEMBER + timedelta(days=number) for number in count())
    photos = (make_photo(taken_at=date) for date in dates)
    in_one = (photo for photo in photos if crc32(photo.photo_id.encode()) % PARTITIONS == 2)
    published = list(islice(in_one, 12))
    publish_all(cloud, published)
    for size, queries in {9: PARTITIONS + 1, 7: PARTITIONS}.items():
        with recorded(cloud.clients) as calls:
            page = cloud.ordered_listings.page(YEAR, size)
        assert calls.counts == {"Query": queries}
        assert ids_of(page) == latest_first(published)[:size]
