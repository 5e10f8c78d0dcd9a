"""AWS itself: clients that don't wait for ever, and botocore's errors in our words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
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
    TokenRetrievalError,
)

from app.domain.errors import StorageError, StorageRefused, StorageUnavailable
from app.services.deadline import remaining_seconds
from app.storage.aws import credentials

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

    from app.provisioning.account import S3ControlClient

# Seconds. In botocore's standard mode (botocore/retries/standard.py) a dead service costs attempts × (connect + read)
# and the pauses between: up to 0.025 × 2^n for DynamoDB, 0.05 × 2^n for S3. After a throttled attempt the pause is up
# to 2^n, but that attempt took no time itself, so the sum is no longer.
#   DynamoDB: 2 × (0.4 + 1.0) + 0.025       = 2.83, less than a page's 3
#   S3:       3 × (0.8 + 4.0) + 0.05 + 0.1  = 14.55, so that an upload's 20 leave an attempt to take back what was put
# Several calls may follow each other, and be slow each. So no attempt begins that could end after the last moment that
# somebody waits for (domain/patience.py), and no answer is later, however many calls there are.
_DYNAMODB = {"connect_timeout": 0.4, "read_timeout": 1.0, "attempts": 2}
_S3 = {"connect_timeout": 0.8, "read_timeout": 4.0, "attempts": 3}
# What stands in for AWS (moto's server, ministack) takes seconds for a transaction, and one that is sent again finds
# itself there already, because they don't know the client's request token.
_EMULATOR = {"connect_timeout": 2.0, "read_timeout": 20.0, "attempts": 2}

# Provisioning makes things, and an operator would rather wait for them.
_PROVISIONING = {"connect_timeout": 5.0, "read_timeout": 60.0, "attempts": 5}

_CONNECTIONS = 32  # for each client: more than a process has threads that use it at once (gunicorn's, and six putters)


@dataclass(frozen=True, slots=True)
class Clients:
    """The two clients, which any number of threads may share."""

    s3: "S3Client"
    dynamodb: "DynamoDBClient"


@dataclass(frozen=True, slots=True)
class ProvisioningClients(Clients):
    """The clients that `flask provision` needs."""

    s3control: "S3ControlClient"
    sts: "STSClient"


def clients(region: str, endpoint_url: str | None = None) -> Clients:
    """Clients for `region`, or for what stands in for AWS at `endpoint_url`; nothing is sent yet."""
    session = _session(region)
    s3, dynamodb = (_EMULATOR, _EMULATOR) if endpoint_url else (_S3, _DYNAMODB)
    made = Clients(
        s3=session.client("s3", endpoint_url=endpoint_url, config=_config(s3, "s3v4")),
        dynamodb=session.client("dynamodb", endpoint_url=endpoint_url, config=_config(dynamodb)),
    )
    if not endpoint_url:
        made.s3.meta.events.register("request-created.s3", _refuse_late_attempts(s3))
        made.dynamodb.meta.events.register(
            "request-created.dynamodb", _refuse_late_attempts(dynamodb)
        )
    return made


def provisioning_clients(region: str, endpoint_url: str | None = None) -> ProvisioningClients:
    """As `clients`, with more patience, and with those that see the account."""
    session, patient = _session(region), _config(_PROVISIONING)
    return ProvisioningClients(
        s3=session.client("s3", endpoint_url=endpoint_url, config=_config(_PROVISIONING, "s3v4")),
        dynamodb=session.client("dynamodb", endpoint_url=endpoint_url, config=patient),
        s3control=session.client("s3control", endpoint_url=endpoint_url, config=patient),
        sts=session.client("sts", endpoint_url=endpoint_url, config=patient),
    )


def _session(region: str) -> boto3.Session:
    return boto3.Session(
        region_name=region, botocore_session=credentials.session_that_waits_for_role()
    )


def _config(patience: dict[str, float], signature: str | None = None) -> Config:
    return Config(
        signature_version=signature,
        connect_timeout=patience["connect_timeout"],
        read_timeout=patience["read_timeout"],
        retries={"mode": "standard", "total_max_attempts": int(patience["attempts"])},
        max_pool_connections=_CONNECTIONS,
        tcp_keepalive=True,
    )


def _refuse_late_attempts(patience: dict[str, float]) -> Callable[..., None]:
    """Refuses attempts whose answer nobody might wait for."""
    longest = patience["connect_timeout"] + patience["read_timeout"]

    def check(**_: object) -> None:
        left = remaining_seconds()
        if left is not None and left < longest:
            raise StorageUnavailable("AWS takes too long to answer just now.")

    return check


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn what botocore raises in the block into StorageUnavailable or StorageRefused, with the cause kept."""
    try:
        yield
    except ClientError as error:
        operation, status = (
            error.operation_name,
            error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0),
        )
        raise storage_error(operation, error_code(error), status) from error
    except _TRANSIENT as error:
        raise StorageUnavailable(
            f"AWS can't be reached just now ({type(error).__name__})."
        ) from error
    except _NO_CREDENTIALS as error:
        raise StorageUnavailable(
            "AWS credentials have not arrived yet. If this lasts: has the instance a role (instance profile)?"
        ) from error
    except BotoCoreError as error:
        raise StorageRefused(f"AWS can't be asked: {error}") from error


