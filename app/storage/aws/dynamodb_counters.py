"""Count photos per tag and the storage used, in two partitions of the listings table."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

from boto3.dynamodb.conditions import ConditionBase, Key

from app.domain.catalog_diff import CatalogDiff
from app.domain.tags import TagCount, TagPage, build_tag_page
from app.domain.usage import KeyRange, Usage, expiry_date
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_items import Item

log = logging.getLogger(__name__)

# The index of the listings table that sorts the items of a partition by their number of photos.
# Only counters have one.
BY_PHOTOS = "by_photos"

MAX_PARALLEL_UPDATES = 8  # of one process; an upload with five tags changes eight counters

# The sort key is the tag, or the usage counter.
_TAGS = "#tags"
_USAGE = "#usage"


class DynamoCounters:
    """Counters that are added to after each transaction. A negative count is shown as 0."""

    def __init__(self, dynamodb: DynamoClient, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._pool = ThreadPoolExecutor(MAX_PARALLEL_UPDATES, thread_name_prefix="counters")

    def apply(self, change: CatalogDiff) -> None:
        """Add the changes of one photo."""
        self.add(change.counts, change.usage)

    def add(self, tags: Mapping[str, int], usage: Sequence[Usage]) -> None:
        """Add to several counters at a time, since a visitor waits.

        Log every failure instead of raising it, since the photo is written: `repair` corrects the
        counters.
        """
        updates = {
            f"{_TAGS} {tag}": partial(self._add_to_tag, tag, photos) for tag, photos in tags.items()
        }
        for change in usage:
            updates[f"{_USAGE} {change.counter}"] = partial(self._add_to_usage, change)
        failures = self._call_all(updates)
        if failures:
            log.error(
                "These counters may be off: %s. To correct them: flask repair",
                ", ".join(failures),
                exc_info=BaseExceptionGroup("counter updates failed", list(failures.values())),
            )

    def most_used_tags(self, limit: int) -> tuple[TagCount, ...]:
        """Return tags of public photos, most used first, with one Query of the index."""
        items = self._dynamodb.query_index(
            limit,
            TableName=self._table,
            IndexName=BY_PHOTOS,
            KeyConditionExpression=Key("listing").eq(_TAGS) & Key("photos").gt(0),
            ScanIndexForward=False,
        )
        return tuple(map(_tag_count, items))

    def tags(self, start: str, limit: int) -> TagPage:
        """Return tags of public photos by name, with one Query."""
        condition: ConditionBase = Key("listing").eq(_TAGS)
        if start:  # DynamoDB refuses an empty key
            condition &= Key("position").gte(start)
        items = self._dynamodb.query(
            limit + 1, TableName=self._table, KeyConditionExpression=condition
        )
        return build_tag_page([_tag_count(item) for item in items], limit)

    def tag_counts(self) -> Iterator[TagCount]:
        """Yield the tags of public photos, sorted, with one Query for each megabyte."""
        counts = map(_tag_count, self._all(_TAGS))
        return (tag for tag in counts if tag.count > 0)

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
        key = _key(_TAGS, tag)
        is_set = self._dynamodb.compare_and_set(
            self._table, key, {"photos": shown}, {"photos": photos}
        )
        if is_set and photos == 0:
            self._dynamodb.delete_if_equal(self._table, key, "photos", 0)
        return is_set

    def compare_and_set_usage(self, shown: Usage, real: Usage) -> bool:
        """Set a usage counter if it is still `shown`."""
        return self._dynamodb.compare_and_set(
            self._table, _key(_USAGE, real.counter), _numbers(shown), _numbers(real)
        )

    def _call_all(self, updates: Mapping[str, Callable[[], object]]) -> dict[str, BaseException]:
        """Make all calls, and return the errors of those that failed."""
        pending: dict[str, Future[object]] = {}
        failures: dict[str, BaseException] = {}
        for name, update in updates.items():
            try:
                pending[name] = self._pool.submit(copy_context().run, update)
            except RuntimeError as error:  # the system is out of threads, or the process is ending
                failures[name] = error
        errors = {name: call.exception() for name, call in pending.items()}
        return failures | {name: error for name, error in errors.items() if error is not None}

    def _add_to_usage(self, change: Usage) -> None:
        key = _key(_USAGE, change.counter)
        self._dynamodb.increment(self._table, key, _numbers(change), _expires_at(change))

    def _add_to_tag(self, tag: str, photos: int) -> None:
        """Add to the count of a tag, and delete it once no photo has the tag."""
        key = _key(_TAGS, tag)
        counted = self._dynamodb.increment(self._table, key, {"photos": photos})
        if counted["photos"] == 0:
            self._dynamodb.delete_if_equal(self._table, key, "photos", 0)

    def _all(self, partition: str) -> Iterator[Item]:
        return self._dynamodb.query_all(
            TableName=self._table, KeyConditionExpression=Key("listing").eq(partition)
        )


def _key(partition: str, name: str) -> Item:
    return {"listing": partition, "position": name}


def _tag_count(item: Mapping[str, Any]) -> TagCount:
    return TagCount(item["position"], int(item["photos"]))


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
