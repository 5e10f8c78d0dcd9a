"""Usage counters are deleted as soon as they are empty, and not before."""

from collections.abc import Mapping
from itertools import count
from zlib import crc32

from app.domain.usage import Usage
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_usage import OWNER_PARTITIONS, UsageCounters
from app.storage.aws.parallel_calls import ParallelCalls
from app.storage.aws.table_names import TableNames
from tests.backends import TABLE, Backend

LISTINGS = TableNames.of(TABLE).listings


class UploadBeforeDelete(DynamoClient):
    """Counts an upload just before an empty counter is deleted."""

    def delete_if_equal(self, table: str, key: items.Item, values: Mapping[str, int]) -> None:
        self.increment(table, key, {"kept": 1, "bytes": 10})
        super().delete_if_equal(table, key, values)


def test_a_counter_is_deleted_only_while_it_is_empty(cloud: Backend) -> None:
    """An upload may count after the counter has become 0 and before it is deleted."""
    assert cloud.clients
    dynamodb = UploadBeforeDelete(cloud.clients.dynamodb)
    counters = UsageCounters(dynamodb, LISTINGS, ParallelCalls())
    for photos in (1, -1):
        counters.add(Usage("owner:ada", photos, 10 * photos), "photo")
    assert list(counters.all()) == [Usage("owner:ada", 1, 10)]


def test_a_counter_with_photos_of_an_earlier_version_is_not_empty(cloud: Backend) -> None:
    """Their number is another attribute of an item in the first partition."""
    assert cloud.clients
    dynamodb = DynamoClient(cloud.clients.dynamodb)
    counters = UsageCounters(dynamodb, LISTINGS, ParallelCalls())
    first, *_ = OWNER_PARTITIONS
    dynamodb.increment(LISTINGS, items.entry_key(first, "owner:ada"), {"photos": 2})
    names = map(str, count())
    photo_id = next(name for name in names if crc32(name.encode()) % len(OWNER_PARTITIONS) == 0)
    for photos in (1, -1):
        counters.add(Usage("owner:ada", photos, 10 * photos), photo_id)
    assert list(counters.all()) == [Usage("owner:ada", 2, 0)]


def test_the_bytes_of_a_counter_change_without_its_photos(cloud: Backend) -> None:
    """A change of the credit makes the original of a photo larger or smaller."""
    assert cloud.clients
    counters = UsageCounters(DynamoClient(cloud.clients.dynamodb), LISTINGS, ParallelCalls())
    counters.add(Usage("owner:ada", 1, 10), "photo")
    counters.add(Usage("owner:ada", 0, 5), "photo")
    assert list(counters.all()) == [Usage("owner:ada", 1, 15)]
    counters.add(Usage("owner:ada", -1, -15), "photo")
    assert list(counters.all()) == []
