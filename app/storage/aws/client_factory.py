"""Create the boto3 clients, which time out and retry within a request's deadline."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.conditions import ConditionBase
from boto3.dynamodb.transform import TransformationInjector
from botocore.client import BaseClient
from botocore.config import Config

from app.domain.errors import StorageRefused, StorageUnavailable
from app.services.deadline import remaining_seconds
from app.storage.aws.errors import NO_CREDENTIALS
from app.storage.aws.other_stores.md5 import send_md5
from app.storage.aws.response_check import check_responses

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

    from app.provisioning.account import S3ControlClient
    from app.storage.aws.cloudfront import CloudFrontClient

# Seconds. In botocore's standard mode (botocore/retries/standard.py), a service that does not
# answer costs attempts × (connect + read) and the pauses between: up to 0.025 × 2^n for DynamoDB
# and 0.05 × 2^n for S3. After a throttled attempt the pause is up to 2^n, but the attempt is short.
#   DynamoDB: 2 × (0.4 + 1.0) + 0.025       = 2.83, less than the 3 of a page
#   S3:       3 × (0.8 + 4.0) + 0.05 + 0.1  = 14.55, so an upload (20) has time to clean up
# Several slow calls may follow each other, so no attempt starts that could end after the request's
# deadline (services/deadline.py).
_DYNAMODB = {"connect_timeout": 0.4, "read_timeout": 1.0, "attempts": 2}
_S3 = {"connect_timeout": 0.8, "read_timeout": 4.0, "attempts": 3}
# Other object stores are farther away, or on slow disks:
#             2 × (1.5 + 6.0) + 0.05      = 15.05
_OTHER_STORE = {"connect_timeout": 1.5, "read_timeout": 6.0, "attempts": 2}
# An invalidation is sent after the photo was hidden or deleted, and again later if it fails.
_CLOUDFRONT = {"connect_timeout": 0.8, "read_timeout": 4.0, "attempts": 2}
# Emulators of AWS (moto's server, ministack) take seconds for a transaction. They ignore the client
# request token, so a transaction that is sent twice fails on its own first attempt. An attempt may
# start before the deadline and end after it: an upload waits at most 20 + 2 + 10 seconds.
_EMULATOR = {"connect_timeout": 2.0, "read_timeout": 10.0, "attempts": 2}

# Commands have no deadline, and the operator prefers waiting to an error. Ten attempts wait about a
# minute in all for a throttled table or bucket.
_COMMAND = {"connect_timeout": 5.0, "read_timeout": 60.0, "attempts": 10}
# The same for failures inside a successful response, which botocore does not retry. Seconds.
COMMAND_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 15.0)

# Signed URLs begin at the endpoint of the region, as the Content-Security-Policy names it. By
# default, botocore signs them for a global endpoint, which redirects to it. A bucket whose name has
# dots is in the path in both cases.
_OF_S3 = Config(
    signature_version="s3v4",
    # us-east-1 has a global endpoint too, whose form differs from that of the other regions.
    s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
)

_OF_EMULATORS = Config(signature_version="s3v4")

# The bucket is in the path, because its name is no host name where the store is in a local network.
# Several stores refuse the checksums that boto3 would add to every request since version 1.36.
_OF_OTHER_STORES = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)

# For each client: more than the threads of a process that use it at once.
_CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The URLs of an AWS emulator. None is AWS itself."""

    s3: str | None = None
    dynamodb: str | None = None
    others: str | None = None


AWS = Endpoints()


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


def region_of_profile() -> str | None:
    """Return the region that boto3 chooses by itself: of the environment or the AWS profile."""
    return boto3.Session().region_name


def create_clients(
    region: str, endpoints: Endpoints = AWS, *, for_command: bool = False
) -> Clients:
    """Return clients for `region`. Send nothing.

    Args:
        region: The region of the bucket and the tables.
        endpoints: Where the clients send their requests.
        for_command: Whether an operator's command uses the clients, rather than the site.
    """
    session = boto3.Session(region_name=region)
    s3 = _COMMAND if for_command else _EMULATOR if endpoints.s3 else _S3
    dynamodb = _COMMAND if for_command else _EMULATOR if endpoints.dynamodb else _DYNAMODB
    clients = Clients(
        s3=_s3_client(session, endpoints.s3, s3),
        dynamodb=_dynamodb_client(session, endpoints.dynamodb, dynamodb),
    )
    for client, timeouts in ((clients.s3, s3), (clients.dynamodb, dynamodb)):
        check_responses(client)
        _refuse_late_attempts(client, timeouts)
    return clients


