"""Calls to DynamoDB and S3 that get no answer but an error."""

from collections.abc import Callable
from functools import partial

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from app.domain import object_keys
from app.domain.errors import StorageError
from app.storage.aws import client_factory
from app.storage.aws.dynamodb import DynamoCatalog
from app.storage.aws.s3 import S3Store
from tests.backends import BUCKET, TABLE, make_photo
from tests.storage.aws_calls import Answer, answered

URL = "https://aws.invalid"
PHOTO = make_photo(tags=("sea",))
KEY = "photos/a/320.jpg"

CATALOG_CALLS: dict[str, Callable[[DynamoCatalog], object]] = {
    "TransactWriteItems": lambda catalog: catalog.publish(PHOTO),
    "GetItem": lambda catalog: catalog.get(PHOTO.photo_id),
    "Query": lambda catalog: catalog.page(object_keys.HIDDEN_LISTING, 30),
    "Scan": lambda catalog: list(catalog.photos()),
}
STORE_CALLS: dict[str, Callable[[S3Store], object]] = {
    "PutObject": lambda store: store.put(KEY, b"body"),
    "GetObject": lambda store: store.get(KEY),
    "HeadObject": lambda store: store.exists(KEY),
    "CopyObject": lambda store: store.copy(KEY, "trash/a/320.jpg"),
    "ListObjectsV2": lambda store: list(store.list("photos/")),
    "DeleteObjects": lambda store: store.delete([KEY]),
    "HeadBucket": lambda store: store.ping(),
}

NETWORK = [
    ReadTimeoutError(endpoint_url=URL),
    ConnectTimeoutError(endpoint_url=URL),
    EndpointConnectionError(endpoint_url=URL),
    ProxyConnectionError(proxy_url=URL),
    SSLError(endpoint_url=URL, error=OSError("handshake")),
]


def failing(
    clients: client_factory.Clients, operation: str, answer: Answer
) -> tuple[StorageError, int]:
    """Return the error of a call that always gets `answer`, and the number of attempts."""
    call = call_of(clients, operation)
    with answered(clients, operation, answer) as attempts, pytest.raises(StorageError) as error:
        call()
    assert error.value.__cause__ is not None
    return error.value, len(attempts)


def call_of(clients: client_factory.Clients, operation: str) -> Callable[[], object]:
    if operation in CATALOG_CALLS:
        return partial(CATALOG_CALLS[operation], DynamoCatalog(clients.dynamodb, TABLE))
    return partial(STORE_CALLS[operation], S3Store(clients.s3, BUCKET, URL))
