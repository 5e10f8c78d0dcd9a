"""Translate botocore's errors into StorageUnavailable and StorageRefused.

StorageUnavailable means that the same call may succeed later. StorageRefused means that the
operator has to change something first; its message names the change.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import IOBase
from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ChecksumError,
    ClientError,
    ConnectionError,  # noqa: A004  botocore's own, not Python's
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    MetadataRetrievalError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    TokenRetrievalError,
    WaiterError,
)
from botocore.parsers import ResponseParserError

from app.domain.errors import StorageError, StorageRefused, StorageUnavailable

if TYPE_CHECKING:
    from botocore.response import StreamingBody

_LOST_RESPONSES = (
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ChecksumError,
    ResponseParserError,
    WaiterError,
)
_CREDENTIALS_MISSING = (NoCredentialsError, PartialCredentialsError)
_CREDENTIALS_NOT_REFRESHED = (
    CredentialRetrievalError,
    MetadataRetrievalError,
    NoAuthTokenError,
    TokenRetrievalError,
)

# Sources: "Error handling" in the Amazon DynamoDB Developer Guide, "Error responses" in the Amazon
# S3 API Reference. Codes inside a canceled transaction or a DeleteObjects response have no status.
_TRANSIENT_CODES = frozenset(
    {
        "ContinuousBackupsUnavailableException",
        # The credentials of an instance role rotate, and botocore loads the new ones by itself.
        "ExpiredToken",
        "ExpiredTokenException",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "LimitExceededException",
        "OperationAborted",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestExpired",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "ResourceInUseException",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyInvalidationsInProgress",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_DENIED_CODES = frozenset(
    {
        "403",  # a HEAD response has no body, so the code is the status
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "UnauthorizedOperation",
    }
)
_UNIMPLEMENTED_CODES = frozenset({"NotImplemented", "UnknownOperationException"})

NO_CREDENTIALS = (
    "No AWS credentials were found. Give the instance a role with policies/serving_policy.json, "
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure` on your own machine."
)
_KMS = (
    "The bucket or the table is encrypted with a KMS key of your own: the role also needs "
    "kms:GenerateDataKey and kms:Decrypt for that key."
)
_BUCKET = "Check that PHOTO_BUCKET is a bucket in AWS_REGION. On AWS, `flask provision` creates it."
_TABLE = (
    "Check that AWS_REGION has the tables PHOTO_TABLE, PHOTO_TABLE-listings and "
    "PHOTO_TABLE-postings; `flask provision` creates them."
)
_CREDENTIALS = (
    "The access key is wrong, expired or inactive: check the instance's role or AWS_ACCESS_KEY_ID."
)
_DISTRIBUTION = "Check that CLOUDFRONT_DISTRIBUTION_ID is a distribution of this account."
_CLOCK = "The clock of this machine is wrong: set it (chrony)."
_ANY = "Check PHOTO_BUCKET, PHOTO_TABLE, AWS_REGION and policies/serving_policy.json."
_HINTS = {
    "301": _BUCKET,
    "400": f"{_CREDENTIALS} Check that AWS_REGION is the region of the bucket, too.",
    "404": _BUCKET,
    "AuthorizationHeaderMalformed": _BUCKET,
    "NoSuchBucket": _BUCKET,
    "NoSuchDistribution": _DISTRIBUTION,
    "PermanentRedirect": _BUCKET,
    "ResourceNotFoundException": _TABLE,
    "InvalidAccessKeyId": _CREDENTIALS,
    "InvalidClientTokenId": _CREDENTIALS,
    "InvalidSignatureException": _CREDENTIALS,
    "SignatureDoesNotMatch": _CREDENTIALS,
    "UnrecognizedClientException": _CREDENTIALS,
    "RequestTimeTooSkewed": _CLOCK,
    "ValidationException": f"A table may have other keys than Shoebox's. {_TABLE}",
    "KMS.DisabledException": "The KMS key that encrypts the bucket or the table is disabled.",
}

# Operations whose IAM action has another name or service (Service Authorization Reference).
_IRREGULAR_ACTIONS = {
    "CopyObject": "s3:PutObject",
    "CreateInvalidation": "cloudfront:CreateInvalidation",
    "DeleteObjects": "s3:DeleteObject",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "HeadBucket": "s3:ListBucket",
    "HeadObject": "s3:GetObject",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListObjectsV2": "s3:ListBucket",
    "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "TransactWriteItems": "dynamodb:PutItem, DeleteItem or ConditionCheckItem",
}
# The instance's role lacks these, so that an intruder on the instance cannot delete everything.
_OPERATOR_ACTIONS = {"s3:ListBucketVersions", "s3:DeleteBucket", "dynamodb:DeleteTable"}


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise botocore's errors in the block as StorageUnavailable or StorageRefused."""
    try:
        yield
    except ClientError as error:
        code, status = error_code(error), http_status(error)
        if is_denied(error) and "kms:" in str(error):
            raise StorageRefused(f"{error.operation_name} was refused ({code}). {_KMS}") from error
        raise storage_error(error.operation_name, code, status) from error
    except _LOST_RESPONSES as error:
        raise StorageUnavailable(
            f"The storage did not answer in time ({type(error).__name__}). Try again in a minute."
        ) from error
    except _CREDENTIALS_NOT_REFRESHED as error:
        raise StorageUnavailable(
            "The AWS credentials could not be loaded. If this lasts, check that the instance has "
            "a role (instance profile)."
        ) from error
    except _CREDENTIALS_MISSING as error:
        raise StorageRefused(NO_CREDENTIALS) from error
    except BotoCoreError as error:
        raise StorageRefused(f"The request to the storage is not possible: {error}") from error


