"""Let moto compare binary values by their bytes, as DynamoDB does.

moto compares the Base64 texts of a request, which sort in another order.
"""

from base64 import b64decode
from contextlib import AbstractContextManager
from typing import Any
from unittest import mock

from moto.dynamodb.models.dynamo_type import DynamoType

_cast_value: Any = DynamoType.cast_value


def binary_compared_by_bytes() -> AbstractContextManager[Any]:
    """Compare binary values by their bytes within the block."""
    return mock.patch.object(DynamoType, "cast_value", property(cast))


def cast(value: DynamoType) -> Any:
    """Return the value that moto compares. Most values are strings."""
    if value.type == "S":
        return value.value
    if value.type == "B" and isinstance(value.value, str):
        return b64decode(value.value)
    return _cast_value.fget(value)
