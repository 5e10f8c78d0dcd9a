"""Call DynamoDB, retry after conflicts, and translate its errors."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

from app.domain.errors import StorageError, StorageUnavailable
from app.storage.aws.dynamodb_items import Item, Write
from app.storage.aws.errors import storage_error, translate_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Amazon DynamoDB API Reference, "BatchGetItem" and "BatchWriteItem".
_MAX_BATCH_KEYS = 100
MAX_BATCH_WRITES = 25
_THROTTLED = "ThrottlingException"
# Seconds before a transaction that conflicted with another one, or the rest of a batch, is tried
# again.
_CONFLICT_PAUSES = (0.05, 0.1, 0.2)


class DynamoClient:
    """The DynamoDB operations that Shoebox uses.

    Reads are consistent unless they read an index, or `consistent` is False.

    Args:
        client: A client that takes and returns native Python values (see client_factory).
        retry_pauses: Seconds before each further attempt of a canceled transaction, after the
            first three.
    """

    def __init__(self, client: "DynamoDBClient", retry_pauses: Sequence[float] = ()) -> None:
        self._client = client
        self._paginator: Any = cache(client.get_paginator)  # botocore creates a class each time
        self._retry_pauses = (*_CONFLICT_PAUSES, *retry_pauses)

    def get_item(self, table: str, key: Item) -> Item | None:
        """Return the item, or None, with one GetItem."""
        with translate_errors():
            response = self._client.get_item(TableName=table, Key=key, ConsistentRead=True)
        return response.get("Item")

    def get_items(self, table: str, keys: Iterable[Item], *, consistent: bool = True) -> list[Item]:
        """Return the items that exist, in any order, with one BatchGetItem for each 100 keys."""
        pending = list(keys)
        found: list[Item] = []
        for batch in _batches(pending, _MAX_BATCH_KEYS):
            found += self._get_batch(table, batch, consistent=consistent)
        return found

    def _get_batch(self, table: str, keys: Sequence[Item], *, consistent: bool) -> list[Item]:
        """Return the items. DynamoDB may leave some keys to another call if it is busy."""
        found: list[Item] = []
        for pause in (*self._retry_pauses, None):
            request: Any = {"Keys": keys, "ConsistentRead": consistent}
            with translate_errors():
                response: Any = self._client.batch_get_item(RequestItems={table: request})
            found += response["Responses"].get(table, [])
            keys = response.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
            if not keys:
                return found
            if pause is not None:
                time.sleep(pause)
        raise storage_error("BatchGetItem", _THROTTLED)

    def write_items(self, table: str, writes: Sequence[Write]) -> None:
        """Apply the writes one by one, with one BatchWriteItem for each 25. None has a condition.

        If it raises an error, some of them may be applied.
        """
        for batch in _batches([_batch_write(write) for write in writes], MAX_BATCH_WRITES):
            self._write_batch(table, batch)

    def _write_batch(self, table: str, requests: Sequence[Any]) -> None:
        for pause in (*self._retry_pauses, None):
            with translate_errors():
                response = self._client.batch_write_item(RequestItems={table: requests})
            requests = response.get("UnprocessedItems", {}).get(table, [])
            if not requests:
                return
            if pause is not None:
                time.sleep(pause)
        raise storage_error("BatchWriteItem", _THROTTLED)

    def put_new_item(self, table: str, item: Item, key: str) -> bool:
        """Write one item unless it exists, with one PutItem, and return whether it was written.

        Args:
            table: The name of the table.
            item: The item.
            key: The name of an attribute of the table's key.
        """
        condition = Attr(key).not_exists()
        with translate_errors():
            try:
                self._client.put_item(
                    TableName=table,
                    Item=item,
                    ConditionExpression=condition,  # type: ignore[arg-type]  # boto3 replaces it
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def query(self, limit: int, *, consistent: bool = True, **query: Any) -> list[Item]:
        """Return at most `limit` items, with one Query for each megabyte of them."""
        items: list[Item] = []
        start: dict[str, Any] = {}
        while len(items) < limit:
            with translate_errors():
                response = self._client.query(
                    **query, **start, ConsistentRead=consistent, Limit=limit - len(items)
                )
            items += response["Items"]
            if "LastEvaluatedKey" not in response:
                break
            start = {"ExclusiveStartKey": response["LastEvaluatedKey"]}
        return items

    def query_filtered(self, limit: int, **query: Any) -> tuple[Sequence[Item], int, Item | None]:
        """Return those of the next `limit` items that a filter takes, with one Query.

        Also return how many items were read, and the key of the last one if more may follow.
        """
        with translate_errors():
            response = self._client.query(**query, Limit=limit)
        return response["Items"], response["ScannedCount"], response.get("LastEvaluatedKey")

    def query_index(self, limit: int, **query: Any) -> Sequence[Item]:
        """Return at most `limit` items of a global secondary index with one Query.

        The last writes may be missing: DynamoDB updates such an index after the table.
        """
        with translate_errors():
            return self._client.query(**query, Limit=limit)["Items"]

    def query_all(self, **query: Any) -> Iterator[Item]:
        """Yield every item of the query, with one Query for each megabyte."""
        yield from self._paginate("query", query)

    def scan(self, **scan: Any) -> Iterator[Item]:
        """Yield every item of the table, with one Scan for each megabyte."""
        yield from self._paginate("scan", scan)

    def _paginate(self, operation: Any, request: Mapping[str, Any]) -> Iterator[Item]:
        with translate_errors():
            for page in self._paginator(operation).paginate(**request, ConsistentRead=True):
                yield from page["Items"]

    def transact_write(self, writes: Sequence[Write]) -> set[int]:
        """Apply all writes or none.

        Returns:
            The indexes of the writes whose condition failed. If there are any, nothing was written.
        """
        for pause in (*self._retry_pauses, None):
            cancellation = self._try_transaction(writes)
            if cancellation is None:
                break
            reasons = _cancellation_reasons(cancellation)
            failed = {
                index for index, code in enumerate(reasons) if code == "ConditionalCheckFailed"
            }
            if failed:
                return failed
            error = _cancellation_error(reasons)
            if pause is None or not isinstance(error, StorageUnavailable):
                raise error from cancellation
            time.sleep(pause)
        return set()

    def _try_transaction(self, writes: Sequence[Write]) -> ClientError | None:
        """Return the error if DynamoDB canceled the transaction."""
        with translate_errors():
            try:
                self._client.transact_write_items(
                    TransactItems=writes,  # type: ignore[arg-type]  # the stubs want one TypedDict
                )
            except self._client.exceptions.TransactionCanceledException as error:
                return error
        return None

    def increment(
        self, table: str, key: Item, changes: Mapping[str, int], expires_at: int | None = None
    ) -> Item:
        """Add to the numbers of one item, and return the item. A missing number counts as 0.

        Args:
            table: The name of the table.
            key: The key of the item, which is created if it does not exist.
            changes: The amounts to add, by attribute.
            expires_at: Unix time at which DynamoDB's TTL may delete the item.
        """
        values = dict(changes)
        expression = "ADD " + ", ".join(f"#{name} :{name}" for name in changes)
        if expires_at is not None:
            values["expires_at"] = expires_at
            expression += " SET #expires_at = :expires_at"
        with translate_errors():
            response = self._client.update_item(
                TableName=table,
                Key=key,
                UpdateExpression=expression,
                ExpressionAttributeNames={f"#{name}": name for name in values},
                ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
                ReturnValues="ALL_NEW",  # the others may lack a number to which 0 is added
            )
        return response["Attributes"]

    def delete_if_equal(self, table: str, key: Item, values: Mapping[str, int]) -> None:
        """Delete the item if its attributes still have these values."""
        with translate_errors(), suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.delete_item(
                TableName=table,
                Key=key,
                ConditionExpression=" AND ".join(f"#{name} = :{name}" for name in values),
                ExpressionAttributeNames={f"#{name}": name for name in values},
                ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
            )


def _batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _batch_write(write: Write) -> dict[str, Any]:
    """Return a write of a transaction as a request of BatchWriteItem."""
    if "Put" in write:
        return {"PutRequest": {"Item": write["Put"]["Item"]}}
    return {"DeleteRequest": {"Key": write["Delete"]["Key"]}}


def _cancellation_reasons(error: ClientError) -> list[str]:
    """Return one code for each write of a canceled transaction; "None" if the write is fine."""
    response: Mapping[str, Any] = error.response
    return [reason.get("Code", "None") for reason in response.get("CancellationReasons", [])]


def _cancellation_error(reasons: Sequence[str]) -> StorageError:
    codes = [reason for reason in reasons if reason != "None"]
    return storage_error(
        "TransactWriteItems", codes[0] if codes else "TransactionCanceledException"
    )
