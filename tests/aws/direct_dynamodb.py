"""Call moto's DynamoDB directly, with the same results: to read and write items."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from unittest import mock

from botocore.model import OperationModel
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import HTTPException, ServiceException
from moto.core.utils import camelcase_to_underscores
from moto.dynamodb.exceptions import ConditionalCheckFailed, TransactionCanceledException
from moto.dynamodb.responses import DynamoHandler

from tests.aws.direct_calls import (
    METADATA,
    Answer,
    Response,
    answered_directly,
    failure,
    is_sent,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_READS = {"GetItem", "BatchGetItem", "Query", "Scan"}
_WRITES = {
    "CreateTable",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
}


_method_name = cache(camelcase_to_underscores)


@contextmanager
def direct_dynamodb(client: "DynamoDBClient") -> Iterator[None]:
    """Answer calls of this process directly within the block, which need no endpoint."""
    call = partial(call_moto, client.meta.region_name)
    with mock.patch.object(client, "_ruleset_resolver", None), answered_directly(client, call):
        yield


def call_moto(
    region: str, model: OperationModel, params: dict[str, Any], context: dict[str, Any], **_: Any
) -> Answer | None:
    """Return the response, or None if the call is to be sent. No call that fails has an effect."""
    if is_sent(context) or model.name not in _READS | _WRITES:
        return None
    handler = DynamoHandler()
    handler.body = json.loads(params["body"])
    handler.headers = params["headers"]
    handler.region, handler.current_account = region, DEFAULT_ACCOUNT_ID
    try:
        result = getattr(handler, _method_name(model.name))().result
    except (ConditionalCheckFailed, TransactionCanceledException) as error:
        return _refused(error)
    except (ServiceException, HTTPException):
        return None
    stated = {name: value for name, value in result.items() if value is not None}
    members = json.dumps(dict.fromkeys(stated))  # all that is looked at once it is parsed
    return Response(members.encode()), stated | METADATA


def _refused(error: ConditionalCheckFailed | TransactionCanceledException) -> Answer:
    """Return the response for conditions that do not hold."""
    members = json.loads(error.description)
    code = members.pop("__type").rpartition("#")[2]
    return failure(400, {"Code": code, "Message": error.message}, **members)
