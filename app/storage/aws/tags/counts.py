"""Count the public photos of each tag.

One partition takes 1 000 write units a second, so the counts are in several partitions. The count
of a tag is one item, in the partition of the tag's hash. From `SPREAD_FROM` photos on, the tag may
be on every upload: its changes then go to the partition of the photo's hash, and the count is the
sum over all partitions. `#spread_tags` lists these tags.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge, nlargest
from itertools import groupby
from operator import attrgetter
from typing import Any
from zlib import crc32

from boto3.dynamodb.conditions import ConditionBase, Key

from app.domain.tags import TagCount, TagPage, build_tag_page
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.parallel_calls import ParallelCalls

# The index of the listings table that sorts the items of a partition by their number of photos.
# Only tag counts have one.
BY_PHOTOS = "by_photos"
# Earlier versions wrote every count to the first partition. The sum includes these counts.
PARTITIONS = ("#tags", *(f"#tags:{number}" for number in range(1, 16)))
SPREAD_FROM = 1000
_SPREAD_TAGS = "#spread_tags"
_MAX_SPREAD_TAGS = 10_000  # read for a page of the most used tags: 600 kB


class TagCounts:
    """The counts in the listings table. A negative count is shown as 0."""

    def __init__(self, dynamodb: DynamoClient, table: str, parallel: ParallelCalls) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._parallel = parallel
        self._spread_tags: set[str] = set()

    def add(self, tag: str, photos: int, photo_id: str) -> None:
        """Add to the count of a tag, and delete an item that has become 0."""
        partition = _partition(photo_id if tag in self._spread_tags else tag)
        key = items.entry_key(partition, tag)
        count = self._dynamodb.increment(self._table, key, {"photos": photos})["photos"]
        if count == 0:
            self._dynamodb.delete_if_equal(self._table, key, {"photos": 0})
        if count >= SPREAD_FROM:
            self._spread(tag)

    def count(self, tag: str) -> int:
        """Return the count of a tag, with one BatchGetItem, or two if it is in all partitions."""
        usual = _usual_partitions(tag)
        found = self._read_items(tag, [*usual, _SPREAD_TAGS])
        if any(item["listing"] == _SPREAD_TAGS for item in found):
            found += self._read_items(tag, [name for name in PARTITIONS if name not in usual])
        return max(0, sum(int(item.get("photos", 0)) for item in found))

    def most_used(self, limit: int) -> tuple[TagCount, ...]:
        """Return the most used tags: a Query of the index in each partition.

        An item that is missing in its partition's answer, but may count, is read by its key.
        """
        found = self._parallel.map(lambda partition: self._top(partition, limit), PARTITIONS)
        counts: dict[str, dict[str, int]] = defaultdict(dict)
        for partition, top in zip(PARTITIONS, found, strict=True):
            for counted in top:
                counts[counted.tag][partition] = counted.count
        complete = {partition for partition, top in zip(PARTITIONS, found, strict=True)
                    if len(top) < limit}  # fmt: skip
        likely = {tag.tag: counts[tag.tag] for tag in _largest(counts, 2 * limit)}
        self._add_missing(likely, complete)
        return tuple(tag for tag in _largest(likely, limit) if tag.count > 0)

    def page(self, start: str, limit: int) -> TagPage:
        """Return tags by name: a Query in each partition."""

        def read(partition: str) -> list[TagCount]:
            condition: ConditionBase = Key("listing").eq(partition)
            if start:  # DynamoDB refuses an empty key
                condition &= Key("position").gte(start)
            found = self._dynamodb.query(
                limit + 1,
                consistent=False,
                TableName=self._table,
                KeyConditionExpression=condition,
            )
            return [_tag_count(item) for item in found]

        # Of the first tags of all partitions, no partition has an item that it did not return.
        found = list(_sums(self._parallel.map(read, PARTITIONS)))
        return build_tag_page(found[: limit + 1], limit)

    def all(self) -> Iterator[TagCount]:
        """Yield the tags of public photos, sorted, with one Query for each megabyte."""
        found = [
            map(
                _tag_count,
                self._dynamodb.query_all(
                    TableName=self._table, KeyConditionExpression=Key("listing").eq(partition)
                ),
            )
            for partition in PARTITIONS
        ]
        return (tag for tag in _sums(found) if tag.count > 0)

    def compare_and_set(self, tag: str, shown: int, photos: int) -> bool:
        """Set the count of `tag` if it is still `shown`: one item in one transaction."""
        keys = [items.entry_key(partition, tag) for partition in PARTITIONS]
        found = self._dynamodb.get_items(self._table, keys)
        if max(0, sum(int(item["photos"]) for item in found)) != shown:
            return False
        new = items.entry_key(_partition(tag), tag) | {"photos": photos} if photos else None
        writes = items.replace_all(self._table, found, new, ("photos",))
        return not self._dynamodb.transact_write(writes) if writes else True

    def _read_items(self, tag: str, partitions: Iterable[str]) -> list[items.Item]:
        keys = [items.entry_key(partition, tag) for partition in partitions]
        return self._dynamodb.get_items(self._table, keys, consistent=False)

    def _spread(self, tag: str) -> None:
        """Let further changes of the tag go to all partitions."""
        if tag not in self._spread_tags and len(self._spread_tags) < _MAX_SPREAD_TAGS:
            # Listed before any partition has a share, so that no share is overlooked.
            listed = items.put(self._table, items.entry_key(_SPREAD_TAGS, tag))
            self._dynamodb.write_items(self._table, [listed])
            self._spread_tags.add(tag)

    def _read_spread_tags(self) -> set[str]:
        found = self._dynamodb.query(
            _MAX_SPREAD_TAGS,
            consistent=False,
            TableName=self._table,
            KeyConditionExpression=Key("listing").eq(_SPREAD_TAGS),
        )
        return {str(item["position"]) for item in found}

    def _top(self, partition: str, limit: int) -> list[TagCount]:
        found = self._dynamodb.query_index(
            limit,
            TableName=self._table,
            IndexName=BY_PHOTOS,
            KeyConditionExpression=Key("listing").eq(partition),
            ScanIndexForward=False,
        )
        return [_tag_count(item) for item in found]

    def _add_missing(self, counts: Mapping[str, dict[str, int]], complete: set[str]) -> None:
        """Add the items of the tags that the Queries of the index have not returned."""
        if len(complete) == len(PARTITIONS):
            return
        spread_tags = self._read_spread_tags()
        keys = [
            items.entry_key(partition, tag)
            for tag in counts
            for partition in (PARTITIONS if tag in spread_tags else _usual_partitions(tag))
            if partition not in complete and partition not in counts[tag]
        ]
        for item in self._dynamodb.get_items(self._table, keys, consistent=False):
            counts[item["position"]][item["listing"]] = int(item["photos"])


def _partition(name: str) -> str:
    return PARTITIONS[crc32(name.encode()) % len(PARTITIONS)]


def _usual_partitions(tag: str) -> set[str]:
    """Return the partitions that may have an item of a tag that is not spread."""
    return {PARTITIONS[0], _partition(tag)}


def _sums(found: Iterable[Iterable[TagCount]]) -> Iterator[TagCount]:
    """Yield the sum of each tag's counts. Every iterable is sorted by tag, and so is the result."""
    for tag, counts in groupby(merge(*found, key=attrgetter("tag")), key=attrgetter("tag")):
        yield TagCount(tag, sum(count.count for count in counts))


def _largest(counts: Mapping[str, Mapping[str, int]], limit: int) -> list[TagCount]:
    totals = (TagCount(tag, sum(parts.values())) for tag, parts in counts.items())
    return sorted(nlargest(limit, totals, key=attrgetter("count")), key=_by_use)


def _by_use(tag: TagCount) -> tuple[int, str]:
    return -tag.count, tag.tag


def _tag_count(item: Mapping[str, Any]) -> TagCount:
    return TagCount(item["position"], int(item["photos"]))
