"""DynamoDB's wire form: items, the writes of a transaction with their conditions, and why one was cancelled."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from app.domain.errors import StorageError
from app.storage.aws.errors import storage_error

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

MAX_TRANSACTION_ITEMS = 100  # the most writes and checks that one transaction takes

Item: TypeAlias = dict[str, Any]
Write: TypeAlias = "TransactWriteItemTypeDef"

_serializer, _deserializer = TypeSerializer(), TypeDeserializer()


def serialize(record: Mapping[str, Any]) -> Item:
    """The item for JSON-ready values; DynamoDB has decimal numbers, so 5.6 stays 5.6."""
    exact = json.loads(json.dumps(record), parse_float=Decimal)
    return {name: _serializer.serialize(value) for name, value in exact.items()}


def deserialize(item: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an item; every number is a Decimal."""
    return {name: _deserializer.deserialize(value) for name, value in item.items()}


def put(table: str, item: Item, condition: Mapping[str, Any] | None = None) -> Write:
    """Put `item` in place of the one with its key, if there is one."""
    return {"Put": {"TableName": table, "Item": item, **(condition or {})}}  # type: ignore[typeddict-item]  # a condition


def delete(table: str, key: Item, condition: Mapping[str, Any] | None = None) -> Write:
    """Delete the item under `key`, if there is one."""
    return {"Delete": {"TableName": table, "Key": key, **(condition or {})}}  # type: ignore[typeddict-item]  # a condition


def condition_check(table: str, key: Item, condition: Mapping[str, Any]) -> Write:
    """Hold the item under `key` to `condition`, and change nothing."""
    return {"ConditionCheck": {"TableName": table, "Key": key, **condition}}  # type: ignore[typeddict-item]  # a condition


def attribute_not_exists(key_attribute: str) -> dict[str, Any]:
    """The condition that there is no item under the write's key."""
    return {"ConditionExpression": f"attribute_not_exists({key_attribute})"}


def equals(attribute: str, value: str | int, *, or_absent: bool = False) -> dict[str, Any]:
    """The condition that the item under the write's key has this value, or (`or_absent`) has none."""
    return {
        "ConditionExpression": "#it = :it" + (" OR attribute_not_exists(#it)" if or_absent else ""),
        "ExpressionAttributeNames": {"#it": attribute},
        "ExpressionAttributeValues": {":it": _serializer.serialize(value)},
    }


def cancellation_reasons(error: ClientError) -> list[str]:
    """Why a transaction was cancelled: one code for each of its writes, "None" for those without blame."""
    answer: Mapping[str, Any] = error.response
    return [reason.get("Code", "None") for reason in answer.get("CancellationReasons", [])]


def failed_conditions(reasons: Iterable[str]) -> set[int]:
    """The numbers of the writes whose condition did not hold."""
    return {number for number, reason in enumerate(reasons) if reason == "ConditionalCheckFailed"}


def cancellation_error(reasons: Iterable[str]) -> StorageError:
    """What a transaction that no condition stopped was stopped by: another transaction, a throttle, a mistake."""
    code = next((reason for reason in reasons if reason != "None"), "TransactionCanceledException")
    return storage_error("TransactWriteItems", code)