def create_store_client(
    region: str, endpoint_url: str | None, *, for_command: bool = False
) -> "S3Client":
    """Return a client for S3 or another object store, without DynamoDB. Send nothing.

    Args:
        region: The region of the bucket.
        endpoint_url: The URL of the object store; None is S3.
        for_command: Whether an operator's command uses the client, rather than the site.
    """
    session = boto3.Session(region_name=region)
    timeouts = _COMMAND if for_command else _OTHER_STORE if endpoint_url else _S3
    client = _s3_client(session, endpoint_url, timeouts, _OF_OTHER_STORES if endpoint_url else None)
    if endpoint_url:
        send_md5(client)
    check_responses(client)
    _refuse_late_attempts(client, timeouts)
    return client


def create_cloudfront_client(region: str) -> "CloudFrontClient":
    """Return a client for CloudFront, a global service, in the partition of `region`."""
    session = boto3.Session(region_name=region)
    client = session.client("cloudfront", config=_client_config(_CLOUDFRONT))
    _refuse_late_attempts(client, _CLOUDFRONT)
    cloudfront: CloudFrontClient = client  # boto3-stubs does not describe it
    return cloudfront


def create_provisioning_clients(region: str, endpoints: Endpoints = AWS) -> ProvisioningClients:
    """Return the clients for provisioning. Send nothing."""
    session = boto3.Session(region_name=region)
    # boto3 puts the account id before the host name of S3 Control, which few emulators resolve.
    settings = _client_config(_EMULATOR if endpoints.others else _COMMAND)
    return ProvisioningClients(
        s3=_s3_client(session, endpoints.s3, _COMMAND),
        dynamodb=_dynamodb_client(session, endpoints.dynamodb, _COMMAND),
        s3control=session.client("s3control", endpoint_url=endpoints.others, config=settings),
        sts=session.client("sts", endpoint_url=endpoints.others, config=settings),
    )


def _s3_client(
    session: boto3.Session,
    endpoint_url: str | None,
    timeouts: dict[str, float],
    options: Config | None = None,
) -> "S3Client":
    own = options or (_OF_EMULATORS if endpoint_url else _OF_S3)
    settings = _client_config(timeouts).merge(own)
    return session.client("s3", endpoint_url=endpoint_url, config=settings)


def _dynamodb_client(
    session: boto3.Session, endpoint_url: str | None, timeouts: dict[str, float]
) -> "DynamoDBClient":
    """Return a client that takes and returns native Python values and accepts condition objects.

    Threads may share it, unlike the resource that it comes from.
    """
    # DynamoDB checks requests itself. botocore's check takes a third of a transaction's CPU time.
    settings = _client_config(timeouts).merge(Config(parameter_validation=False))
    resource = session.resource("dynamodb", endpoint_url=endpoint_url, config=settings)
    client = resource.meta.client
    events, event = client.meta.events, "before-parameter-build.dynamodb"
    events.unregister(event, unique_id="dynamodb-condition-expression")
    events.register_first(event, _write_conditions)
    return client


def _write_conditions(params: dict[str, Any], model: Any, **_: object) -> None:
    """Replace the condition objects of one call by expressions, in place of boto3.

    boto3 numbers the names and values of all calls with one counter, which each call sets to 0. Two
    threads that do so at the same moment would send conditions with the name or the value of
    another one. boto3 also looks for them twice in every part of every request.
    Source: boto3/dynamodb/transform.py.
    """
    if any(isinstance(value, ConditionBase) for value in params.values()):
        TransformationInjector().inject_condition_expressions(params, model)


def _client_config(timeouts: dict[str, float]) -> Config:
    return Config(
        connect_timeout=timeouts["connect_timeout"],
        read_timeout=timeouts["read_timeout"],
        retries={"mode": "standard", "total_max_attempts": int(timeouts["attempts"])},
        max_pool_connections=_CONNECTIONS,
        tcp_keepalive=True,
    )


def _refuse_late_attempts(client: BaseClient, timeouts: dict[str, float]) -> None:
    """Let the client start no attempt that could end after the deadline of the request.

    Those of a command for S3 and DynamoDB ignore the deadline that an upload sets in a command too.
    """
    if timeouts is _COMMAND:
        return
    min_seconds = timeouts["connect_timeout"] + timeouts["read_timeout"]
    if timeouts is _EMULATOR:
        min_seconds = 0.0  # an attempt may start until the deadline

    def check(**_: object) -> None:
        remaining = remaining_seconds()
        if remaining is not None and remaining < min_seconds:
            raise StorageUnavailable("The storage takes too long to answer.")

    service = client.meta.service_model.service_name
    client.meta.events.register(f"request-created.{service}", check)
