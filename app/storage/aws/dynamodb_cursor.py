"""Where a page of the items of a listing starts."""

from dataclasses import dataclass

from boto3.dynamodb.conditions import ConditionBase, Key

from app.domain.listings.entries import EVERY_POSITION, PositionRange


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page starts: before or after a position of a range, or at the end of the range.

    Most positions are photo ids.
    """

    before: str | None = None
    after: str | None = None
    within: PositionRange = EVERY_POSITION

    @property
    def is_forward(self) -> bool:
        """Return whether the page has the entries after the position, first position first."""
        return self.before is None and self.after is not None

    @property
    def span(self) -> PositionRange:
        """Return the positions that the page may have."""
        return self.within.next_to(self.before, self.after)

    def condition(self, partition: str) -> ConditionBase:
        """Return the condition for the entries of a partition. DynamoDB refuses an empty span."""
        span = self.span
        return Key("listing").eq(partition) & Key("position").between(span.first, span.last)


NEWEST = Cursor()
