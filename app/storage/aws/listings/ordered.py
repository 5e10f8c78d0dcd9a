"""Read ordered listings in DynamoDB. Their items have summaries, so pages read nothing else."""

from typing import TYPE_CHECKING

from app.domain.listings.entries import EVERY_POSITION, EntryKey, PositionRange
from app.domain.pages import Neighbors, Page, build_page_of
from app.domain.photo_summary import PhotoSummary
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_cursor import Cursor
from app.storage.aws.listings.partition_reader import PartitionReader
from app.storage.aws.parallel_calls import ParallelCalls
from app.storage.aws.table_names import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoOrderedListings:
    """Implement OrderedListings. Threads may share it.

    Args:
        client: A client that takes and returns native Python values (see client_factory).
        table: The name of the photos table.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        dynamodb = DynamoClient(client)
        self._reader = PartitionReader(dynamodb, TableNames.of(table).listings, ParallelCalls())

    def page(
        self,
        listing: str,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
        within: PositionRange = EVERY_POSITION,
        max_age: float = 0.0,
    ) -> Page:
        """Return one page with a Query in each partition. `before` wins over `after`."""
        cursor = Cursor(before, after, within)
        found = self._reader.nearest(listing, limit + 1, cursor, consistent=not max_age)
        shown = list(found.values())[:limit]
        summaries = list(map(PhotoSummary.from_dict, shown))
        return build_page_of(list(found), summaries, limit, before, after, within)

    def neighbors(self, key: EntryKey, *, within: PositionRange = EVERY_POSITION) -> Neighbors:
        """Return the photos next to a position: two Queries in each partition, in parallel."""
        cursors = [Cursor(None, key.position, within), Cursor(key.position, None, within)]
        newer, older = self._reader.next_to_each(key.listing, cursors)
        return Neighbors(_summary(newer), _summary(older))


def _summary(item: items.Item | None) -> PhotoSummary | None:
    return PhotoSummary.from_dict(item) if item else None
