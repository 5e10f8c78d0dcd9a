"""Create the boto3 clients, with timeouts that fit into a request's deadline."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from app.domain.errors import StorageRefused, StorageUnavailable
from app.services.deadline import remaining_seconds
from app.storage.aws.errors import NO_CREDENTIALS
from app.storage.aws.response_check import check_responses

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

    from app.provisioning.account import S3ControlClient

# Seconds. In botocore's standard mode (botocore/retries/standard.py), a service that does not
# answer costs attempts × (connect + read) and the pauses between: up to 0.025 × 2^n for DynamoDB
# and 0.05 × 2^n for S3. After a throttled attempt the pause is up to 2^n, but the attempt is short.
#   DynamoDB: 2 × (0.4 + 1.0) + 0.025       = 2.83, less than the 3 of a page
#   S3:       3 × (0.8 + 4.0) + 0.05 + 0.1  = 14.55, so an upload (20) has time to clean up
# Several slow calls may follow each other, so no attempt starts that could end after the request's
# deadline (services/deadline.py).
_DYNAMODB = {"connect_timeout": 0.4, "read_timeout": 1.0, "attempts": 2}
_S3 = {"connect_timeout": 0.8, "read_timeout": 4.0, "attempts": 3}
# Emulators of AWS (moto's server, ministack) take seconds for a transaction. They ignore the client
# request token, so a transaction that is sent twice fails on its own first attempt. An attempt may
# start before the deadline and end after it: an upload waits at most 20 + 2 + 10 seconds.
_EMULATOR = {"connect_timeout": 2.0, "read_timeout": 10.0, "attempts": 2}

# An operator who provisions prefers waiting to an error.
_PROVISIONING = {"connect_timeout": 5.0, "read_timeout": 60.0, "attempts": 5}

# For each client: more than the threads of a process that use it at once.
_CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Clients:
    """The two clients. Threads may share them."""

    s3: "S3Client"
    dynamodb: "DynamoDBClient"


@dataclass(frozen=True, slots=True)
class ProvisioningClients(Clients):
    """The clients that `flask provision` needs."""

    s3control: "S3ControlClient"
    sts: "STSClient"


def check_credentials() -> None:
    """Check that AWS credentials can be found. A client never looks for them again.

    Raises:
        StorageRefused: There are no credentials.
    """
    if boto3.Session().get_credentials() is None:
        raise StorageRefused(NO_CREDENTIALS)


def create_clients(region: str, endpoint_url: str | None = None) -> Clients:
    """Return clients for `region`, or for the emulator of AWS at `endpoint_url`. Send nothing."""
    session = boto3.Session(region_name=region)
    s3, dynamodb = (_EMULATOR, _EMULATOR) if endpoint_url else (_S3, _DYNAMODB)
    clients = Clients(
        s3=session.client("s3", endpoint_url=endpoint_url, config=_config(s3, "s3v4")),
        dynamodb=_dynamodb_client(session, endpoint_url, _config(dynamodb)),
    )
    check_responses(clients.s3)
    check_responses(clients.dynamodb)
    for client, timeouts in ((clients.s3, s3), (clients.dynamodb, dynamodb)):
        seconds = 0.0 if endpoint_url else timeouts["connect_timeout"] + timeouts["read_timeout"]
        service = client.meta.service_model.service_name
        client.meta.events.register(f"request-created.{service}", _refuse_late_attempts(seconds))
    return clients


def create_provisioning_clients(
    region: str, endpoint_url: str | None = None
) -> ProvisioningClients:
    """Return the clients for provisioning, with longer timeouts. Send nothing."""
    session = boto3.Session(region_name=region)
    config = _config(_PROVISIONING)
    return ProvisioningClients(
        s3=session.client("s3", endpoint_url=endpoint_url, config=_config(_PROVISIONING, "s3v4")),
        dynamodb=_dynamodb_client(session, endpoint_url, config),
        s3control=session.client("s3control", endpoint_url=endpoint_url, config=config),
        sts=session.client("sts", endpoint_url=endpoint_url, config=config),
    )


def _dynamodb_client(
    session: boto3.Session, endpoint_url: str | None, config: Config
) -> "DynamoDBClient":
    """Return a client that takes and returns native Python values and accepts condition objects.

    Unlike the resource that it comes from, the client is thread-safe.
    """
    return session.resource("dynamodb", endpoint_url=endpoint_url, config=config).meta.client


def _config(timeouts: dict[str, float], signature: str | None = None) -> Config:
    return Config(
        signature_version=signature,
        connect_timeout=timeouts["connect_timeout"],
        read_timeout=timeouts["read_timeout"],
        retries={"mode": "standard", "total_max_attempts": int(timeouts["attempts"])},
        max_pool_connections=_CONNECTIONS,
        tcp_keepalive=True,
    )


def _refuse_late_attempts(min_seconds: float) -> Callable[..., None]:
    """Return a handler that refuses an attempt with less than `min_seconds` until the deadline."""

    def check(**_: object) -> None:
        remaining = remaining_seconds()
        if remaining is not None and remaining < min_seconds:
            raise StorageUnavailable("AWS takes too long to answer.")

    return check
