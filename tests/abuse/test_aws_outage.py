"""Pages wait at most 3 seconds for an unavailable AWS, and uploads 20.

The tests use no real clock: they show that no attempt starts that could end too late.

Covers app.services.deadline.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from unittest import mock

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError

from app import create_app
from app.config import Config
from app.domain.errors import StorageUnavailable
from app.imaging import pipeline
from app.services import deadline, upload_service
from app.services.deadline import remaining_seconds, set_deadline, timeout
from app.services.factory import build_services
from app.storage.aws import client_factory, dynamodb, s3
from app.web.middleware import request_deadline
from tests.backends import BUCKET, REGION, TABLE, NoRevocations, aws_backend_of, aws_environment
from tests.sample_images import jpeg
from tests.storage.aws_calls import Answer, answered, dynamodb_answer, raising
from tests.visitor import Visitor

PAUSES = 0.15  # seconds between the attempts at one call, at most


@contextmanager
def unresponsive_server() -> Iterator[str]:
    """Yield the URL of a server that accepts connections and never responds."""
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept_all() -> None:
            while True:
                try:
                    connections.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept_all, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in connections:
        connection.close()


@contextmanager
def closed_port() -> Iterator[str]:
    """Yield the URL of a port where no server listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@pytest.fixture(params=[unresponsive_server, closed_port], ids=["unresponsive", "refuses"])
def dead(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, config: Config
) -> Iterator[Visitor]:
    """A site without a reachable AWS, with the timeouts of production."""
    with aws_environment(), request.param() as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        clients = client_factory.create_clients(REGION)
        objects = s3.S3Store(clients.s3, BUCKET, address)
        limits = pipeline.ImageLimits(config.max_pixels)
        services = build_services(
            replace(aws_backend_of(objects, clients), session_revocations=NoRevocations()),
            partial(pipeline.process_image, limits=limits),
            max_file_bytes=config.max_upload_bytes,
        )
        yield Visitor(create_app(config, services))


def test_pages_answer_503_without_aws(dead: Visitor) -> None:
    """Retry-After says when to try again. Pages that need no storage still work."""
    app = dead.client.application
    paths = ("/", "/tags", "/search?q=a+b+c", "/photos/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/feed.xml")
    with ThreadPoolExecutor(len(paths)) as pool:  # the timeouts pass at the same time
        responses = list(pool.map(lambda path: Visitor(app).get(path), paths))
    for path, response in zip(paths, responses, strict=True):
        assert response.status_code == 503, path
        assert int(response.headers["Retry-After"]) > 0, path
    for path in ("/upload", "/healthz"):
        assert dead.get(path).status_code == 200, path


def test_a_failed_upload_keeps_the_form_text(dead: Visitor) -> None:
    """The form comes back with the text that was typed."""
    response = dead.upload(jpeg(80, 60), title="Typed for long")
    assert response.status_code == 503
    assert "Typed for long" in response.text


def longest_attempt_seconds(client: object) -> float:
    config = client.meta.config  # type: ignore[attr-defined]  # of either client
    return float(config.connect_timeout + config.read_timeout)


@pytest.fixture
def clients() -> Iterator[client_factory.Clients]:
    with aws_environment():
        yield client_factory.create_clients(REGION)


def test_deadlines_are_3_seconds_for_pages_and_20_for_changes() -> None:
    """README and docs promise these numbers."""
    assert (
        request_deadline.READ_TIMEOUT,
        request_deadline.WRITE_TIMEOUT,
        upload_service.STORAGE_TIMEOUT,
    ) == (3, 20, 20)


def test_all_attempts_of_a_call_fit_into_the_deadline(clients: client_factory.Clients) -> None:
    """After an upload that fails, there is time to delete the objects it wrote."""
    for client, seconds in (
        (clients.dynamodb, request_deadline.READ_TIMEOUT),
        (clients.s3, upload_service.STORAGE_TIMEOUT),
    ):
        attempts = client.meta.config.retries["total_max_attempts"]
        assert attempts * longest_attempt_seconds(client) + PAUSES < seconds
    s3_attempts = clients.s3.meta.config.retries["total_max_attempts"]
    assert (s3_attempts + 1) * longest_attempt_seconds(
        clients.s3
    ) + PAUSES < upload_service.STORAGE_TIMEOUT


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_no_attempt_starts_without_enough_time(
    clients: client_factory.Clients, service: str
) -> None:
    """An attempt needs the time it takes at most, and so does each retry."""
    client = getattr(clients, service)
    operation, call = {
        "s3": ("HeadBucket", s3.S3Store(clients.s3, BUCKET, "").ping),
        "dynamodb": (
            "Query",
            lambda: dynamodb.DynamoCatalog(clients.dynamodb, TABLE).page("public", 1),
        ),
    }[service]
    longest = longest_attempt_seconds(client)
    for seconds, expected in ((0.9, 0), (1.1, 1), (2.5, 2)):
        with (
            fake_clock(longest) as delay,
            answered(
                clients, operation, delay(raising(ConnectTimeoutError(endpoint_url="")))
            ) as attempts,
            pytest.raises(StorageUnavailable),
            timeout(seconds * longest),
        ):
            call()
        assert len(attempts) == expected


def test_slow_responses_end_at_the_deadline(clients: client_factory.Clients) -> None:
    """Of reads that each take almost the whole timeout, a page makes two and not a third."""
    catalog = dynamodb.DynamoCatalog(clients.dynamodb, TABLE)
    with (
        fake_clock(0.99) as delay,
        answered(clients, "Query", delay(dynamodb_answer(Items=[]))) as attempts,
        pytest.raises(StorageUnavailable, match="too long"),
        timeout(request_deadline.READ_TIMEOUT),
    ):
        [catalog.page("owner:someone", 1) for _ in range(9)]  # of a listing with one partition
    assert len(attempts) == 2


@contextmanager
def fake_clock(seconds: float) -> Iterator[Callable[[Answer], Answer]]:
    """Patch the clock so that each response takes `seconds`."""
    now = [1000.0]

    def delay(response: Answer) -> Answer:
        def delayed() -> AWSResponse | None:
            now[0] += seconds
            return response()

        return delayed

    with mock.patch.object(deadline, "time", SimpleNamespace(monotonic=lambda: now[0])):
        yield delay


def test_commands_have_no_deadline(clients: client_factory.Clients) -> None:
    """Within a request the earliest of nested deadlines holds."""
    assert remaining_seconds() is None
    with timeout(20):
        with timeout(3):
            assert (remaining_seconds() or 0) <= 3
            with timeout(30):
                assert (remaining_seconds() or 0) <= 3
        assert 3 < (remaining_seconds() or 0) <= 20
    assert remaining_seconds() is None


def test_a_request_leaves_no_deadline_behind(visitor: Visitor) -> None:
    """The next request of the same thread gets a deadline of its own."""
    visitor.get("/")
    assert remaining_seconds() is None
    set_deadline(0.0)
    assert visitor.get("/").status_code == 200
    assert remaining_seconds() is None
