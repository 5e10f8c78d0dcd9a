"""Describe the index of a table, and add it to a table that lacks it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.errors import StorageUnavailable
from app.provisioning.steps import Sleep, StepResult, retry_until_settled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        AttributeDefinitionTypeDef,
        CreateGlobalSecondaryIndexActionTypeDef,
    )

_WAIT_SECONDS, _WAIT_TIMES = 2, 150


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """A global secondary index that sorts the items of each partition by a number."""

    name: str
    partition_key: str
    number: str

    @property
    def definition(self) -> "CreateGlobalSecondaryIndexActionTypeDef":
        """Return the index as CreateTable and UpdateTable take it. It holds keys only."""
        return {
            "IndexName": self.name,
            "KeySchema": [
                {"AttributeName": self.partition_key, "KeyType": "HASH"},
                {"AttributeName": self.number, "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }

    @property
    def attributes(self) -> "list[AttributeDefinitionTypeDef]":
        """Return the types of its keys."""
        return [
            {"AttributeName": self.partition_key, "AttributeType": "S"},
            {"AttributeName": self.number, "AttributeType": "N"},
        ]


def ensure_index(
    dynamodb: "DynamoDBClient", table: str, index: IndexSpec, sleep: Sleep
) -> StepResult:
    """Add the index to a table of an earlier version, and wait until it has every item.

    Raises:
        StorageUnavailable: DynamoDB has not filled the index in five minutes.
    """
    status = _status(dynamodb, table, index)
    effect = StepResult("unchanged" if status else "changed")
    if status is None:
        _create(dynamodb, table, index, sleep)
    for _ in range(_WAIT_TIMES):
        if _status(dynamodb, table, index) == "ACTIVE":
            return effect
        sleep(_WAIT_SECONDS)
    raise StorageUnavailable(f"DynamoDB is still filling the index of {table}. Run this again.")


def _create(dynamodb: "DynamoDBClient", table: str, index: IndexSpec, sleep: Sleep) -> None:
    retry_until_settled(
        lambda: dynamodb.update_table(
            TableName=table,
            AttributeDefinitions=index.attributes,
            GlobalSecondaryIndexUpdates=[{"Create": index.definition}],
        ),
        sleep,
    )


def _status(dynamodb: "DynamoDBClient", table: str, index: IndexSpec) -> str | None:
    """Return the status of the index, None if the table has no such index."""
    description = dynamodb.describe_table(TableName=table)["Table"]
    for found in description.get("GlobalSecondaryIndexes", []):
        if found.get("IndexName") == index.name:
            return found.get("IndexStatus")
    return None
