"""Tag counts and usage counters in several partitions: their sums, and those of earlier versions.

Covers app.storage.aws.tags.counts, app.storage.aws.dynamodb_usage,
app.storage.aws.parallel_calls.
"""

from collections import Counter
from typing import Any

import pytest

from app.domain import photo_ids, usage
from app.domain.photo import Photo
from app.domain.photo_ids import new_album_id
from app.domain.photo_summary import PhotoState
from app.domain.tags import TagCount
from app.domain.upload import QuotaScope
from app.domain.usage import Usage
from app.maintenance import IntegrityCheck, Repair
from app.maintenance.findings import FindingKind
from app.services.ports import Catalog
from app.services.quotas import Quota, Quotas
from app.storage.aws import dynamodb_items as items
from app.storage.aws import dynamodb_usage
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.parallel_calls import ParallelCalls
from app.storage.aws.tags import counts as tag_counts
from app.storage.aws.tags.counts import TagCounts
from tests.backends import TABLE, Backend, make_photo
from tests.storage.aws_calls import answered, dynamodb_answer, recorded
from tests.storage.conftest import publish_all
from tests.storage.partition_meter import READ_LIMIT, metered

LISTINGS = f"{TABLE}-listings"


def put(cloud: Backend, **item: Any) -> None:
    assert cloud.clients
    cloud.clients.dynamodb.put_item(TableName=LISTINGS, Item=item)


def partitions_of(cloud: Backend, position: str) -> dict[str, int]:
    """Return the number of each item of one counter, by its partition."""
    assert cloud.clients
    found = cloud.clients.dynamodb.scan(TableName=LISTINGS)["Items"]
    return {
        str(item["listing"]): int(item.get("photos", item.get("kept", 0)))  # type: ignore[arg-type]
        for item in found
        if item["position"] == position
    }


def move_to_earlier_partitions(cloud: Backend, counter: str, size: int) -> None:
    """Store a counter of photos of `size` bytes as an earlier version did."""
    assert cloud.clients
    for number, (partition, kept) in enumerate(partitions_of(cloud, counter).items()):
        key = items.entry_key(partition, counter)
        cloud.clients.dynamodb.delete_item(TableName=LISTINGS, Key=key)
        earlier = dynamodb_usage.PARTITIONS[number]
        put(cloud, listing=earlier, position=counter, kept=kept, bytes=size * kept)


def trash(catalog: Catalog, photo: Photo) -> None:
    catalog.update(photo, photo.next_version(state=PhotoState.TRASHED, expires_at=1))


def test_counters_of_an_earlier_version_count_on(cloud: Backend) -> None:
    """They are all in the first partition. Nothing has to be migrated."""
    put(cloud, listing="#tags", position="sea", photos=40)
    put(cloud, listing="#tags", position="zoo", photos=7)
    put(cloud, listing="#usage", position="site", photos=50, bytes=500)
    for photo in (photos := [make_photo(tags=("sea",), bytes=10) for _ in range(3)]):
        cloud.catalog.publish(photo)
    cloud.catalog.update(photos[0], photos[0].next_version(tags=("zoo",)))
    counts = (TagCount("sea", 42), TagCount("zoo", 8))
    assert [cloud.tag_reader.count(tag) for tag in ("sea", "zoo")] == [42, 8]
    assert cloud.catalog.most_used_tags(1) == counts[:1]
    assert cloud.catalog.most_used_tags(9) == counts
    assert cloud.catalog.tags("", 9).tags == counts
    assert tuple(cloud.catalog.tag_counts()) == counts
    assert cloud.catalog.usage((usage.SITE, usage.SITE), 1) == (Usage(usage.SITE, 53, 530),)