class TranslatedStream(IOBase):
    """A body that is read piece by piece, with the same errors."""

    def __init__(self, body: "StreamingBody") -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none at the end."""
        with translate_errors():
            return self._body.read(None if size < 0 else size)

    def close(self) -> None:
        """Close the connection."""
        self._body.close()
        super().close()


def storage_error(operation: str, code: str, status: int = 0) -> StorageError:
    """Return the error for an operation that failed with `code`.

    Args:
        operation: The API operation, such as PutObject.
        code: The error code, such as NoSuchKey.
        status: The HTTP status, or 0 if the error came without one.
    """
    if _is_unimplemented(code, status):
        return StorageRefused(f"The storage at AWS_ENDPOINT_URL has no {operation} ({code}).")
    if code in _TRANSIENT_CODES or status >= 500 or status == 429:
        return StorageUnavailable(
            f"The storage is busy or failing ({operation}: {code}). Try again in a minute."
        )
    hint = _permission_hint(operation) if code in _DENIED_CODES else _HINTS.get(code, _ANY)
    return StorageRefused(f"{operation} was refused ({code}). {hint}")


def error_code(error: ClientError) -> str:
    """Return AWS's error code, or the HTTP status of a response without a body, such as "404"."""
    return error.response.get("Error", {}).get("Code", "")


def http_status(error: ClientError) -> int:
    """Return the HTTP status of the response."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def is_denied(error: ClientError) -> bool:
    """Return whether the caller lacks a permission."""
    return error_code(error) in _DENIED_CODES


def is_unimplemented(error: ClientError) -> bool:
    """Return whether the storage lacks the operation, as emulators of AWS may."""
    return _is_unimplemented(error_code(error), http_status(error))


def action_of(operation: str) -> str:
    """Return the IAM action that permits the operation of S3, DynamoDB or CloudFront."""
    in_s3 = any(word in operation for word in ("Bucket", "Object", "PublicAccessBlock"))
    return _IRREGULAR_ACTIONS.get(operation, f"{'s3' if in_s3 else 'dynamodb'}:{operation}")


def _is_unimplemented(code: str, status: int) -> bool:
    return status == 501 or code in _UNIMPLEMENTED_CODES


def _permission_hint(operation: str) -> str:
    action = action_of(operation)
    if action in _OPERATOR_ACTIONS:
        source = "which the instance's role lacks on purpose: use your own credentials"
    elif action.startswith("cloudfront:"):
        source = "which policies/cloudfront_invalidation.json grants"
    else:
        source = "which policies/serving_policy.json or provisioning_policy.json grants"
    return f"The role or user needs the IAM action {action}, {source}."
