"""Make moto cheaper, with the same results.

- moto copies all items of the table for each item of a transaction, to restore them if the
  transaction fails. A transaction replaces items (and Shoebox updates none in a transaction), so
  here it copies the dictionaries that hold them, once a transaction.
- moto looks for each of the ten members of an attribute value under up to five names. Its own
  dictionaries have only the names of the service model, so one lookup is enough.
- moto prepares more than a thousand responses for the library Requests, which boto3 does not use.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from botocore.model import Shape
from moto.core import models
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

_get_value = ResponseSerializer.get_value
_transact_write_items = DynamoDBBackend.transact_write_items
_current = threading.local()


@contextmanager
def reduced_overhead() -> Iterator[None]:
    """Copy, serialize and prepare less within the block."""
    with (
        mock.patch.object(models, "RESPONSES_METHODS", []),
        mock.patch.object(ResponseSerializer, "get_value", _value_of),
        mock.patch.object(DynamoDBBackend, "transact_write_items", _transact),
        mock.patch.object(Table, "__deepcopy__", _copy_once, create=True),
    ):
        yield


def _value_of(serializer: ResponseSerializer, value: Any, key: str, shape: Shape) -> Any:
    parent: Shape | None = getattr(shape, "parent", None)
    if isinstance(value, dict) and parent is not None and parent.name == "AttributeValue":
        return value.get(key)
    return _get_value(serializer, value, key, shape)


def _transact(backend: DynamoDBBackend, items: list[dict[str, Any]]) -> None:
    assert not any("Update" in item for item in items)
    _current.copies = {}
    try:
        _transact_write_items(backend, items)
    finally:
        _current.copies = {}


def _copy_once(table: Table, _memo: dict[int, Any]) -> Table:
    copies: dict[int, Table] = getattr(_current, "copies", {})
    if id(table) not in copies:
        made = Table.__new__(type(table))
        made.__dict__.update(table.__dict__)
        made.items = defaultdict(
            dict, {key: _copy_dict(items) for key, items in table.items.items()}
        )
        copies[id(table)] = made
    return copies[id(table)]


def _copy_dict(items: Any) -> Any:
    """Return a copy of the items of one partition key; without a sort key it is one item."""
    return dict(items) if isinstance(items, dict) else items
