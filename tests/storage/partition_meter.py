"""Count the capacity units of DynamoDB calls for each partition key, by the documented formula.

Amazon DynamoDB Developer Guide, "DynamoDB read and write operations" (capacity units) and "DynamoDB
item sizes and formats". Emulators of DynamoDB report other numbers.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import ceil
from typing import Any

from app.domain.photo_ids import MAX_ID
from app.storage.aws.client_factory import Clients
from app.storage.aws.tags.counts import BY_PHOTOS, PARTITIONS
from tests.aws.direct_calls import call_over_http

WRITE_LIMIT, READ_LIMIT = 1000, 3000  # units of one partition a second

# An item that a filter left out, if it left out all.
_LEFT_OUT = {"position": {"S": MAX_ID}, "words": {"S": " a word of some length "}}
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
        values = body["ExpressionAttributeValues"]
        [partition] = {
            value["S"]
            for name, value in values.items()
            if f"= {name}" in body["KeyConditionExpression"].replace(">=", "").replace("<=", "")
        }
        place = body.get("IndexName", body["TableName"])
        found = response["Items"]
        # A filter leaves out items that were read. All postings of a partition are of about a size.
        left_out = response["ScannedCount"] - len(found) if "FilterExpression" in body else 0
        typical = max(found, key=_size, default=_LEFT_OUT | {"listing": {"S": partition}})
        self._read(place, {"listing": {"S": partition}}, [*found, *[typical] * left_out], body)

    def _write(self, table: str, item: Any, factor: int) -> None:
        self.writes[_partition(table, item)] += factor * max(1, ceil(_size(item) / 1024))

    def _read(self, table: str, key: Any, items: list[Any], request: Any) -> None:
        blocks = max(1, ceil(sum(map(_size, items)) / 4096))
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


def _partition(table: str, item: Any) -> Key:
    return table, item["listing" if "listing" in item else "photo_id"]["S"]


def _key_of(item: Any, names: list[str]) -> tuple[str, ...]:
    return tuple(item[name]["S"] for name in names)


def _size(item: Mapping[str, Any]) -> int:
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(typed: Mapping[str, Any]) -> int:
    [(kind, value)] = typed.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return ceil(len(value.strip("-")) / 2) + 1
        case "L":
            return 3 + sum(1 + _value_size(member) for member in value)
        case "M":
            return 3 + sum(1 + len(name) + _value_size(member) for name, member in value.items())
        case _:
            return 1
