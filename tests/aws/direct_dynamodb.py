"""Call moto's DynamoDB directly, with the same results: to read and write items.

A direct call leaves out the HTTP between botocore and moto: signature, headers, and two
serializations each of request and response. Calls that fail still go over HTTP, and so do those in
which a test injects a fault or that it answers itself.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.model import OperationModel
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import HTTPException, ServiceException
from moto.core.utils import camelcase_to_underscores
from moto.dynamodb.responses import DynamoHandler

from app.services.deadline import remaining_seconds

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

INDIRECT = "indirect"  # a key of botocore's context of a call
_EVENT = "before-call"  # the general name, whose handlers run after those of a service
_READS = {"GetItem", "BatchGetItem", "Query", "Scan"}
_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
_LONGEST_CALL = 15.0  # seconds; a client refuses a call that may end after the deadline
_METADATA = {"ResponseMetadata": {"HTTPStatusCode": 200, "RetryAttempts": 0}}


class _Response(NamedTuple):
    """The parts of botocore's AWSResponse that are used once it is parsed."""

    content: bytes
    status_code: int = 200


_Answer = tuple[_Response, dict[str, Any]]


@contextmanager
def direct_dynamodb(client: "DynamoDBClient") -> Iterator[None]:
    """Answer calls of this process directly within the block, after other handlers have run."""
    call = partial(_call, client.meta.region_name)
    client.meta.events.register_last(_EVENT, call)
    try:
        yield
    finally:
        client.meta.events.unregister(_EVENT, call)


def call_over_http(context: dict[str, Any], **_: Any) -> None:
    """Send a call over HTTP: a handler of the event `before-parameter-build`."""
    context[INDIRECT] = True


def is_sent(context: dict[str, Any]) -> bool:
    """Return whether a call goes over HTTP, also because it may be refused at its deadline."""
    remaining = remaining_seconds()
    is_late = remaining is not None and remaining < _LONGEST_CALL
    return is_late or INDIRECT in context


def _call(
    region: str, model: OperationModel, params: dict[str, Any], context: dict[str, Any], **_: Any
) -> _Answer | None:
    """Return the response, or None if the call is to be sent. No call that fails has an effect."""
    if is_sent(context) or model.name not in _READS | _WRITES:
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
