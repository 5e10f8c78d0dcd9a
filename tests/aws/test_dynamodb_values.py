"""Values are converted and measured as boto3 and moto do."""

import json
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from moto import mock_aws
from moto.dynamodb.models.dynamo_type import Item

from app.storage.aws.client_factory import create_clients
from tests.aws.dynamodb_values import converted_with_less_work
from tests.backends import REGION, aws_environment

VALUES: dict[str, Any] = {
    "text": "café",
    "empty": "",
    "number": Decimal("1.5"),
    "large": 10**20,
    "negative": -3,
    "yes": True,
    "nothing": None,
    "bytes": b"\x00\xff",
    "texts": {"a", "b"},
    "numbers": {1, 2},
    "list": ["a", 1, False, ["b", {"c": b"d"}]],
    "map": {"a": {"é": "b", "c": [None, Decimal("2.25")]}},
}


@pytest.mark.parametrize("name", VALUES)
def test_values_are_converted_and_measured_the_same(name: str) -> None:
    """There and back, and with the same size as an attribute of an item."""
    seen = []
    for context in (nullcontext(), converted_with_less_work()):
        with context:
            stored = TypeSerializer().serialize(VALUES[name])
            back = TypeDeserializer().deserialize(stored)
            item = Item({"S": "key"}, None, {name: stored})
            seen.append((stored, back, item.size()))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("value", [1.5, {1.5}, object()])
def test_other_values_are_refused(value: object) -> None:
    """A float would lose digits."""
    with converted_with_less_work(), pytest.raises(TypeError):
        TypeSerializer().serialize([value])


def test_requests_have_the_same_body_and_leave_the_parameters() -> None:
    """A call with every type of value, once without bytes, changes none of its parameters."""
    without_bytes = {name: VALUES[name] for name in VALUES.keys() - {"bytes", "list"}}
    for item in (VALUES, without_bytes, {"binary": Binary(b"\xff")}):
        requests = []
        for context in (nullcontext(), converted_with_less_work()):
            with context:
                requests.append(_request_of_put(item))
        assert requests[0] == requests[1]


def _request_of_put(item: dict[str, Any]) -> dict[str, Any]:
    """Return the body of the request, its members of sets sorted.

    boto3 copies sets, and the order of a copy depends on the hashes of this run.
    """
    bodies: list[dict[str, Any]] = []

    def answer(params: dict[str, Any], **_: Any) -> None:
        body = json.loads(params["body"])
        for value in body["Item"].values():
            value |= {kind: sorted(value[kind]) for kind in value.keys() & {"SS", "NS", "BS"}}
        bodies.append(body)

    with aws_environment(), mock_aws():
        dynamodb: Any = create_clients(REGION).dynamodb
        dynamodb.meta.events.register("before-call", answer)
        request = {"TableName": "photos", "Item": {"photo_id": "one"} | item}
        before = repr(request)
        with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
            dynamodb.put_item(**request)
    assert repr(request) == before
    return bodies[0]
