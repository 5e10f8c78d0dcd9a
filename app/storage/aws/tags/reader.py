"""Read the number of photos of a tag, and the photos that represent tags.

The newest photos of a tag are read with one Query in each partition of its listing, which is many
for a page of tags. So a process keeps their ids for a minute. The records are read for each page:
a photo that was hidden, deleted or retagged since is no cover.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from app.domain import object_keys
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, PhotoSummary
from app.domain.tag_covers import CANDIDATES, choose_covers
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_cursor import NEWEST
from app.storage.aws.dynamodb_partitions import partitions_of
from app.storage.aws.parallel_calls import ParallelCalls
from app.storage.aws.table_names import TableNames
from app.storage.aws.tags.counts import TagCounts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAX_AGE = 60.0  # seconds
_ROUNDS = 2  # if a cover is gone, the tag's newest photos are read again


class DynamoTagReader:
    """Implement TagReader. Threads may share it.

    Args:
        client: A client that takes and returns native Python values (see client_factory).
        table: The name of the photos table.
        clock: Returns seconds.
    """

    def __init__(
        self, client: "DynamoDBClient", table: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._dynamodb = DynamoClient(client)
        self._photos_table = table
        self._listings_table = TableNames.of(table).listings
        self._clock = clock
        self._parallel = ParallelCalls()
        self._counts = TagCounts(self._dynamodb, self._listings_table, self._parallel)
        # When the ids were read, and the ids. It is replaced, never changed: threads share it.
        self._newest: Mapping[str, tuple[float, Sequence[str]]] = {}

    def count(self, tag: str) -> int:
        """Return the number of public photos, with one BatchGetItem, or two from 1 000 photos."""
        return self._counts.count(tag)

    def covers(self, tags: Sequence[str]) -> dict[str, PhotoSummary]:
        """Return a photo of each tag: a BatchGetItem, and four Queries a tag once a minute."""
        covers: dict[str, PhotoSummary] = {}
        for _ in range(_ROUNDS):
            chosen = choose_covers(self._newest_of(tags))
            covers = self._summaries(chosen)
            gone = chosen.keys() - covers.keys()
            if not gone:
                break
            self._newest = {tag: kept for tag, kept in self._newest.items() if tag not in gone}
        return covers

    def _newest_of(self, tags: Sequence[str]) -> dict[str, Sequence[str]]:
        """Return the ids of each tag's newest photos, read in the last minute."""
        now = self._clock()
        kept = {tag: value for tag, value in self._newest.items() if now - value[0] < MAX_AGE}
        missing = [tag for tag in tags if tag not in kept]
        if missing:
            kept |= {tag: (now, ids) for tag, ids in self._read_newest(missing).items()}
            self._newest = kept
        return {tag: kept[tag][1] for tag in tags}

    def _read_newest(self, tags: Sequence[str]) -> dict[str, Sequence[str]]:
        partitions = {tag: partitions_of(object_keys.tag_listing(tag)) for tag in tags}
        found = iter(self._parallel.map(self._read_partition, chain(*partitions.values())))
        newest: dict[str, Sequence[str]] = {}
        for tag, of_tag in partitions.items():
            photo_ids = {photo_id for _ in of_tag for photo_id in next(found)}
            newest[tag] = sorted(photo_ids, reverse=True)[:CANDIDATES]
        return newest

    def _read_partition(self, partition: str) -> list[str]:
        found = self._dynamodb.query(
            CANDIDATES,
            consistent=False,
            TableName=self._listings_table,
            KeyConditionExpression=NEWEST.condition(partition),
            ScanIndexForward=False,
        )
        return [str(item["position"]) for item in found]

    def _summaries(self, chosen: Mapping[str, str]) -> dict[str, PhotoSummary]:
        """Return the photos that are public and have the tag for which they were chosen.

        The read is consistent, since it decides what everyone may see.
        """
        keys = map(items.record_key, {*chosen.values()})
        found = map(Photo.from_dict, self._dynamodb.get_items(self._photos_table, keys))
        photos = {photo.photo_id: photo for photo in found if photo.state is PhotoState.PUBLIC}
        return {
            tag: photos[photo_id].summary
            for tag, photo_id in chosen.items()
            if photo_id in photos and tag in photos[photo_id].tags
        }
