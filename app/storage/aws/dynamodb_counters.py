"""Count photos per tag and the storage used, in two partitions of the listings table."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from boto3.dynamodb.conditions import Key

from app.domain.catalog_diff import CatalogDiff
from app.domain.errors import StorageError
from app.domain.tags import TagCount
from app.domain.usage import KeyRange, Usage, expiry_date
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_items import Item

log = logging.getLogger(__name__)

# The sort key is the tag, or the usage counter.
_TAGS = "#tags"
_USAGE = "#usage"


class DynamoCounters:
    """Counters that are added to after each transaction. A negative count is shown as 0."""

    def __init__(self, dynamodb: DynamoClient, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def apply(self, change: CatalogDiff) -> None:
        """Add the changes of one photo."""
        self.add(change.counts, change.usage)

    def add(self, tags: Mapping[str, int], usage: Sequence[Usage]) -> None:
        """Add to the counters. Log a failure, since the photo is written: `repair` corrects it."""
        try:
            for tag, photos in tags.items():
                self._dynamodb.increment(self._table, _key(_TAGS, tag), {"photos": photos})
            for change in usage:
                key = _key(_USAGE, change.counter)
                numbers = _numbers(change)
                self._dynamodb.increment(self._table, key, numbers, _expires_at(change))
        except StorageError:
            log.exception(
                "Changes of these counters are missing: %s and %s. To correct them: flask repair",
                dict(tags),
                usage,
            )

    def tags(self) -> tuple[TagCount, ...]:
        """Return the tags of public photos, sorted, with one Query for each megabyte."""
        counts = [TagCount(item["position"], int(item["photos"])) for item in self._all(_TAGS)]
        return tuple(tag for tag in counts if tag.count > 0)

    def usage(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """Return the counters in `span` that are not empty, in descending order, with one Query."""
        first, last = span
        items = self._dynamodb.query(
            limit,
            TableName=self._table,
            KeyConditionExpression=Key("listing").eq(_USAGE) & Key("position").between(first, last),
            ScanIndexForward=False,
        )
        counters = [_usage(item) for item in items]
        return tuple(counter for counter in counters if counter.photos or counter.bytes)

    def usage_counters(self) -> Iterator[Usage]:
        """Yield every usage counter, sorted."""
        return map(_usage, self._all(_USAGE))

    def compare_and_set_tag_count(self, tag: str, shown: int, photos: int) -> bool:
        """Set the count of `tag` if it is still `shown`."""
        return self._dynamodb.compare_and_set(
            self._table, _key(_TAGS, tag), {"photos": shown}, {"photos": photos}
        )

    def compare_and_set_usage(self, shown: Usage, real: Usage) -> bool:
        """Set a usage counter if it is still `shown`."""
        return self._dynamodb.compare_and_set(
            self._table, _key(_USAGE, real.counter), _numbers(shown), _numbers(real)
        )

    def _all(self, partition: str) -> Iterator[Item]:
        return self._dynamodb.query_all(
            TableName=self._table, KeyConditionExpression=Key("listing").eq(partition)
        )


def _key(partition: str, name: str) -> Item:
    return {"listing": partition, "position": name}


def _numbers(usage: Usage) -> dict[str, int]:
    return {"photos": usage.photos, "bytes": usage.bytes}


def _usage(item: Mapping[str, Any]) -> Usage:
    return Usage(item["position"], max(0, int(item["photos"])), max(0, int(item["bytes"])))


def _expires_at(usage: Usage) -> int | None:
    """Return the Unix time at which a trash counter may be deleted: the end of its last day."""
    day = expiry_date(usage.counter)
    if day is None:
        return None
    return int(datetime.combine(day + timedelta(days=1), time(), UTC).timestamp())
