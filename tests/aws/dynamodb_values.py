"""Convert and measure the values of DynamoDB with less work, and the same results.

- boto3 copies the parameters of each call, values included, and remembers what it has copied.
- boto3 asks up to ten questions for the type of a value, and looks for a method by its name. Most
  values are strings.
- botocore asks for the shape of each value before it writes a request as JSON. As boto3 has
  converted them, the parameters are what JSON needs, except bytes.
- moto asks seven questions for the size of a value. Most are strings and numbers.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock

from boto3.dynamodb import transform
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.model import OperationModel
from botocore.serialize import JSONSerializer
from moto.dynamodb.models.dynamo_type import DynamoType, Item

_serialize: Any = TypeSerializer.serialize
_deserialize: Any = TypeDeserializer.deserialize
_serialize_to_request: Any = JSONSerializer.serialize_to_request


@contextmanager
def converted_with_less_work() -> Iterator[None]:
    """Copy, convert and measure values with less work within the block."""
    with (
        mock.patch.object(transform, "copy", SimpleNamespace(deepcopy=_copied)),
        mock.patch.object(TypeSerializer, "serialize", _to_dynamodb),
        mock.patch.object(TypeDeserializer, "deserialize", _from_dynamodb),
        mock.patch.object(JSONSerializer, "serialize_to_request", _to_request),
        mock.patch.object(Item, "size", _size_of_item),
    ):
        yield


def _copied(params: Any, memo: object = None) -> Any:
    """Copy the dictionaries and lists, which boto3 changes, and nothing else."""
    if type(params) is dict:
        return {name: _copied(value) for name, value in params.items()}
    if type(params) is list:
        return [_copied(value) for value in params]
    return params


def _to_dynamodb(serializer: TypeSerializer, value: Any) -> dict[str, Any]:
    kind = type(value)
    if kind is str:
        return {"S": value}
    if kind is dict:
        return {"M": {name: _to_dynamodb(serializer, member) for name, member in value.items()}}
    if kind is list:
        return {"L": [_to_dynamodb(serializer, member) for member in value]}
    converted: dict[str, Any] = _serialize(serializer, value)
    return converted


def _from_dynamodb(deserializer: TypeDeserializer, value: dict[str, Any]) -> Any:
    return value["S"] if value and "S" in value else _deserialize(deserializer, value)


def _to_request(
    serializer: JSONSerializer, parameters: dict[str, Any], operation_model: OperationModel
) -> dict[str, Any]:
    request: dict[str, Any]
    if operation_model.service_model.service_name == "dynamodb":
        try:
            body = json.dumps(parameters)
        except TypeError:  # bytes
            pass
        else:
            request = _serialize_to_request(serializer, {}, operation_model)
            request["body"] = body.encode()
            return request
    request = _serialize_to_request(serializer, parameters, operation_model)
    return request


def _size_of_item(item: Item) -> int:
    return sum(_size_of_text(name) + _size_of(value) for name, value in item.attrs.items())


def _size_of(value: DynamoType) -> int:
    if value.type in {"S", "N"}:
        return _size_of_text(str(value.value))
    size: int = value.size()
    return size


def _size_of_text(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
