"""The few calls that the catalog makes of DynamoDB, each with its errors in our words."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from app.domain.errors import StorageUnavailable
from app.storage.aws import dynamodb_items as items
from app.storage.aws.errors import translate_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PAUSES = (0.05, 0.1, 0.2)  # seconds before a transaction is tried again that met another one


class DynamoClient:
    """Reads are consistent: what one call has written the next one reads."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client

    def get_item(self, table: str, key: items.Item) -> items.Item | None:
        """One item, by one GetItem."""
        with translate_errors():
            return self._client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")

    def put_item(self, table: str, item: items.Item) -> None:
        """Write one item with one PutItem."""
        with translate_errors():
            self._client.put_item(TableName=table, Item=item)

    def query(self, wanted: int, **query: Any) -> list[items.Item]:
        """The first `wanted` items, by one Query and one more for each megabyte: there DynamoDB ends an answer."""
        found: list[items.Item] = []
        start: dict[str, Any] | None = {}
        with translate_errors():
            while start is not None and len(found) < wanted:
                answer = self._client.query(
                    **query, **start, ConsistentRead=True, Limit=wanted - len(found)
                )
                found += answer["Items"]
                start = (
                    {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
                    if "LastEvaluatedKey" in answer
                    else None
                )
        return found

    def query_all(self, **query: Any) -> Iterator[items.Item]:
        """Every item, by one Query for each megabyte."""
        with translate_errors():
            for page in self._client.get_paginator("query").paginate(**query, ConsistentRead=True):
                yield from page["Items"]

    def scan(self, **scan: Any) -> Iterator[items.Item]:
        """Every item of a table, a megabyte at a time."""
        with translate_errors():
            for page in self._client.get_paginator("scan").paginate(**scan, ConsistentRead=True):
                yield from page["Items"]

    def transact_write(self, writes: Sequence[items.Write]) -> set[int]:
        """All `writes` or none; gives the numbers of those whose condition did not hold, and then it was none."""
        pauses = iter(_PAUSES)
        while cancellation := self._try_transaction(writes):
            reasons = items.cancellation_reasons(cancellation)
            if refused := items.failed_conditions(reasons):
                return refused
            error, pause = items.cancellation_error(reasons), next(pauses, None)
            if pause is None or not isinstance(error, StorageUnavailable):
                raise error from cancellation
            time.sleep(pause)
        return set()

    def _try_transaction(self, writes: Sequence[items.Write]) -> ClientError | None:
        with translate_errors():
            try:
                self._client.transact_write_items(TransactItems=writes)
            except self._client.exceptions.TransactionCanceledException as error:
                return error
        return None

    def increment(
        self, table: str, key: items.Item, changes: Mapping[str, int], expires_at: int | None = None
    ) -> None:
        """Add `changes` to numbers, which begin at 0; with `expires_at` DynamoDB's TTL removes the item then."""
        expiry = {"expires_at": expires_at} if expires_at is not None else {}
        added = "ADD " + ", ".join(f"#{name} :{name}" for name in changes)
        with translate_errors():
            self._client.update_item(
                TableName=table,
                Key=key,
                UpdateExpression=added + (" SET #expires_at = :expires_at" if expiry else ""),
                ExpressionAttributeNames={f"#{name}": name for name in (*changes, *expiry)},
                ExpressionAttributeValues={
                    f":{name}": {"N": str(it)} for name, it in {**changes, **expiry}.items()
                },
            )

    def compare_and_set(
        self, table: str, key: items.Item, old: Mapping[str, int], new: Mapping[str, int]
    ) -> bool:
        """Set numbers that are `old`; False when they are not. None at all, or less than 0, counts as 0."""
        unchanged = (
            f"#{name} = :old_{name}"
            if it
            else f"(attribute_not_exists(#{name}) OR #{name} <= :old_{name})"
            for name, it in old.items()
        )
        values = {f":old_{name}": it for name, it in old.items()} | {
            f":{name}": it for name, it in new.items()
        }
        with translate_errors():
            try:
                self._client.update_item(
                    TableName=table,
                    Key=key,
                    UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in new),
                    ConditionExpression=" AND ".join(unchanged),
                    ExpressionAttributeNames={f"#{name}": name for name in new},
                    ExpressionAttributeValues={name: {"N": str(it)} for name, it in values.items()},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True
