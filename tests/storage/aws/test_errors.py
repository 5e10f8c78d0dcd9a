"""Errors of a throttled, failing, slow or misconfigured AWS, and app.storage.aws.client_factory.

Covers app.storage.aws.client_factory.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from app.backends import aws_endpoints, aws_region, build_backend
from app.config import Config, ConfigError
from app.domain import object_keys
from app.domain.errors import ObjectNotFound, StorageError, StorageRefused, StorageUnavailable
from app.services.deadline import timeout
from app.storage.aws import client_factory
from app.storage.aws.dynamodb import DynamoCatalog
from app.storage.aws.s3 import S3Store
from tests.backends import BUCKET, REGION, TABLE, aws_environment, make_photo
from tests.storage.aws_calls import (
    Answer,
    answered,
    dynamodb_error,
    raising,
    s3_error,
)

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
    call = _call(clients, operation)
    with answered(clients, operation, answer) as attempts, pytest.raises(StorageError) as error:
        call()
    assert error.value.__cause__ is not None
    return error.value, len(attempts)


def _call(clients: client_factory.Clients, operation: str) -> Callable[[], object]:
    if operation in CATALOG_CALLS:
        return partial(CATALOG_CALLS[operation], DynamoCatalog(clients.dynamodb, TABLE))
    return partial(STORE_CALLS[operation], S3Store(clients.s3, BUCKET, URL))


@pytest.mark.parametrize("operation", CATALOG_CALLS)
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("ProvisionedThroughputExceededException", 400),
        ("RequestLimitExceeded", 400),
        ("InternalServerError", 500),
        ("ServiceUnavailable", 503),
    ],
)
def test_a_throttled_or_failing_dynamodb(
    clients: client_factory.Clients, no_pauses: None, operation: str, code: str, status: int
) -> None:
    """Every method tries twice and then raises StorageUnavailable."""
    error, attempts = failing(clients, operation, dynamodb_error(code, status))
    assert isinstance(error, StorageUnavailable)
    assert attempts == 2


@pytest.mark.parametrize("operation", STORE_CALLS)
@pytest.mark.parametrize(
    ("code", "status"),
    [("SlowDown", 503), ("ServiceUnavailable", 503), ("InternalError", 500), ("", 502)],
)
def test_a_throttled_or_failing_s3(
    clients: client_factory.Clients, no_pauses: None, operation: str, code: str, status: int
) -> None:
    """Every method tries three times and then raises StorageUnavailable, never ObjectNotFound."""
    error, attempts = failing(clients, operation, s3_error(code, status))
    assert isinstance(error, StorageUnavailable)
    assert attempts == 3


@pytest.mark.parametrize("operation", [*CATALOG_CALLS, *STORE_CALLS])
@pytest.mark.parametrize("network", NETWORK, ids=lambda error: type(error).__name__)
def test_a_network_that_fails(
    clients: client_factory.Clients, no_pauses: None, operation: str, network: Exception
) -> None:
    """A timeout or a lost connection is tried again and then StorageUnavailable."""
    error, attempts = failing(clients, operation, raising(network))
    assert isinstance(error, StorageUnavailable)
    assert attempts == (2 if operation in CATALOG_CALLS else 3)


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


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("Query", dynamodb_error("ExpiredTokenException")),
        ("TransactWriteItems", dynamodb_error("TransactionInProgressException")),
        ("PutObject", s3_error("ExpiredToken", 400)),
        ("PutObject", s3_error("RequestTimeout", 400)),
        ("CopyObject", s3_error("OperationAborted", 409)),
    ],
)
def test_what_passes_by_itself(
    clients: client_factory.Clients, no_pauses: None, operation: str, answer: Answer
) -> None:
    """Expired tokens are renewed and other requests end: StorageUnavailable."""
    error, _ = failing(clients, operation, answer)
    assert isinstance(error, StorageUnavailable)


def test_no_error_shows_a_secret(clients: client_factory.Clients, no_pauses: None) -> None:
    """No message that an operator may paste somewhere has a key or a token in it."""
    for operation in (*CATALOG_CALLS, *STORE_CALLS):
        answers = (dynamodb_error("AccessDeniedException"), s3_error("AccessDenied", 403))
        error, _ = failing(clients, operation, answers[operation in STORE_CALLS])
        assert "testing" not in str(error)


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_how_long_a_dead_aws_can_take(clients: client_factory.Clients, service: str) -> None:
    """All attempts fit into 3 seconds for the catalog and 20 seconds for objects."""
    config = getattr(clients, service).meta.config
    attempts, base, limit = (
        config.retries["total_max_attempts"],
        *{"s3": (0.05, 20), "dynamodb": (0.025, 3)}[service],
    )
    pauses = sum(base * 2**n for n in range(attempts - 1))
    assert attempts * (config.connect_timeout + config.read_timeout) + pauses < limit
    assert config.retries["mode"] == "standard"
    # The pause after a throttled attempt (2^n s) is shorter than an attempt that times out.
    assert 2 ** (attempts - 2) <= config.connect_timeout + config.read_timeout


def test_a_lost_answer_is_asked_for_with_the_same_token(
    clients: client_factory.Clients, no_pauses: None
) -> None:
    """A transaction is retried with the same ClientRequestToken."""
    tokens: list[str] = []

    def note(request: Any, **_: Any) -> None:
        tokens.append(json.loads(request.body)["ClientRequestToken"])

    event = "before-send.dynamodb.TransactWriteItems"
    clients.dynamodb.meta.events.register(event, note)
    failing(clients, "TransactWriteItems", dynamodb_error("InternalServerError", 500))
    clients.dynamodb.meta.events.unregister(event, note)
    assert len(tokens) == 2
    assert len(set(tokens)) == 1


@contextmanager
def metadata_service(roles: dict[str, Any]) -> Iterator[str]:
    """An instance metadata service (IMDSv2) that serves the credentials in `roles`."""

    class Service(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self._answer(200, "token")

        def do_GET(self) -> None:
            wanted = self.path.removeprefix("/latest/meta-data/iam/security-credentials/")
            if not roles:
                self._answer(404, "")
            else:
                self._answer(200, json.dumps(roles[wanted]) if wanted else next(iter(roles)))

        def _answer(self, status: int, body: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


@pytest.mark.parametrize(
    ("operation", "throttled"),
    [
        ("GetItem", dynamodb_error("ProvisionedThroughputExceededException")),
        ("Scan", dynamodb_error("ThrottlingException")),
        ("ListObjectsV2", s3_error("SlowDown", 503)),
        ("PutObject", s3_error("SlowDown", 503)),
    ],
)
def test_commands_wait_for_a_throttled_aws(
    clients: client_factory.Clients, no_pauses: None, operation: str, throttled: Answer
) -> None:
    """A command tries ten times; a page stays within its deadline."""
    of_command = client_factory.create_clients(REGION, for_command=True)
    assert failing(clients, operation, throttled)[1] < 4
    assert failing(of_command, operation, throttled)[1] == 10


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


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("https://s3.us-east-1.amazonaws.com", "https://dynamodb.us-east-1.amazonaws.com")),
        ({"aws_endpoint_url": "http://aws:1"}, ("http://aws:1", "http://aws:1")),
        (
            {"aws_endpoint_url_s3": "http://s3:2"},
            ("http://s3:2", "https://dynamodb.us-east-1.amazonaws.com"),
        ),
        (
            {"aws_endpoint_url": "http://aws:1", "aws_endpoint_url_s3": "http://s3:2"},
            ("http://s3:2", "http://aws:1"),
        ),
        (
            {"aws_endpoint_url": "http://aws:1", "aws_endpoint_url_dynamodb": "http://db:3"},
            ("http://aws:1", "http://db:3"),
        ),
    ],
)
def test_endpoint_of_a_service_has_precedence(
    clients: client_factory.Clients, settings: dict[str, str], expected: tuple[str, str]
) -> None:
    """AWS_ENDPOINT_URL_S3 and …_DYNAMODB win over AWS_ENDPOINT_URL, also for image URLs."""
    config = Config(
        photo_bucket=BUCKET,
        photo_table=TABLE,
        aws_region=REGION,
        **settings,  # type: ignore[arg-type]  # all settings are strings
    )
    endpoints = aws_endpoints(config)
    made = client_factory.create_clients(REGION, endpoints)
    found = made.s3.meta.endpoint_url, made.dynamodb.meta.endpoint_url
    assert found == expected
    media = build_backend(config).objects.url("photos/x")
    prefix = f"{expected[0]}/{BUCKET}/" if endpoints.s3 else f"https://{BUCKET}.s3.{REGION}."
    assert media.startswith(prefix)


def test_region_comes_from_the_profile_if_no_setting_names_one(
    monkeypatch: pytest.MonkeyPatch, clients: client_factory.Clients, tmp_path: Path
) -> None:
    """AWS_REGION wins, then the profile; without both, the message names the setting."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    profile = tmp_path / "config"
    profile.write_text("[default]\nregion = eu-north-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profile))
    assert aws_region(Config(aws_region="ap-south-1")) == "ap-south-1"
    assert aws_region(Config()) == "eu-north-1"
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(ConfigError, match="AWS_REGION"):
        build_backend(Config(photo_bucket=BUCKET, photo_table=TABLE))


def without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")


def test_server_without_credentials_does_not_start(
    monkeypatch: pytest.MonkeyPatch, clients: client_factory.Clients
) -> None:
    """The message says what to do. systemd tries again, since the role may arrive late."""
    without_credentials(monkeypatch)
    config = Config(photo_bucket=BUCKET, photo_table=TABLE, aws_region=REGION)
    with pytest.raises(StorageRefused, match="policies"):
        build_backend(config)


def test_credentials_of_the_role_are_found(
    monkeypatch: pytest.MonkeyPatch, clients: client_factory.Clients
) -> None:
    """The instance metadata service has them."""
    without_credentials(monkeypatch)
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    roles: dict[str, Any] = {}
    with metadata_service(roles) as address:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", address)
        with pytest.raises(StorageRefused, match="No AWS credentials"):
            client_factory.check_credentials()
        roles["shoebox"] = {
            "Code": "Success",
            "AccessKeyId": "AKIA",
            "SecretAccessKey": "secret",
            "Token": "token",
            "Expiration": (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        client_factory.check_credentials()


@pytest.mark.parametrize("operation", [*CATALOG_CALLS, *STORE_CALLS])
def test_no_attempt_starts_after_the_deadline_at_another_endpoint(operation: str) -> None:
    """A request does not wait longer for a storage that hangs because AWS_ENDPOINT_URL is set."""
    with aws_environment():
        clients = client_factory.create_clients(REGION, client_factory.Endpoints(URL, URL))
    call = _call(clients, operation)
    with (
        answered(clients, operation, raising(NETWORK[0])) as attempts,
        timeout(0),
        pytest.raises(StorageUnavailable, match="takes too long"),
    ):
        call()
    assert attempts == []
