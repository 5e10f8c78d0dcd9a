"""Read ordered listings in DynamoDB: each is one partition, whose items have summaries."""

from functools import partial
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from app.domain.listings.entries import EVERY_POSITION, EntryKey, PositionRange
from app.domain.pages import Neighbors, Page, build_page_of
from app.domain.photo_summary import PhotoSummary
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.parallel_calls import ParallelCalls

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoOrderedListings:
    """Implement OrderedListings. Threads may share it.

    Args:
        client: A client that takes and returns native Python values (see client_factory).
        table: The name of the photos table.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._dynamodb = DynamoClient(client)
        self._table = f"{table}-listings"
        self._parallel = ParallelCalls()

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
        """Return one page with one Query. `before` wins over `after`."""
        span = within.next_to(before, after)
        is_forward = before is None and after is not None
        found = self._read(
            listing, limit + 1, span, is_forward=is_forward, is_consistent=not max_age
        )
        positions = [str(item["position"]) for item in found]
        summaries = [PhotoSummary.from_dict(item) for item in found[:limit]]
        return build_page_of(positions, summaries, limit, before, after, within)

    def neighbors(self, key: EntryKey, *, within: PositionRange = EVERY_POSITION) -> Neighbors:
        """Return the photos next to a position with two Queries at a time."""
        read = partial(self._nearest, key, within)
        newer, older = self._parallel.map(lambda is_forward: read(is_forward=is_forward), _BOTH)
        return Neighbors(newer, older)

    def _nearest(
        self, key: EntryKey, within: PositionRange, *, is_forward: bool
    ) -> PhotoSummary | None:
        cursors = (None, key.position) if is_forward else (key.position, None)
        span = within.next_to(*cursors)
        found = self._read(key.listing, 1, span, is_forward=is_forward, is_consistent=False)
        return PhotoSummary.from_dict(found[0]) if found else None

    def _read(
        self,
        listing: str,
        limit: int,
        span: PositionRange,
        *,
        is_forward: bool,
        is_consistent: bool,
    ) -> list[items.Item]:
        if span.is_empty:  # DynamoDB refuses it
            return []
        positions = Key("position").between(span.first, span.last)
        return self._dynamodb.query(
            limit,
            consistent=is_consistent,
            TableName=self._table,
            KeyConditionExpression=Key("listing").eq(listing) & positions,
            ScanIndexForward=is_forward,
        )


_BOTH = (True, False)
