"""Usage counters that become empty are deleted, unless an upload has counted in between."""

from collections.abc import Mapping

from app.domain.usage import Usage
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_usage import UsageCounters
from app.storage.aws.parallel_calls import ParallelCalls
from tests.backends import TABLE, Backend


class UploadBeforeDelete(DynamoClient):
    """Counts an upload just before an empty counter is deleted."""

    def delete_if_equal(self, table: str, key: items.Item, values: Mapping[str, int]) -> None:
        self.increment(table, key, {"kept": 1, "bytes": 10})
        super().delete_if_equal(table, key, values)


def test_a_counter_is_deleted_only_while_it_is_empty(cloud: Backend) -> None:
    """An upload may count after the counter has become 0 and before it is deleted."""
    assert cloud.clients
    dynamodb = UploadBeforeDelete(cloud.clients.dynamodb)
    counters = UsageCounters(dynamodb, f"{TABLE}-listings", ParallelCalls())
    for photos in (1, -1):
        counters.add(Usage("owner:ada", photos, 10 * photos), "photo")
    assert list(counters.all()) == [Usage("owner:ada", 1, 10)]
