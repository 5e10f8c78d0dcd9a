"""Build the writes of a DynamoDB transaction.

The client takes native Python values (see client_factory). boto3 replaces condition objects only at
the top level of a request, so the conditions inside a transaction are expressions.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from app.domain.catalog_diff import CatalogDiff
from app.domain.photo import Photo

# Amazon DynamoDB API Reference, "TransactWriteItems".
MAX_TRANSACTION_ITEMS = 100

Item: TypeAlias = dict[str, Any]
Condition: TypeAlias = Mapping[str, Any]
Write: TypeAlias = dict[str, dict[str, Any]]


def to_item(record: Mapping[str, Any]) -> Item:
    """Return the JSON-ready values with floats as Decimals, so that 5.6 stays 5.6."""
    item: Item = json.loads(json.dumps(record), parse_float=Decimal)
    return item


def record_key(photo_id: str) -> Item:
    """Return the key of a photo's record in the photos table."""
    return {"photo_id": photo_id}


def entry_key(listing: str, position: str) -> Item:
    """Return the key of an item of the listings table."""
    return {"listing": listing, "position": position}


def idempotency_key(key: str) -> Item:
    """Return the key of the item that says which photo has this idempotency key.

    Each has its own partition, so that uploads spread over partitions.
    """
    return entry_key(f"#idempotency_key:{key}", "photo")


def key_claim(table: str, photo: Photo) -> Write:
    """Return a write that lets the photo's idempotency key lead to it, unless it leads to one."""
    item = idempotency_key(photo.idempotency_key) | {"photo_id": photo.photo_id}
    return put(table, item, attribute_not_exists("listing"))


def key_release(table: str, photo: Photo) -> Write:
    """Return a write that deletes the photo's idempotency key, if it leads to the photo."""
    is_own = equals("photo_id", photo.photo_id, or_absent=True)
    return delete(table, idempotency_key(photo.idempotency_key), is_own)


def key_writes(table: str, photo: Photo, change: CatalogDiff) -> list[Write]:
    """Return the writes that let the photo's idempotency key lead to it, or not any more."""
    writes = []
    if change.key_claimed:
        writes.append(key_claim(table, photo))
    if change.key_released:
        writes.append(key_release(table, photo))
    return writes


def put(table: str, item: Item, condition: Condition | None = None) -> Write:
    """Return a write that puts `item`, replacing the item with its key."""
    return {"Put": {"TableName": table, "Item": item, **(condition or {})}}


def delete(table: str, key: Item, condition: Condition | None = None) -> Write:
    """Return a write that deletes the item with this key, if there is one."""
    return {"Delete": {"TableName": table, "Key": key, **(condition or {})}}


def replace_all(
    table: str, found: Sequence[Item], new: Item | None, numbers: Sequence[str]
) -> list[Write]:
    """Return writes that replace the items of one counter by one item, or by none.

    They apply only if the `numbers` of all items are as `found`.
    """
    unchanged = {item["listing"]: _same_numbers(item, numbers) for item in found}
    condition = attribute_not_exists("listing")
    writes = [] if new is None else [put(table, new, unchanged.pop(new["listing"], condition))]
    return writes + [
        delete(table, entry_key(item["listing"], item["position"]), unchanged[item["listing"]])
        for item in found
        if item["listing"] in unchanged
    ]


def _same_numbers(item: Item, numbers: Sequence[str]) -> Condition:
    present = [number for number in numbers if number in item]
    return {
        "ConditionExpression": " AND ".join(f"#{number} = :{number}" for number in present),
        "ExpressionAttributeNames": {f"#{number}": number for number in present},
        "ExpressionAttributeValues": {f":{number}": item[number] for number in present},
    }


def condition_check(table: str, key: Item, condition: Condition) -> Write:
    """Return a check that changes nothing, but cancels the transaction if `condition` fails."""
    return {"ConditionCheck": {"TableName": table, "Key": key, **condition}}


def attribute_not_exists(key_attribute: str) -> Condition:
    """Return the condition that no item has the key of the write."""
    return {"ConditionExpression": f"attribute_not_exists({key_attribute})"}


def equals(attribute: str, value: str | int, *, or_absent: bool = False) -> Condition:
    """Return the condition that the attribute has this value, or optionally does not exist."""
    expression = "#name = :value"
    if or_absent:
        expression += " OR attribute_not_exists(#name)"
    return {
        "ConditionExpression": expression,
        "ExpressionAttributeNames": {"#name": attribute},
        "ExpressionAttributeValues": {":value": value},
    }
