"""Where a page of items of one partition starts."""

from dataclasses import dataclass

from boto3.dynamodb.conditions import ConditionBase, Key


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page starts: before or after a photo id, or at the newest photo."""

    before: str | None = None
    after: str | None = None

    @property
    def is_forward(self) -> bool:
        """Return whether the page has the photos after the id, oldest first."""
        return self.before is None and self.after is not None

    def condition(self, partition: str) -> ConditionBase:
        """Return the condition for the entries of a partition."""
        condition: ConditionBase = Key("listing").eq(partition)
        if self.before is not None:
            return condition & Key("position").lt(self.before)
        if self.after is not None:
            return condition & Key("position").gt(self.after)
        return condition


NEWEST = Cursor()
