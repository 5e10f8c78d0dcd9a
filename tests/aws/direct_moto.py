"""Call moto directly, with the same results: to read and write items, and to list objects.

A direct call leaves out the HTTP between botocore and moto: signature, headers, and two
serializations each of request and response. Calls that fail still take the whole way, and so do
those in which a test injects a fault or that it answers itself.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from botocore.model import OperationModel
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import HTTPException, ServiceException
from moto.core.utils import camelcase_to_underscores
from moto.dynamodb.responses import DynamoHandler
from moto.s3.models import s3_backends

from app.storage.aws.client_factory import Clients

INDIRECT = "indirect"  # a key of botocore's context of a call
_EVENT = "before-call"  # the general name, whose handlers run after those of a service
_READS = {"GetItem", "BatchGetItem", "Query", "Scan"}
_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
_PAGE = 1000  # objects
_METADATA = {"ResponseMetadata": {"HTTPStatusCode": 200, "RetryAttempts": 0}}


class _Response(NamedTuple):
    """The parts of botocore's AWSResponse that are used once it is parsed."""

    content: bytes
    status_code: int = 200


_Answer = tuple[_Response, dict[str, Any]]


@contextmanager
def direct_moto(clients: Clients) -> Iterator[None]:
    """Answer calls of this process directly within the block, after other handlers have run."""
    call_dynamodb = partial(_call_dynamodb, clients.dynamodb.meta.region_name)
    clients.dynamodb.meta.events.register_last(_EVENT, call_dynamodb)
    clients.s3.meta.events.register_last(_EVENT, _list_objects)
    try:
        yield
    finally:
        clients.dynamodb.meta.events.unregister(_EVENT, call_dynamodb)
        clients.s3.meta.events.unregister(_EVENT, _list_objects)


def call_over_http(context: dict[str, Any], **_: Any) -> None:
    """Make a call take the whole way: a handler of the event `before-parameter-build`."""
    context[INDIRECT] = True


def _call_dynamodb(
    region: str, model: OperationModel, params: dict[str, Any], context: dict[str, Any], **_: Any
) -> _Answer | None:
    """Return the response, or None if the call is to be sent. No call that fails has an effect."""
    if context.get(INDIRECT) or model.name not in _READS | _WRITES:
        return None
    handler = DynamoHandler()
    handler.body = json.loads(params["body"])
    handler.headers = params["headers"]
    handler.region, handler.current_account = region, DEFAULT_ACCOUNT_ID
    try:
        result = getattr(handler, camelcase_to_underscores(model.name))().result
    except (ServiceException, HTTPException):
        return None
    stated = {name: value for name, value in result.items() if value is not None}
    content = json.dumps(stated)
    return _Response(content.encode()), json.loads(content) | _METADATA


def _list_objects(
    model: OperationModel, params: dict[str, Any], context: dict[str, Any], **_: Any
) -> _Answer | None:
    """Return the first page of a listing, or None if the call is to be sent."""
    bucket, buckets = params["auth_path"].strip("/"), s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets
    if context.get(INDIRECT) or model.name != "ListObjectsV2" or bucket not in buckets:
        return None
    query = params["query_string"]
    keys = buckets[bucket].keys
    if len(keys) > _PAGE or {"delimiter", "continuation-token"} & {*query}:
        return None
    listed = [keys[name] for name in sorted(keys) if name.startswith(query["prefix"])]
    contents = [{"Key": key.name, "Size": key.size} for key in listed]
    return _Response(b"<ListBucketResult/>"), {"Contents": contents, **_METADATA}
