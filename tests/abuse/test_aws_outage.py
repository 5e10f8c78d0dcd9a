"""A dead or slow AWS: a page never waits longer than 3 seconds for it, an upload 20, however many calls they make.

Nothing here is held against a clock: what is proven is that no attempt begins that could end too late.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from unittest import mock

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError

from app import create_app
from app.config import Config
from app.domain.errors import StorageUnavailable
from app.imaging import pipeline
from app.services import deadline, photo_service
from app.services.deadline import remaining_seconds, set_deadline, timeout
from app.services.photo_service import PhotoService
from app.storage.aws import client_factory, dynamodb, s3
from app.web.middleware import request_deadline
from tests.backends import BUCKET, REGION, TABLE, aws_environment
from tests.sample_images import jpeg
from tests.storage.aws_calls import Answer, answered, dynamodb_answer, raising
from tests.visitor import Visitor

PAUSES = 0.15  # seconds between the attempts at one call, at most


@contextmanager
def never_answering() -> Iterator[str]:
    """An address that takes connections and says nothing."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in taken:
        connection.close()


@contextmanager
def refusing() -> Iterator[str]:
    """An address where nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@pytest.fixture(params=[never_answering, refusing], ids=["never answers", "refuses"])
def dead(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, config: Config
) -> Iterator[Visitor]:
    """A site whose AWS is dead, with the timeouts that AWS itself gets."""
    with aws_environment(), request.param() as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        clients = client_factory.clients(REGION)
        objects = s3.S3Store(clients.s3, BUCKET, address)
        limits = pipeline.ImageLimits(config.max_upload_bytes, config.max_pixels)
        photos = PhotoService(
            objects,
            dynamodb.DynamoCatalog(clients.dynamodb, TABLE),
            lambda file: pipeline.process_image(file, limits),
        )
        yield Visitor(create_app(config, photos))


@pytest.mark.parametrize(
    "path", ["/", "/tags", "/search?q=a+b+c", "/photos/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/feed.xml"]
)
def test_a_page_of_a_dead_aws_says_so(dead: Visitor, path: str) -> None:
    """It is a 503 in words, with when to come back; what needs no storage goes on."""
    answer = dead.get(path)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert dead.get("/upload").status_code == dead.get("/healthz").status_code == 200


def test_an_upload_to_a_dead_aws_keeps_what_was_typed(dead: Visitor) -> None:
    """The form comes back with the words."""
    answer = dead.upload(jpeg(), title="Typed for long")
    assert answer.status_code == 503
    assert "Typed for long" in answer.text


def longest_attempt(client: object) -> float:
    config = client.meta.config  # type: ignore[attr-defined]  # of either client
    return float(config.connect_timeout + config.read_timeout)


@pytest.fixture
def clients() -> Iterator[client_factory.Clients]:
    with aws_environment():
        yield client_factory.clients(REGION)


def test_pages_wait_three_seconds_and_changes_twenty() -> None:
    """The figures that README and docs promise."""
    assert (
        request_deadline.READ_TIMEOUT,
        request_deadline.WRITE_TIMEOUT,
        photo_service.STORAGE_TIMEOUT,
    ) == (3, 20, 20)


def test_every_call_fits_into_the_seconds_there_are(clients: client_factory.Clients) -> None:
    """A call that fails till the end leaves a page in time, and an upload time to take back what it put."""
    for client, seconds in (
        (clients.dynamodb, request_deadline.READ_TIMEOUT),
        (clients.s3, photo_service.STORAGE_TIMEOUT),
    ):
        attempts = client.meta.config.retries["total_max_attempts"]
        assert attempts * longest_attempt(client) + PAUSES < seconds
    s3_attempts = clients.s3.meta.config.retries["total_max_attempts"]
    assert (s3_attempts + 1) * longest_attempt(clients.s3) + PAUSES < photo_service.STORAGE_TIMEOUT


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_no_attempt_begins_that_could_end_too_late(
    clients: client_factory.Clients, service: str
) -> None:
    """With less time left than an attempt may take none is made; with a little more one is, and no second."""
    client = getattr(clients, service)
    operation, call = {
        "s3": ("HeadBucket", s3.S3Store(clients.s3, BUCKET, "").ping),
        "dynamodb": (
            "Query",
            lambda: dynamodb.DynamoCatalog(clients.dynamodb, TABLE).page("all", 1),
        ),
    }[service]
    longest = longest_attempt(client)
    for seconds, expected in ((0.9, 0), (1.1, 1), (2.5, 2)):
        with (
            clock_that_adds(longest) as passing,
            answered(
                clients, operation, passing(raising(ConnectTimeoutError(endpoint_url="")))
            ) as attempts,
            pytest.raises(StorageUnavailable),
            timeout(seconds * longest),
        ):
            call()
        assert len(attempts) == expected


def test_slow_answers_one_after_the_other_end_in_time(clients: client_factory.Clients) -> None:
    """Of reads that take almost as long as they may, a page makes two and no third, which might come too late."""
    catalog = dynamodb.DynamoCatalog(clients.dynamodb, TABLE)
    with (
        clock_that_adds(0.99) as passing,
        answered(clients, "Query", passing(dynamodb_answer(Items=[]))) as attempts,
        pytest.raises(StorageUnavailable, match="too long"),
        timeout(request_deadline.READ_TIMEOUT),
    ):
        [catalog.page("all", 1) for _ in range(9)]
    assert len(attempts) == 2


@contextmanager
def clock_that_adds(seconds: float) -> Iterator[Callable[[Answer], Answer]]:
    """A clock by which every answer takes so many seconds."""
    now = [1000.0]

    def passing(answer: Answer) -> Answer:
        def late() -> AWSResponse | None:
            now[0] += seconds
            return answer()

        return late

    with mock.patch.object(deadline, "time", SimpleNamespace(monotonic=lambda: now[0])):
        yield passing


def test_whoever_is_in_no_hurry_has_all_the_time(clients: client_factory.Clients) -> None:
    """Commands have no last moment, and within a request the nearer one holds."""
    assert remaining_seconds() is None
    with timeout(20):
        with timeout(3):
            assert (remaining_seconds() or 0) <= 3
            with timeout(30):
                assert (remaining_seconds() or 0) <= 3
        assert 3 < (remaining_seconds() or 0) <= 20
    assert remaining_seconds() is None


def test_a_request_leaves_no_hurry_behind(visitor: Visitor) -> None:
    """The thread that served a page serves the next request with seconds of its own."""
    visitor.get("/")
    assert remaining_seconds() is None
    set_deadline(0.0)
    assert visitor.get("/").status_code == 200
    assert remaining_seconds() is None