def test_a_repair_leaves_one_item(cloud: Backend) -> None:
    """It replaces the items of all partitions, unless one of them has changed."""
    for photos, partition in ((40, "#tags"), (5, "#tags:3"), (-2, "#tags:4")):
        put(cloud, listing=partition, position="sea", photos=photos)
    put(cloud, listing="#usage", position="site", photos=50, bytes=500)
    put(cloud, listing="#usage:2", position="site", kept=-1, bytes=-10)
    assert not cloud.catalog.compare_and_set_tag_count("sea", 40, 9)
    assert cloud.catalog.compare_and_set_tag_count("sea", 43, 9)
    assert list(partitions_of(cloud, "sea").values()) == [9]
    assert cloud.catalog.compare_and_set_usage(Usage("site", 49, 490), Usage("site", 3, 30))
    assert partitions_of(cloud, "site") == {"#usage": 3}
    assert cloud.catalog.compare_and_set_tag_count("sea", 9, 0)
    assert partitions_of(cloud, "sea") == {}


def test_a_frequent_tag_is_counted_in_several_partitions(
    cloud: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No partition gets every upload. The sum is right, also after photos are deleted."""
    monkeypatch.setattr(tag_counts, "SPREAD_FROM", 4)
    photos = [make_photo(tags=("sea", f"tag {number % 12}")) for number in range(24)]
    for photo in photos:
        cloud.catalog.publish(photo)
    parts = partitions_of(cloud, "sea")
    assert parts.pop("#spread_tags") == 0
    assert len(parts) > 8
    assert sum(parts.values()) == 24
    assert max(parts.values()) < 12
    assert len(partitions_of(cloud, "tag 1")) == 1
    for limit in (1, 5):
        assert cloud.catalog.most_used_tags(limit)[0] == TagCount("sea", 24)
    assert cloud.tag_reader.count("sea") == 24
    for photo in photos:
        trash(cloud.catalog, photo)
    assert tuple(cloud.catalog.tag_counts()) == ()
    assert cloud.catalog.most_used_tags(5) == ()


def test_the_sum_of_a_spread_tag_includes_every_partition(
    cloud: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other tags are more used in most partitions, and a new process deletes the last photos."""
    monkeypatch.setattr(tag_counts, "SPREAD_FROM", 8)
    assert cloud.clients
    dynamodb, parallel = DynamoClient(cloud.clients.dynamodb), ParallelCalls()
    process, new_process = (TagCounts(dynamodb, LISTINGS, parallel) for _ in range(2))
    photo_ids = [f"photo {number}" for number in range(16)]
    for photo_id in photo_ids:
        process.add("sea", 1, photo_id)
    for photo_id in photo_ids[:11]:
        process.add("sea", -1, photo_id)
    for photo_id in photo_ids[11:]:
        new_process.add("sea", -1, photo_id)
    assert sum(partitions_of(cloud, "sea").values()) == 0
    for partition in tag_counts.PARTITIONS:
        put(cloud, listing=partition, position=f"other {partition}", photos=1)
    (most_used,) = new_process.most_used(1)
    assert most_used.tag.startswith("other")


def test_usage_is_counted_in_several_partitions(cloud: Backend) -> None:
    """Every upload changes the counter of the site, so no partition gets every change."""
    for number in range(24):
        photo_id = photo_ids.from_parts(1_700_000_000_000 + number, number)
        cloud.catalog.publish(make_photo(photo_id=photo_id, bytes=2))
    parts = partitions_of(cloud, "site")
    assert len(parts) == 4
    assert max(parts.values()) < 16
    assert cloud.catalog.usage((usage.SITE, usage.SITE), 1) == (Usage("site", 24, 48),)


def test_a_repair_moves_counters_of_contributors_from_the_partitions_of_the_site(
    cloud: Backend,
) -> None:
    """An earlier version wrote them there. Pages and quotas do not read them there any more."""
    photos = [make_photo(owner="ada", bytes=10) for _ in range(3)]
    publish_all(cloud, photos)
    trash(cloud.catalog, photos[0])
    move_to_earlier_partitions(cloud, "owner:ada", 10)
    cloud.catalog.publish(make_photo(owner="ada", bytes=10))
    assert cloud.catalog.usage(usage.OWNERS, 9) == (Usage("owner:ada", 1, 10),)
    for action in Repair(IntegrityCheck(cloud)):
        action.run()
    assert partitions_of(cloud, "owner:ada") == {"#owners": 3}
    assert cloud.catalog.usage(usage.OWNERS, 9) == (Usage("owner:ada", 3, 30),)
    assert FindingKind.USAGE_COUNT_MISMATCH not in {
        finding.kind for finding in IntegrityCheck(cloud)
    }


@pytest.mark.parametrize("later", [0, 2, 3])
def test_a_repair_corrects_a_counter_of_deletions_alone(cloud: Backend, later: int) -> None:
    """An earlier version counted the photos in other partitions, so the sum is -3 at first."""
    photos = [make_photo(owner="ada", bytes=10) for _ in range(3)]
    publish_all(cloud, photos)
    move_to_earlier_partitions(cloud, "owner:ada", 10)
    for photo in photos:
        trash(cloud.catalog, photo)
    publish_all(cloud, [make_photo(owner="ada", bytes=10) for _ in range(later)])
    assert cloud.catalog.usage(usage.OWNERS, 9) == ()
    for action in Repair(IntegrityCheck(cloud)):
        action.run()
    assert partitions_of(cloud, "owner:ada") == ({"#owners": later} if later else {})
    cloud.catalog.publish(make_photo(owner="ada", bytes=10))
    assert cloud.catalog.usage(usage.OWNERS, 9) == (Usage("owner:ada", later + 1, 10 * later + 10),)


@pytest.mark.parametrize(("is_guest", "uploads"), [(False, 1500), (True, 1000)])
def test_quotas_take_1000_uploads_a_second(cloud: Backend, uploads: int, *, is_guest: bool) -> None:
    """They read the counters of the site and of the contributor, which share no partition."""
    assert cloud.clients
    photo = make_photo()
    cloud.catalog.publish(photo)
    quota = Quota(photos=9, bytes=10**9)
    quotas = Quotas(cloud.catalog, quota, quota)
    with metered(cloud.clients) as meter:
        quotas.check(photo.owner, 1, scope=QuotaScope.CONTRIBUTOR_AND_SITE)
        if is_guest:
            quotas.check_guest(new_album_id(), photo.owner, 9)
    assert READ_LIMIT / max(meter.reads.values()) >= uploads


def test_most_used_tags_are_ordered_by_name_where_counts_are_equal(cloud: Backend) -> None:
    """The order is that of the local backend."""
    for tag in ("c", "a", "b", "a"):
        cloud.catalog.publish(make_photo(tags=(tag,)))
    assert [tag.tag for tag in cloud.catalog.most_used_tags(9)] == ["a", "b", "c"]


def test_the_most_used_tags_of_many(cloud: Backend) -> None:
    """Only the tags that may be among them are read, and which of them are spread."""
    expected = Counter({f"tag {number:02}": number for number in range(1, 80)})
    for tag, photos in expected.items():
        put(cloud, listing=tag_counts.PARTITIONS[0], position=tag, photos=photos)
    assert cloud.clients
    with recorded(cloud.clients) as calls:
        found = cloud.catalog.most_used_tags(10)
    assert [(tag.tag, tag.count) for tag in found] == expected.most_common(10)
    assert calls.counts == {"Query": 16 + 1}


def test_keys_that_dynamodb_left_out_are_asked_for_again(cloud: Backend, no_pauses: None) -> None:
    """A busy table answers a part of a BatchGetItem."""
    assert cloud.clients
    key = {"listing": {"S": "#usage:1"}, "position": {"S": "site"}}
    part = dynamodb_answer(Responses={}, UnprocessedKeys={LISTINGS: {"Keys": [key]}})
    put(cloud, listing="#usage:1", position="site", kept=3, bytes=30)
    with answered(cloud.clients, "BatchGetItem", part, lambda: None) as attempts:
        assert cloud.catalog.usage(("site", "site"), 1) == (Usage("site", 3, 30),)
    assert len(attempts) == 2
