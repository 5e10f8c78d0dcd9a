"""Successful responses that AWS cannot have sent."""

import pytest

from app.domain.errors import StorageUnavailable
from app.storage.aws.dynamodb import DynamoCatalog
from app.storage.aws.s3 import S3Store
from tests.backends import BUCKET, TABLE, Backend
from tests.storage.aws.failures.failing_calls import CATALOG_CALLS, STORE_CALLS, URL
from tests.storage.aws_calls import answered, any_answer

LOGIN_PAGE = "<!doctype html><title>Wi-Fi</title><p>Please log in."
DYNAMODB_BODIES = ["", LOGIN_PAGE, '{"Items": [']
S3_BODIES = ["", LOGIN_PAGE, "<ListBucketResult><Contents>", "<html></html>"]


@pytest.mark.parametrize("body", DYNAMODB_BODIES)
@pytest.mark.parametrize("operation", CATALOG_CALLS)
def test_garbage_from_dynamodb_is_a_lost_response(
    cloud: Backend, operation: str, body: str
) -> None:
    """It is no photo that does not exist, no empty page and no success."""
    assert cloud.clients
    answer = any_answer(body, "application/x-amz-json-1.0")
    catalog = DynamoCatalog(cloud.clients.dynamodb, TABLE)
    with answered(cloud.clients, operation, answer), pytest.raises(StorageUnavailable):
        CATALOG_CALLS[operation](catalog)


@pytest.mark.parametrize("operation", ["Query", "Scan"])
def test_an_object_without_items_is_a_lost_response(cloud: Backend, operation: str) -> None:
    """A page of DynamoDB always has its items, even if there are none."""
    assert cloud.clients
    answer = any_answer("{}", "application/x-amz-json-1.0")
    catalog = DynamoCatalog(cloud.clients.dynamodb, TABLE)
    with answered(cloud.clients, operation, answer), pytest.raises(StorageUnavailable):
        CATALOG_CALLS[operation](catalog)


@pytest.mark.parametrize("body", S3_BODIES)
@pytest.mark.parametrize("operation", [name for name in STORE_CALLS if name != "HeadBucket"])
def test_garbage_from_s3_is_a_lost_response(cloud: Backend, operation: str, body: str) -> None:
    """It is no stored object, no empty listing and no deletion."""
    assert cloud.clients
    answer = any_answer(body, "application/xml")
    store = S3Store(cloud.clients.s3, BUCKET, URL)
    with answered(cloud.clients, operation, answer), pytest.raises(StorageUnavailable):
        STORE_CALLS[operation](store)
