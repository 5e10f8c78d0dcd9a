"""Changes and uploads that wait for something slow stop no page and no health check."""

import fcntl
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.sample_images import jpeg
from tests.server.client import BOUNDARY, contributor_cookie, multipart, photos_in, post
from tests.server.site import GUNICORN, RunningSite

ADDRESSES, AT_ONCE = 11, 3  # more than a process has slots, and no more than may wait
FORM = "application/x-www-form-urlencoded"
SETTINGS = {
    "UPLOAD_RATE_LIMIT": "100000 per minute",
    "IMAGE_WORKERS": "1",
    "PROXY_HOPS": "1",
    "WEB_CONCURRENCY": "1",
}


@pytest.fixture(scope="module", params=["app", GUNICORN])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSite]:
    """A site behind a proxy, on which tests choose the addresses of their clients."""
    with RunningSite(tmp_path_factory.mktemp("site"), request.param, **SETTINGS) as site:
        yield site


@contextmanager
def busy_image_worker(folder: Path) -> Iterator[None]:
    """Hold the only image worker, as a photo does that another process works on."""
    with (folder / "image-worker-0.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def locked_catalog(folder: Path) -> Iterator[None]:
    """Hold the lock for writing of the catalog, as a long transaction does."""
    with closing(sqlite3.connect(folder / "catalog.sqlite3", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def message(path: str, body: bytes, content_type: str, cookie: str, address: str) -> bytes:
    """Return a POST request of a visitor at an address."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Requested-With: test\r\nCookie: {cookie}\r\n"
        f"X-Forwarded-For: {address}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def rotation(photo: str, cookie: str, address: str) -> bytes:
    fields = urlencode({"direction": "left", "revision": "0"}).encode()
    return message(f"/photos/{photo}/rotate", fields, FORM, cookie, address)


def hiding(photo: str, cookie: str, address: str) -> bytes:
    return message(f"/photos/{photo}/hide", b"", FORM, cookie, address)


def upload(_photo: str, cookie: str, address: str) -> bytes:
    """Return the upload of another photo from each address."""
    body = multipart(jpeg(200, 150, seed=int(address.rpartition(".")[2])))
    return message("/upload", body, f"multipart/form-data; boundary={BOUNDARY}", cookie, address)


def connected(site: RunningSite) -> socket.socket:
    address = urlsplit(site.url)
    return socket.create_connection((address.hostname, address.port), timeout=60)


def status(client: socket.socket) -> int:
    """Read the answer of a client that has sent a request."""
    response = HTTPResponse(client)
    response.begin()
    return response.status


def has_answer(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return bool(client.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        client.settimeout(60)


def get_status(site: RunningSite, path: str) -> int:
    with connected(site) as client:
        client.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
        )
        return status(client)


@pytest.mark.parametrize(
    ("request_of", "waits_for"),
    [(rotation, busy_image_worker), (upload, busy_image_worker), (hiding, locked_catalog)],
    ids=["rotations", "uploads", "changes"],
)
def test_requests_that_wait_stop_no_page(
    site: RunningSite,
    request_of: Callable[[str, str, str], bytes],
    waits_for: Callable[[Path], "contextmanager[None]"],
) -> None:
    """Pages and health checks are answered before any of more requests than there are slots."""
    cookie = contributor_cookie(site.url)
    (photo,) = photos_in(post(site.url, jpeg(320, 240), {"Cookie": cookie}))
    addresses = [f"192.0.2.{number}" for number in range(ADDRESSES)] * AT_ONCE
    with ExitStack() as opened:
        with waits_for(Path(site.settings["PHOTO_DIR"])):
            clients = [opened.enter_context(connected(site)) for _ in addresses]
            for client, address in zip(clients, addresses, strict=True):
                client.sendall(request_of(str(photo["photo_id"]), cookie, address))
            pages = [get_status(site, path) for path in ("/healthz", "/") * 3]
            answered = sum(has_answer(client) for client in clients)
        statuses = {status(client) for client in clients}
    assert pages == [200] * len(pages)
    assert answered == 0
    assert statuses <= {200, 201, 303, 409, 503}
