"""Count the capacity units of DynamoDB calls for each partition key, by the documented formula.

Amazon DynamoDB Developer Guide, "DynamoDB read and write operations" (capacity units) and "DynamoDB
item sizes and formats". Emulators of DynamoDB report other numbers.
"""

import json
import re
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import ceil
from typing import Any

from app.domain.photo_ids import MAX_ID, to_bytes
from app.storage.aws.client_factory import Clients
from app.storage.aws.tags.counts import BY_PHOTOS, PARTITIONS
from tests.aws.direct_calls import call_over_http

WRITE_LIMIT, READ_LIMIT = 1000, 3000  # units of one partition a second

# A posting of the word "evenings", without the beginning.
_POSTING = {"i": {"B": b64encode(to_bytes(MAX_ID)).decode()}, "w": {"S": "nings"}}
Key = tuple[str, str]  # the table or index, and the partition key


class PartitionMeter:
    """The units and calls of the block: see `metered`."""

    def __init__(self) -> None:
        self.writes: Counter[Key] = Counter()
        self.reads: Counter[Key] = Counter()
        self.calls: Counter[str] = Counter()

    @property
    def write_units(self) -> int:
        return self.writes.total()

    @property
    def read_units(self) -> float:
        return self.reads.total()

    def remember(self, params: Any, context: dict[str, Any], **_: Any) -> None:
        """Keep the request, since the event of its response lacks it."""
        context["body"] = params["body"]

    def count(
        self, event_name: str, parsed_response: Any, context: Mapping[str, Any], **_: Any
    ) -> None:
        """Count one attempt at a call."""
        operation = event_name.rpartition(".")[2]
        self.calls[operation] += 1
        count = {
            "TransactWriteItems": self._count_transaction,
            "BatchWriteItem": self._count_batch_write,
            "UpdateItem": self._count_update,
            "DeleteItem": self._count_delete,
            "GetItem": self._count_get,
            "BatchGetItem": self._count_batch_get,
            "Query": self._count_query,
        }[operation]
        count(json.loads(context["body"]), parsed_response)

    def _count_transaction(self, body: Any, _response: Any) -> None:
        for [(kind, write)] in (item.items() for item in body["TransactItems"]):
            item = write["Item"] if kind == "Put" else write["Key"]
            self._write(write["TableName"], item, 2)

    def _count_batch_write(self, body: Any, _response: Any) -> None:
        for table, requests in body["RequestItems"].items():
            for [(kind, request)] in (request.items() for request in requests):
                self._write(table, request["Item" if kind == "PutRequest" else "Key"], 1)

    def _count_update(self, body: Any, _response: Any) -> None:
        self._write(body["TableName"], body["Key"], 1)
        partition = body["Key"]["listing"]["S"]
        if partition in PARTITIONS:
            # The entry in the index moves: one unit to delete it, one to write it.
            self.writes[BY_PHOTOS, partition] += 2

    def _count_delete(self, body: Any, _response: Any) -> None:
        self._write(body["TableName"], body["Key"], 1)

    def _count_get(self, body: Any, response: Any) -> None:
        self._read(body["TableName"], body["Key"], [response.get("Item", {})], body)

    def _count_batch_get(self, body: Any, response: Any) -> None:
        for table, request in body["RequestItems"].items():
            names = list(request["Keys"][0])
            found = {_key_of(item, names): item for item in response["Responses"].get(table, [])}
            for key in request["Keys"]:
                self._read(table, key, [found.get(_key_of(key, names), {})], request)

    def _count_query(self, body: Any, response: Any) -> None:
        key = _queried_key(body)
        place = body.get("IndexName", body["TableName"])
        found = response["Items"]
        if "ProjectionExpression" in body:  # units are those of the whole items that were read
            found = [_POSTING | key] * response["ScannedCount"]
        self._read(place, key, found, body)

    def _write(self, table: str, item: Any, factor: int) -> None:
        self.writes[_partition(table, item)] += factor * max(1, ceil(size_of(item) / 1024))

    def _read(self, table: str, key: Any, items: list[Any], request: Any) -> None:
        blocks = max(1, ceil(sum(map(size_of, items)) / 4096))
        consistent = request.get("ConsistentRead", False)
        units: Any = blocks if consistent else blocks / 2
        self.reads[_partition(table, key)] += units


@contextmanager
def metered(clients: Clients) -> Iterator[PartitionMeter]:
    """Count the units of all DynamoDB calls in the block."""
    meter = PartitionMeter()
    events = clients.dynamodb.meta.events
    events.register("before-parameter-build.dynamodb", call_over_http)
    events.register("before-call.dynamodb", meter.remember)
    events.register("response-received.dynamodb", meter.count)
    try:
        yield meter
    finally:
        events.unregister("before-parameter-build.dynamodb", call_over_http)
        events.unregister("before-call.dynamodb", meter.remember)
        events.unregister("response-received.dynamodb", meter.count)


def _queried_key(body: Any) -> dict[str, Any]:
    """Return the partition key of a Query, with its name."""
    condition = re.search(r"([#\w]+) = (:\w+)", body["KeyConditionExpression"])
    assert condition
    name, value = condition.groups()
    name = body.get("ExpressionAttributeNames", {}).get(name, name)
    return {name: body["ExpressionAttributeValues"][value]}


def _partition(table: str, item: Any) -> Key:
    name = next(name for name in ("listing", "photo_id", "b") if name in item)
    return table, item[name]["S"]


def _key_of(item: Any, names: list[str]) -> tuple[str, ...]:
    return tuple(item[name]["S"] for name in names)


def size_of(item: Mapping[str, Any]) -> int:
    """Return the bytes of an item as DynamoDB stores or sends it."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(typed: Mapping[str, Any]) -> int:
    [(kind, value)] = typed.items()
    match kind:
        case "S":
            return len(value.encode())
        case "B":
            return len(value if isinstance(value, bytes) else b64decode(value))
        case "N":
            return ceil(len(value.strip("-")) / 2) + 1
        case "L":
            return 3 + sum(1 + _value_size(member) for member in value)
        case "M":
            return 3 + sum(1 + len(name) + _value_size(member) for name, member in value.items())
        case _:
            return 1
