"""Read the entries of a listing next to a cursor, and merge its partitions.

Positions are compared, so the order is that of the photo ids, or of the keys of an ordered listing.
"""

from collections.abc import Iterable, Sequence
from itertools import product

from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_cursor import Cursor
from app.storage.aws.dynamodb_partitions import partitions_of
from app.storage.aws.parallel_calls import ParallelCalls

# A read unit of 4 KB is about 8 summaries of 500 bytes, so a smaller share costs as much.
MIN_SHARE = 8


class PartitionReader:
    """Reads entries in the listings table. Threads may share it."""

    def __init__(self, dynamodb: DynamoClient, table: str, parallel: ParallelCalls) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._parallel = parallel

    def nearest(
        self, listing: str, limit: int, cursor: Cursor, *, consistent: bool
    ) -> dict[str, items.Item]:
        """Return the entries next to the cursor by position, nearest first.

        One in 200 pages has more than half of its photos in one of four partitions, so the first
        read is of half of them in each. A partition that may have more is read again.
        """
        partitions = partitions_of(listing)
        share = limit if len(partitions) == 1 else min(limit, max(limit // 2 + 1, MIN_SHARE))
        parts = self.read(partitions, share, cursor, consistent=consistent)
        found = _merge(parts.values(), limit, cursor)
        if share == limit:
            return found
        full = [partition for partition, part in parts.items() if len(part) == share]
        crowded = [partition for partition in full if parts[partition][-1]["position"] in found]
        if not crowded:
            return found
        parts |= self.read(crowded, limit, cursor, consistent=consistent)
        return _merge(parts.values(), limit, cursor)

    def next_to_each(self, listing: str, cursors: Sequence[Cursor]) -> list[items.Item | None]:
        """Return the entry next to each cursor, or None. All Queries run in parallel.

        The last changes may be missing for a moment.
        """
        partitions = partitions_of(listing)
        reads = list(product(partitions, cursors))
        found = self._parallel.map(lambda read: self._query(*read, 1, consistent=False), reads)
        parts = dict(zip(reads, found, strict=True))
        nearest = []
        for cursor in cursors:
            merged = _merge((parts[partition, cursor] for partition in partitions), 1, cursor)
            nearest.append(next(iter(merged.values()), None))
        return nearest

    def read(
        self, partitions: Sequence[str], limit: int, cursor: Cursor, *, consistent: bool
    ) -> dict[str, list[items.Item]]:
        """Return the entries next to the cursor in each partition, with a Query in each."""
        found = self._parallel.map(
            lambda partition: self._query(partition, cursor, limit, consistent=consistent),
            partitions,
        )
        return dict(zip(partitions, found, strict=True))

    def _query(
        self, partition: str, cursor: Cursor, limit: int, *, consistent: bool
    ) -> list[items.Item]:
        if cursor.span.is_empty:
            return []
        return self._dynamodb.query(
            limit,
            consistent=consistent,
            TableName=self._table,
            KeyConditionExpression=cursor.condition(partition),
            ScanIndexForward=cursor.is_forward,
        )


def _merge(
    parts: Iterable[Sequence[items.Item]], limit: int, cursor: Cursor
) -> dict[str, items.Item]:
    """Return the first entries of all partitions by position, nearest first."""
    # An entry in the partition of its hash replaces one that an earlier version wrote.
    found = {item["position"]: item for part in parts for item in part}
    nearest = sorted(found, reverse=not cursor.is_forward)[:limit]
    return {position: found[position] for position in nearest}
