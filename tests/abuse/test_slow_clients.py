"""Clients that send or read slowly delay no other client of a site that `make run` started."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.domain import object_keys
from tests.server.site import RunningSite

CLIENTS = 64  # four times as many as there are threads
MAX_SECONDS = 1.0
KEY = object_keys.original("01JZZZZZZZZZZZZZZZZZZZZZZZ", "image/jpeg")
PHOTO_BYTES = 30_000_000  # more than the system buffers for one connection

HALF_HEADERS = b"GET / HTTP/1.1\r\nHost: a\r\nX-Unfinished: "
HALF_BODY = (
    b"POST /upload HTTP/1.1\r\nHost: a\r\nX-Requested-With: test\r\nContent-Length: 1000000\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x"
)
PHOTO = b"GET /media/%s HTTP/1.1\r\nHost: a\r\n\r\n" % KEY.encode()
RANGE = b"GET /media/%s HTTP/1.1\r\nHost: a\r\nRange: bytes=1-\r\n\r\n" % KEY.encode()
TWO_PHOTOS = PHOTO + RANGE


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site with one large photo, which has answered some requests."""
    folder: Path = tmp_path_factory.mktemp("site")
    photo = folder / "objects" / KEY
    photo.parent.mkdir(parents=True)
    with photo.open("wb") as file:
        file.truncate(PHOTO_BYTES)
    with RunningSite(folder, UPLOAD_RATE_LIMIT="100000 per minute") as site:
        for _ in range(3):
            seconds_to_answer(site, "/")
        yield site


def slow_client(site: RunningSite, request: bytes) -> socket.socket:
    """Return a client that has sent `request` and reads nothing."""
    address = urlsplit(site.url)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(30)
    client.connect((address.hostname, address.port))
    client.sendall(request)
    return client


def seconds_to_answer(site: RunningSite, path: str) -> float:
    start = time.monotonic()
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 200
    return time.monotonic() - start


@pytest.mark.parametrize(
    "request_sent",
    [b"", HALF_HEADERS, HALF_BODY, PHOTO, RANGE, TWO_PHOTOS],
    ids=["silent", "headers", "body", "photo", "range", "two photos"],
)
def test_slow_clients_delay_no_other_client(site: RunningSite, request_sent: bytes) -> None:
    """Every health check and every page is answered within a second."""
    with ExitStack() as clients:
        for _ in range(CLIENTS):
            clients.enter_context(slow_client(site, request_sent))
        for _ in range(5):
            for path in ("/healthz", "/"):
                assert seconds_to_answer(site, path) < MAX_SECONDS
            time.sleep(0.05)
