"""A throttled, failing or slow AWS is unavailable after a few attempts."""

import json
from typing import Any

import pytest

from app.domain.errors import StorageUnavailable
from app.services.deadline import timeout
from app.storage.aws import client_factory
from tests.backends import REGION, aws_environment
from tests.storage.aws.failures.failing_calls import (
    CATALOG_CALLS,
    NETWORK,
    STORE_CALLS,
    URL,
    call_of,
    failing,
)
from tests.storage.aws_calls import Answer, answered, dynamodb_error, raising, s3_error


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


@pytest.mark.parametrize("operation", [*CATALOG_CALLS, *STORE_CALLS])
def test_no_attempt_starts_after_the_deadline_at_another_endpoint(operation: str) -> None:
    """A request does not wait longer for a storage that hangs because AWS_ENDPOINT_URL is set."""
    with aws_environment():
        clients = client_factory.create_clients(REGION, client_factory.Endpoints(URL, URL))
    call = call_of(clients, operation)
    with (
        answered(clients, operation, raising(NETWORK[0])) as attempts,
        timeout(0),
        pytest.raises(StorageUnavailable, match="takes too long"),
    ):
        call()
    assert attempts == []
