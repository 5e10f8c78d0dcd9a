"""Count the storage used, in several partitions.

Every upload adds to the counters of the site and of the day. One partition takes 1 000 write units
a second, so a change goes to the partition of the photo's hash. A counter is the sum over its
partitions. If there are quotas, an upload reads the counters of the site and of its contributor in
each of their partitions, and one partition takes 3 000 read units a second. So contributors have
partitions of their own, and so have months.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from heapq import merge
from itertools import groupby, islice
from operator import attrgetter
from typing import Any
from zlib import crc32

from boto3.dynamodb.conditions import Key

from app.domain.usage import (
    KeyRange,
    Usage,
    expiry_date,
    is_of_archive,
    is_of_owner,
)
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.parallel_calls import ParallelCalls

# Earlier versions wrote every change to the first partition, as `photos` and `bytes`. The sum
# includes these numbers. `photos` would be in the index `by_photos`, which no usage counter needs.
PARTITIONS = ("#usage", "#usage:1", "#usage:2", "#usage:3")
OWNER_PARTITIONS = ("#owners", "#owners:1", "#owners:2", "#owners:3")
MONTH_PARTITIONS = ("#months", "#months:1")
_NUMBERS = ("kept", "bytes", "photos")


class UsageCounters:
    """The counters in the listings table. Pages and quotas read a negative number as 0."""

    def __init__(self, dynamodb: DynamoClient, table: str, parallel: ParallelCalls) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._parallel = parallel

    def add(self, change: Usage, photo_id: str) -> None:
        """Add to one counter, and delete an item that has become empty."""
        partitions = _partitions_of(change.counter)
        partition = partitions[crc32(photo_id.encode()) % len(partitions)]
        key = items.entry_key(partition, change.counter)
        numbers = {"kept": change.photos, "bytes": change.bytes}
        item = self._dynamodb.increment(self._table, key, numbers, _expires_at(change))
        if not any(item.get(number) for number in _NUMBERS):
            self._dynamodb.delete_if_equal(self._table, key, {"kept": 0, "bytes": 0})

    def span(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """Return the counters in `span` that are not empty, descending.

        One counter is one BatchGetItem, several are a Query in each partition.
        """
        if span[0] == span[1]:
            found = [self._items_of(span[0])]
        else:
            partitions = _partitions_of(span[0])
            found = self._parallel.map(lambda name: self._query(name, span, limit), partitions)
        # Of the first counters of all partitions, no partition has an item it did not return.
        counters = map(_without_negatives, islice(_sums(found, reverse=True), limit))
        return tuple(counter for counter in counters if counter.photos or counter.bytes)

    def all(self) -> Iterator[Usage]:
        """Yield every usage counter, sorted.

        A counter is negative if deleted photos were counted elsewhere by an earlier version.
        """
        partitions = (*PARTITIONS, *OWNER_PARTITIONS, *MONTH_PARTITIONS)
        return _sums(map(self._counters_in, partitions))

    def compare_and_set(self, shown: Usage, real: Usage) -> bool:
        """Set a usage counter if it is still `shown`: one item, or none, in one transaction."""
        found = self._items_of(real.counter)
        if next(_sums([found]), Usage(real.counter)) != shown:
            return False
        writes = items.replace_all(self._table, found, _item(real), _NUMBERS)
        writes += self._removals(real.counter)
        return not writes or not self._dynamodb.transact_write(writes)

    def _counters_in(self, partition: str) -> Iterator[items.Item]:
        """Yield the items of a partition, without counters that an earlier version kept there."""
        found = self._dynamodb.query_all(
            TableName=self._table, KeyConditionExpression=Key("listing").eq(partition)
        )
        return (item for item in found if partition in _partitions_of(item["position"]))

    def _removals(self, counter: str) -> list[items.Write]:
        """Return the writes that delete a contributor's counter of an earlier version."""
        partitions = PARTITIONS if is_of_owner(counter) else ()
        keys = [items.entry_key(partition, counter) for partition in partitions]
        return [items.delete(self._table, key) for key in keys]

    def _items_of(self, counter: str) -> list[items.Item]:
        keys = [items.entry_key(partition, counter) for partition in _partitions_of(counter)]
        return self._dynamodb.get_items(self._table, keys)

    def _query(self, partition: str, span: KeyRange, limit: int) -> list[items.Item]:
        return self._dynamodb.query(
            limit,
            TableName=self._table,
            KeyConditionExpression=Key("listing").eq(partition) & Key("position").between(*span),
            ScanIndexForward=False,
        )


def photos_of(dynamodb: DynamoClient, table: str, counters: Iterable[str]) -> dict[str, int]:
    """Return the numbers of photos of counters, with one BatchGetItem for each 25 counters.

    The counters must not be those of months or contributors.
    """
    keys = [items.entry_key(partition, name) for name in counters for partition in PARTITIONS]
    photos: Counter[str] = Counter()
    for usage in map(_usage, dynamodb.get_items(table, keys)):
        photos[usage.counter] += usage.photos
    return {counter: max(0, count) for counter, count in photos.items()}


def _partitions_of(counter: str) -> Sequence[str]:
    if is_of_archive(counter):
        return MONTH_PARTITIONS
    return OWNER_PARTITIONS if is_of_owner(counter) else PARTITIONS


def _sums(found: Iterable[Iterable[items.Item]], *, reverse: bool = False) -> Iterator[Usage]:
    """Yield the sum of each counter. Every iterable is sorted by counter, and so is the result."""
    sorted_parts = merge(
        *(map(_usage, part) for part in found), key=attrgetter("counter"), reverse=reverse
    )
    for counter, parts in groupby(sorted_parts, key=attrgetter("counter")):
        numbers = [(part.photos, part.bytes) for part in parts]
        photos, size = map(sum, zip(*numbers, strict=True))
        yield Usage(counter, photos, size)


def _without_negatives(usage: Usage) -> Usage:
    return Usage(usage.counter, max(0, usage.photos), max(0, usage.bytes))


def _item(usage: Usage) -> items.Item | None:
    """Return the one item of a counter, None if the counter is empty."""
    if not (usage.photos or usage.bytes):
        return None
    item = items.entry_key(_partitions_of(usage.counter)[0], usage.counter)
    item |= {"kept": usage.photos, "bytes": usage.bytes}
    if (expires_at := _expires_at(usage)) is not None:
        item["expires_at"] = expires_at
    return item


def _usage(item: Mapping[str, Any]) -> Usage:
    photos = int(item.get("kept", 0)) + int(item.get("photos", 0))
    return Usage(item["position"], photos, int(item["bytes"]))


def _expires_at(usage: Usage) -> int | None:
    """Return the Unix time at which a trash counter may be deleted: the end of its last day."""
    day = expiry_date(usage.counter)
    if day is None:
        return None
    return int(datetime.combine(day + timedelta(days=1), time(), UTC).timestamp())
