"""Treat a successful response that AWS cannot have sent as a lost response.

A proxy that answers instead of AWS, or a body that was cut off, has status 200 too. botocore
parses such a body as an empty result: a query without items, or a deletion without errors.
"""

import json
from typing import Any, Protocol
from xml.etree import ElementTree as ET

from botocore.client import BaseClient

from app.domain.errors import StorageUnavailable

# Source: Amazon S3 API Reference, the response syntax of each operation.
_XML_ROOTS = {
    "CopyObject": "CopyObjectResult",
    "DeleteObjects": "DeleteResult",
    "ListObjectsV2": "ListBucketResult",
}
_OPERATIONS_WITH_ETAG = {"GetObject", "HeadObject", "PutObject"}
# Source: Amazon DynamoDB API Reference. Other operations may return an empty object.
_JSON_MEMBERS = {
    "Query": "Items",
    "Scan": "Items",
    "BatchGetItem": "Responses",
    "BatchWriteItem": "UnprocessedItems",
}


class Response(Protocol):
    """The part of botocore's AWSResponse that is checked."""

    status_code: int
    headers: Any

    @property
    def content(self) -> bytes:
        """The body of the response."""


class Operation(Protocol):
    """The part of botocore's OperationModel that is used."""

    name: str


def check_responses(client: BaseClient) -> None:
    """Let every call of the S3 or DynamoDB client raise StorageUnavailable for such a response."""
    service = client.meta.service_model.service_name
    check = {"s3": _check_s3, "dynamodb": _check_dynamodb}[service]
    client.meta.events.register(f"after-call.{service}", check)


def _check_s3(http_response: Response, model: Operation, **_: object) -> None:
    if http_response.status_code >= 300:
        return
    if model.name in _OPERATIONS_WITH_ETAG and "ETag" not in http_response.headers:
        raise _lost(model)
    root = _XML_ROOTS.get(model.name)
    if root and _root_of(http_response.content) != root:
        raise _lost(model)


def _check_dynamodb(http_response: Response, model: Operation, **_: object) -> None:
    if http_response.status_code >= 300:
        return
    try:
        body = json.loads(http_response.content)
    except ValueError:
        raise _lost(model) from None
    if not isinstance(body, dict) or _JSON_MEMBERS.get(model.name) not in {None, *body}:
        raise _lost(model)


def _root_of(body: bytes) -> str:
    """Return the name of the root element without its namespace, or "" if the XML is invalid."""
    try:
        root = ET.fromstring(body)  # noqa: S314  botocore has parsed the same body already
    except ET.ParseError:
        return ""
    return root.tag.rpartition("}")[2]


def _lost(operation: Operation) -> StorageUnavailable:
    return StorageUnavailable(
        f"The response to {operation.name} is not from AWS or was cut off. Try again in a minute."
    )
