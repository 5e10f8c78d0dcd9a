"""The counters of the listings table: the photos of each tag, and the storage used."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from app.domain.usage import Usage
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_usage import UsageCounters
from app.storage.aws.parallel_calls import ParallelCalls
from app.storage.aws.tags.counts import TagCounts


class DynamoCounters:
    """The tag counts and the usage counters."""

    def __init__(self, dynamodb: DynamoClient, table: str, parallel: ParallelCalls) -> None:
        self.tags = TagCounts(dynamodb, table, parallel)
        self.usage = UsageCounters(dynamodb, table, parallel)

    def updates(
        self, photo_id: str, tags: Mapping[str, int], usage: Sequence[Usage]
    ) -> dict[str, Callable[[], object]]:
        """Return the calls that add the changes of one photo, by the names of the counters."""
        calls: dict[str, Callable[[], object]] = {
            f"#tags {tag}": partial(self.tags.add, tag, photos, photo_id)
            for tag, photos in tags.items()
        }
        for change in usage:
            calls[f"#usage {change.counter}"] = partial(self.usage.add, change, photo_id)
        return calls
