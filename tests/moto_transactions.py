"""Make moto's DynamoDB transactions cheaper: copy each table once a transaction.

moto copies the whole table of each item of a transaction, to restore it if the transaction fails.
"""

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

_transact_write_items = DynamoDBBackend.transact_write_items
_current = threading.local()


@contextmanager
def copy_tables_once() -> Iterator[None]:
    """Let every transaction of the block copy each table at most once."""
    with (
        mock.patch.object(DynamoDBBackend, "transact_write_items", _transact),
        mock.patch.object(Table, "__deepcopy__", _copy_once, create=True),
    ):
        yield


def _transact(backend: DynamoDBBackend, items: list[dict[str, Any]]) -> None:
    _current.copies = {}
    try:
        _transact_write_items(backend, items)
    finally:
        _current.copies = {}


def _copy_once(table: Table, memo: dict[int, Any]) -> Table:
    copies: dict[int, Table] = getattr(_current, "copies", {})
    if id(table) not in copies:
        made = Table.__new__(type(table))
        made.__dict__.update(copy.deepcopy(table.__dict__, memo))
        copies[id(table)] = made
    return copies[id(table)]