def error_code(error: ClientError) -> str:
    """The service's code, such as NoSuchKey; a HEAD has no body, so there it is the status: 404."""
    return error.response.get("Error", {}).get("Code", "")


def storage_error(operation: str, code: str, status: int = 0) -> StorageError:
    """What a refused or failed `operation` is to us; `status` is the HTTP status where it is known."""
    if code in _THROTTLED_OR_EXPIRED or status >= 500 or status == 429:
        return StorageUnavailable(f"AWS is busy or failing just now ({operation}: {code}).")
    return StorageRefused(f"AWS refused {operation} ({code}). {_HINTS.get(code, _ANY_MEND)}")


_TRANSIENT = (ConnectionError, HTTPClientError, IncompleteReadError, ChecksumError)
_NO_CREDENTIALS = (
    NoCredentialsError,
    CredentialRetrievalError,
    MetadataRetrievalError,
    NoAuthTokenError,
    TokenRetrievalError,
)

# DynamoDB: Developer Guide, "Error handling"; S3: API Reference, "Error responses"; the codes inside a cancelled
# transaction or a delete_objects answer come without a status of their own.
_THROTTLED_OR_EXPIRED = frozenset(
    {
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
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)

_PERMISSION = "Give the instance's role the permissions in policies/instance_role.json."
_BUCKET = "Is PHOTO_BUCKET the name of a bucket in AWS_REGION? `flask provision` makes it."
_TABLE = (
    "Are PHOTO_TABLE and PHOTO_TABLE-listings tables in AWS_REGION? `flask provision` makes them."
)
_KEYS = "The access key is wrong or switched off: look at the instance's role or AWS_ACCESS_KEY_ID."
_ANY_MEND = "Look at PHOTO_BUCKET, PHOTO_TABLE and AWS_REGION, and at policies/instance_role.json."
_HINTS = {
    "403": _PERMISSION,
    "AccessDenied": _PERMISSION,
    "AccessDeniedException": _PERMISSION,
    "301": _BUCKET,
    "404": _BUCKET,
    "AuthorizationHeaderMalformed": _BUCKET,
    "NoSuchBucket": _BUCKET,
    "PermanentRedirect": _BUCKET,
    "ResourceNotFoundException": _TABLE,
    "InvalidAccessKeyId": _KEYS,
    "InvalidClientTokenId": _KEYS,
    "SignatureDoesNotMatch": _KEYS,
    "UnrecognizedClientException": _KEYS,
    "RequestTimeTooSkewed": "The machine's clock is wrong: set it (chrony).",
    "KMS.DisabledException": "The key that encrypts the bucket or table is switched off: look at it in KMS.",
}
