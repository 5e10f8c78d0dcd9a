"""Make moto cheaper, with the same results.

- moto copies all items of the table for each item of a transaction, to restore them if the
  transaction fails. A transaction replaces items (and Shoebox updates none in a transaction), so
  here it copies the dictionaries that hold them, once a transaction.
- moto looks for each of the ten members of an attribute value under up to five names. Its own
  dictionaries have one member, under its name in the service model.
- moto sorts all items of a table for each Query, and then looks for those of one partition.
- moto copies the items that it reads, and then converts them, which makes new ones.
- moto asks six questions for the value of an attribute, and as many to convert it. Most values are
  strings.
- moto measures all attributes of a new item again for each attribute that it adds.
- moto parses, copies and validates an update of an item twice. Most of them add to counters.
- moto prepares more than a thousand responses for the library Requests, which boto3 does not use.
- moto lists the methods of a class and the URLs of a service and chooses 52 random letters for each
  request.
- botocore puts together the same User-Agent header and the endpoint of the same bucket for each
  call.
- botocore copies the context of each call, and of each call within it, with deepcopy.
- botocore signs each request. moto does not check signatures.

Binary keys are compared as DynamoDB compares them: see binary_keys.py.
"""

import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any
from unittest import mock
from weakref import WeakKeyDictionary

from botocore import context
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.model import OperationModel, StructureShape
from botocore.regions import EndpointRulesetResolver
from botocore.useragent import UserAgentString
from moto.core import models, responses
from moto.core.base_backend import BaseBackend
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb import responses as dynamodb_responses
from moto.dynamodb.models import DynamoDBBackend, table
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import dynamo_to_dict

from tests.aws.binary_keys import binary_compared_by_bytes
from tests.aws.dynamodb_values import converted_with_less_work

_serialize_structure = BaseJSONSerializer._serialize_type_structure
_transact_write_items = DynamoDBBackend.transact_write_items
_update_item: Any = DynamoDBBackend.update_item
_query = Table.query
_all_items = Table.all_items
_method_names = cache(responses.method_names_from_class)
_canonical_request = SigV4Auth.canonical_request
_construct_endpoint: Any = EndpointRulesetResolver.construct_endpoint
_endpoints = WeakKeyDictionary[EndpointRulesetResolver, dict[tuple[str, str | None], Any]]()
_urls = cached_property[Any](BaseBackend.urls.fget)
_urls.__set_name__(BaseBackend, "urls")
# What DynamoClient.increment sends.
_ADDITION = re.compile(r"ADD #(\w+) :\1(, #(\w+) :\3)*( SET #expires_at = :expires_at)?")
_INDEX_NAME = 6  # its place among the arguments of a query after the partition key
_NO_DEEP_COPIES = SimpleNamespace(copy=copy, deepcopy=lambda found: found)
_current = threading.local()


@contextmanager
def reduced_overhead() -> Iterator[None]:
    """Copy, sort, serialize and prepare less within the block."""
    with (
        mock.patch.object(models, "RESPONSES_METHODS", []),
        mock.patch.object(BaseJSONSerializer, "_serialize_type_structure", _serialize),
        mock.patch.object(DynamoDBBackend, "transact_write_items", _transact),
        mock.patch.object(DynamoDBBackend, "update_item", _add),
        mock.patch.object(Table, "__deepcopy__", _copy_once, create=True),
        mock.patch.object(Table, "query", _query_partition),
        mock.patch.object(Table, "all_items", _items_of_partition),
        binary_compared_by_bytes(),
        mock.patch.object(Item, "__init__", _create_item),
        mock.patch.object(table, "copy", _NO_DEEP_COPIES),
        mock.patch.object(dynamodb_responses, "dynamo_to_dict", _to_dict),
        mock.patch.object(context, "deepcopy", _copy_context),
        mock.patch.object(UserAgentString, "to_string", _user_agent),
        mock.patch.object(EndpointRulesetResolver, "construct_endpoint", _find_endpoint),
        mock.patch.object(responses, "method_names_from_class", _method_names),
        mock.patch.object(responses, "gen_amzn_requestid_long", _set_request_id),
        mock.patch.object(BaseBackend, "urls", _urls),
        mock.patch.object(SigV4Auth, "canonical_request", _shorten_canonical_request),
        converted_with_less_work(),
    ):
        yield


