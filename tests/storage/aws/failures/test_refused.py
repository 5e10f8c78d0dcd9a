"""The errors of a misconfigured AWS name a remedy and no secret.

Covers app.storage.aws.errors.
"""

import pytest
from botocore.exceptions import ClientError

from app.domain.errors import ObjectNotFound, StorageRefused
from app.storage.aws import client_factory
from tests.storage.aws.failures.failing_calls import CATALOG_CALLS, STORE_CALLS, failing
from tests.storage.aws_calls import dynamodb_error, raising, s3_error


@pytest.mark.parametrize("operation", CATALOG_CALLS)
@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("AccessDeniedException", "policies/serving_policy.json"),
        ("ResourceNotFoundException", "PHOTO_TABLE"),
        ("UnrecognizedClientException", "access key"),
        ("ValidationException", "PHOTO_TABLE"),
        ("ValidationException", "other keys than Shoebox's"),
    ],
)
def test_a_dynamodb_that_refuses(
    clients: client_factory.Clients, operation: str, code: str, hint: str
) -> None:
    """A permanent error is not retried. It names the operation and a hint."""
    error, attempts = failing(clients, operation, dynamodb_error(code))
    assert isinstance(error, StorageRefused)
    assert operation in str(error)
    assert hint in str(error)
    assert attempts == 1


@pytest.mark.parametrize("operation", [name for name in STORE_CALLS if not name.startswith("Head")])
@pytest.mark.parametrize(
    ("code", "status", "hint"),
    [
        ("AccessDenied", 403, "policies/serving_policy.json"),
        ("NoSuchBucket", 404, "PHOTO_BUCKET"),
        ("InvalidAccessKeyId", 403, "access key"),
        ("SignatureDoesNotMatch", 403, "access key"),
        ("RequestTimeTooSkewed", 403, "clock"),
    ],
)
def test_an_s3_that_refuses(
    clients: client_factory.Clients, operation: str, code: str, status: int, hint: str
) -> None:
    """A permanent error is not retried. It names the operation and a hint."""
    error, attempts = failing(clients, operation, s3_error(code, status))
    assert isinstance(error, StorageRefused)
    assert not isinstance(error, ObjectNotFound)
    assert operation in str(error)
    assert hint in str(error)
    assert attempts == 1


def test_exists_takes_a_403_for_no_answer(clients: client_factory.Clients) -> None:
    """A HEAD that is forbidden says that a permission is missing, not that the object is."""
    error, _ = failing(clients, "HeadObject", s3_error("", 403))
    assert isinstance(error, StorageRefused)
    assert "policies/serving_policy.json" in str(error)


def test_no_error_shows_a_secret(clients: client_factory.Clients, no_pauses: None) -> None:
    """No message that an operator may paste somewhere has a key or a token in it."""
    for operation in (*CATALOG_CALLS, *STORE_CALLS):
        answers = (dynamodb_error("AccessDeniedException"), s3_error("AccessDenied", 403))
        error, _ = failing(clients, operation, answers[operation in STORE_CALLS])
        assert "testing" not in str(error)


@pytest.mark.parametrize("operation", ["PutObject", "Query"])
def test_missing_permission_for_a_kms_key_is_named(
    clients: client_factory.Clients, operation: str
) -> None:
    """AWS denies the call for lack of kms:… on the key that encrypts the bucket or the table."""
    text = "User: x is not authorized to perform: kms:GenerateDataKey on resource: y"
    denied = raising(ClientError({"Error": {"Code": "AccessDenied", "Message": text}}, operation))
    error, _ = failing(clients, operation, denied)
    assert isinstance(error, StorageRefused)
    assert "kms:GenerateDataKey and kms:Decrypt" in str(error)