def _serialize(
    serializer: BaseJSONSerializer,
    serialized: dict[str, Any],
    value: Any,
    shape: StructureShape,
    key: str,
) -> None:
    if shape.name != "AttributeValue" or not isinstance(value, dict):
        _serialize_structure(serializer, serialized, value, shape, key)
        return
    members: dict[str, Any] = {}
    for name, member in value.items():
        if name in {"S", "N"}:
            members[name] = str(member)
        elif member is not None:
            serializer._serialize(members, member, shape.members[name], name)
    serialized[key] = members


def _query_partition(table: Table, hash_key: DynamoType, *arguments: Any, **options: Any) -> Any:
    """Query a table or an index. Of a table, only one partition can match."""
    has_index = options.get("index_name") or any(arguments[_INDEX_NAME : _INDEX_NAME + 1])
    _current.partition = None if has_index else hash_key
    try:
        return _query(table, hash_key, *arguments, **options)
    finally:
        _current.partition = None


def _items_of_partition(table: Table) -> list[Any]:
    partition = getattr(_current, "partition", None)
    if partition is None:
        return _all_items(table)
    items = table.items.get(partition, {})
    return list(items.values()) if isinstance(items, dict) else [items]


def _to_dict(result: Any) -> Any:
    """Return a result with plain values, as moto does."""
    if isinstance(result, DynamoType) and result.type not in {"B", "BS"}:
        value = result.value
        return {result.type: value if isinstance(value, str) else _to_dict(value)}
    if isinstance(result, dict):
        return {name: _to_dict(member) for name, member in result.items()}
    if isinstance(result, list):
        return [_to_dict(member) for member in result]
    return dynamo_to_dict(result)


def _create_item(
    item: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]
) -> None:
    """Let moto check the size of the item with the last attribute alone."""
    values = {name: DynamoType(value) for name, value in attrs.items()}
    last = dict([values.popitem()]) if values else {}
    item.hash_key, item.range_key = hash_key, range_key
    item.attrs = LimitedSizeDict(values)
    for name, value in last.items():
        item.attrs[name] = value


def _transact(backend: DynamoDBBackend, items: list[dict[str, Any]]) -> None:
    assert not any("Update" in item for item in items)
    _current.copies = {}
    try:
        _transact_write_items(backend, items)
    finally:
        _current.copies = {}


def _add(
    backend: DynamoDBBackend,
    table_name: str,
    key: dict[str, dict[str, Any]],
    update_expression: str,
    expression_attribute_names: dict[str, str],
    expression_attribute_values: dict[str, Any],
    **options: Any,
) -> Item:
    """Add to the numbers of an item. Let moto make any other update."""
    names, values = expression_attribute_names, expression_attribute_values
    if not _ADDITION.fullmatch(update_expression):
        made: Item = _update_item(
            backend, table_name, key, update_expression, names, values, **options
        )
        return made
    item = _item_at(backend.get_table(table_name), key)
    for placeholder, name in names.items():
        value = DynamoType(values[placeholder.replace("#", ":")])
        is_set = name == "expires_at" or name not in item.attrs
        item.attrs[name] = value if is_set else item.attrs[name] + value
    return item


def _item_at(table: Table, key: dict[str, dict[str, Any]]) -> Item:
    """Return an item, which is created if it does not exist."""
    attributes = [name for name in (table.hash_key_attr, table.range_key_attr) if name]
    place = [DynamoType(key[name]) for name in attributes]
    return table.get_item(*place) or table.put_item(key)


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


def _set_request_id(headers: dict[str, Any]) -> str:
    request_id: str = headers.setdefault("x-amzn-requestid", "A" * 52)
    return request_id


def _user_agent(_: UserAgentString) -> str:
    return "botocore"


def _copy_context(found: context.ClientContext) -> context.ClientContext:
    return context.ClientContext(set(found.features))


def _find_endpoint(
    resolver: EndpointRulesetResolver,
    operation_model: OperationModel,
    call_args: dict[str, Any],
    request_context: dict[str, Any],
) -> Any:
    """Return the endpoint, which depends on the client, the operation and the bucket."""
    endpoints = _endpoints.setdefault(resolver, {})
    key = operation_model.name, call_args.get("Bucket")
    if key not in endpoints:
        endpoints[key] = _construct_endpoint(resolver, operation_model, call_args, request_context)
    return endpoints[key]


def _shorten_canonical_request(auth: SigV4Auth, request: AWSRequest) -> str:
    """Sign nothing, except for an object store, whose URLs are signed too."""
    return "" if type(auth) is SigV4Auth else _canonical_request(auth, request)


def _copy_dict(items: Any) -> Any:
    """Return a copy of the items of one partition key; without a sort key it is one item."""
    return dict(items) if isinstance(items, dict) else items
