"""Limits of the HTTP server, and its changes of requests and responses.

Covers app.http_server.connection, app.http_server.limits, app.http_server.body_space.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from waitress import wasyncore

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.http_server import limits
from app.http_server.limits import BodyLimits
from app.http_server.server import Server
from tests.backends import local_backend
from tests.conftest import services_of
from tests.http_server.live_server import BODY_LIMITS, connect, exchange, live_server
from tests.sample_images import jpeg
from tests.server.client import BOUNDARY, multipart

LENGTH = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Requested-With: t\r\nContent-Length: %d\r\n"
LARGE_BODY = 450_000  # bytes, more than are kept in memory
RECEIVED = b"HTTP/1.1 400"  # the form parser has read the body, which is no form
UNREAD_BYTES = 30_000_000  # more than the system buffers for a connection
JSON = b"Accept: application/json\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n"


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer with the body and the client's address."""
    start_response("200 OK", [("X-For", environ.get("HTTP_X_FORWARDED_FOR", "-"))])
    return [environ["REMOTE_ADDR"].encode() + b" " + environ["wsgi.input"].read()]


@pytest.fixture
def server() -> Iterator[Server]:
    with live_server(echo) as server:
        yield server


@pytest.fixture
def site(config: Config, tmp_path: Path) -> Iterator[Server]:
    """The whole site on the local backend."""
    app = create_app(config, services_of(local_backend(tmp_path), config))
    with live_server(app, body_limits=BodyLimits.of(config)) as server:
        yield server


def until(is_true: Any) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + 20
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_closed(client: socket.socket) -> bool:
    """Wait for the server to send something or to close the connection; return whether it has."""
    try:
        return client.recv(1) == b""
    except ConnectionError:
        return True


def test_request_and_response_pass_unchanged(server: Server) -> None:
    """Bodies, kept-alive connections and headers of proxies reach the app and the client."""
    client = HTTPConnection("127.0.0.1", int(server.effective_port), timeout=20)
    for number in range(3):
        client.request("POST", "/upload", f"body {number}", {"X-Forwarded-For": "203.0.113.7"})
        response = client.getresponse()
        assert response.read() == f"127.0.0.1 body {number}".encode()
        assert response.headers["X-For"] == "203.0.113.7"
        assert response.headers["Server"] == "Shoebox"
        assert response.headers["Date"]
    client.close()


def test_chunked_upload_is_received(server: Server) -> None:
    client = HTTPConnection("127.0.0.1", int(server.effective_port), timeout=20)
    client.request("POST", "/upload", (b"piece " for _ in range(30)), encode_chunked=True)
    assert client.getresponse().read() == b"127.0.0.1 " + b"piece " * 30
    client.close()


def test_app_can_ask_whether_the_client_has_disconnected() -> None:
    """A request whose client has closed the connection need not be completed."""
    answers: list[bool] = []
    may_ask, has_asked = threading.Event(), threading.Event()

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        answers.append(environ["waitress.client_disconnected"]())
        may_ask.wait(20)
        answers.append(environ["waitress.client_disconnected"]())
        has_asked.set()
        return echo(environ, start_response)

    with live_server(app) as server:
        with connect(server) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            until(lambda: answers)
        may_ask.set()
        assert has_asked.wait(20)
    assert answers == [False, True]


def test_one_address_cannot_take_all_connections() -> None:
    """Connections over the limit are closed at once, and other addresses are served."""
    with live_server(echo, max_connections_per_address=3) as server:
        clients = [connect(server, "127.0.0.2") for _ in range(8)]
        assert [is_closed(client) for client in clients[3:]] == [True] * 5
        assert exchange(server, b"GET / HTTP/1.0\r\n\r\n").endswith(b"127.0.0.1 ")
        clients.pop(0).close()
        until(lambda: len(server.connections) == 2)
        clients.append(connect(server, "127.0.0.2"))
        clients[-1].sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert not is_closed(clients[-1])
        for client in clients:
            client.close()


def test_silent_clients_and_half_sent_headers_are_cut(server: Server) -> None:
    """A client has 10 seconds to send the headers, and another 75 to send the next request."""
    with connect(server) as silent, connect(server) as half, connect(server) as kept:
        half.sendall(b"GET / HTTP/1.1\r\nHost: ")
        kept.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert kept.recv(15) == b"HTTP/1.1 200 OK"
        until(lambda: sum(connection.request is not None for connection in server.connections))
        until(lambda: not any(connection.requests for connection in server.connections))
        assert len(server.connections) == 3
        server.maintenance(time.time() + limits.HEADER_SECONDS - 1)
        assert not any(connection.will_close for connection in server.connections)
        server.maintenance(time.time() + limits.HEADER_SECONDS + 1)
        server.pull_trigger()
        assert is_closed(silent)
        assert is_closed(half)
        assert len(server.connections) == 1
        server.maintenance(time.time() + limits.IDLE_SECONDS + 1)
        server.pull_trigger()
        until(lambda: server.connections == [])


@pytest.fixture
def large_file(tmp_path: Path) -> Iterator[BinaryIO]:
    """A file that is larger than the buffers of a connection."""
    with (tmp_path / "photo.jpg").open("w+b") as file:
        file.truncate(UNREAD_BYTES)
        yield file


def sends(file: BinaryIO) -> Any:
    """Return an app that sends a file."""

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [("Content-Length", str(UNREAD_BYTES))])
        return environ["wsgi.file_wrapper"](file)

    return app


def ask_and_read_nothing(server: Server) -> socket.socket:
    """Return a client whose response fills all buffers."""
    client = connect(server)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return client


def has_unread_response(server: Server) -> bool:
    """Return whether the server waits for its only client to read."""
    return [bool(c.total_outbufs_len) and not c.requests for c in server.connections] == [True]


def test_client_that_does_not_read_is_cut(large_file: BinaryIO) -> None:
    """After 75 seconds without progress the connection and the file are closed."""
    with live_server(sends(large_file)) as server, ask_and_read_nothing(server) as client:
        until(lambda: has_unread_response(server))
        server.maintenance(time.time() + limits.IDLE_SECONDS - 2)
        assert not server.connections[0].will_close
        server.maintenance(time.time() + limits.IDLE_SECONDS + 1)
        server.pull_trigger()
        until(lambda: server.connections == [])
        assert large_file.closed
        with pytest.raises(ConnectionResetError):
            client.makefile("rb").read()


class Stream:
    """An app that yields more than the buffers of a connection, as fast as the server takes it."""

    def __init__(self) -> None:
        self.yielded = 0
        self.is_closed = threading.Event()
        self.connection: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.connection = environ["shoebox.connection"]
        self.connection.limit_unsent_bytes()
        start_response("200 OK", [("Content-Length", str(UNREAD_BYTES))])
        return self._blocks()

    def _blocks(self) -> Iterator[bytes]:
        try:
            while self.yielded < UNREAD_BYTES:
                self.yielded += limits.SEND_BYTES
                yield bytes(limits.SEND_BYTES)
        finally:
            self.is_closed.set()


def waits_for_client(server: Server) -> bool:
    """Return whether the thread of the only response waits for its client."""
    return [c.total_outbufs_len > limits.STREAM_BYTES for c in server.connections] == [True]


def test_a_stream_waits_for_its_client() -> None:
    """The server keeps little of it in memory, and nothing on the disk."""
    stream = Stream()
    with live_server(stream) as server, connect(server) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        until(lambda: waits_for_client(server))
        unsent = server.connections[0].total_outbufs_len
        assert unsent <= limits.STREAM_BYTES + 2 * limits.SEND_BYTES
        assert not any(getattr(buffer, "overflowed", False) for buffer in stream.connection.outbufs)
        assert stream.yielded < UNREAD_BYTES
        _headers, _, body = client.makefile("rb").read().partition(b"\r\n\r\n")
        assert len(body) == UNREAD_BYTES
        assert stream.is_closed.wait(20)
        assert stream.yielded >= UNREAD_BYTES
        until(lambda: stream.connection.adj is server.adj)


def test_a_connection_that_is_reset_frees_the_thread_of_its_stream() -> None:
    """The client gets an error, since it has not received everything."""
    stream = Stream()
    with live_server(stream) as server, ask_and_read_nothing(server) as client:
        until(lambda: waits_for_client(server))
        assert not stream.is_closed.is_set()
        stream.connection.reset()
        assert stream.is_closed.wait(20)
        with pytest.raises(ConnectionResetError):
            client.makefile("rb").read()


def test_stopping_server_cuts_clients_that_do_not_read(
    monkeypatch: pytest.MonkeyPatch, large_file: BinaryIO
) -> None:
    """It does not wait for them as long as for running requests."""
    monkeypatch.setattr(limits, "GRACEFUL_SECONDS", 10)
    server = Server(sends(large_file), "127.0.0.1", 0, body_limits=BODY_LIMITS)
    with ask_and_read_nothing(server):
        until(lambda: server._handle_events() or has_unread_response(server))
        server.adj.channel_timeout = -60  # as if a minute more had passed
        server._finish()
        assert server.connections == []
    wasyncore.close_all(server._sockets)


def test_slow_body_is_408(site: Server) -> None:
    """The app answers a body that arrives too slowly, in the visitor's language."""
    with connect(site) as client:
        client.sendall(LENGTH % (b"/upload", 1_000_000) + JSON + b"--x")
        until(lambda: [c for c in site.connections if c.request and c.request.body_bytes_received])
        site.maintenance(time.time() + limits.BODY_SECONDS - 1)
        assert site.connections[0].request
        site.maintenance(time.time() + limits.BODY_SECONDS + 1)
        response = client.makefile("rb").read()
    assert response.startswith(b"HTTP/1.1 408 ")
    assert b"The upload timed out" in response
    until(lambda: site.connections == [])


@pytest.mark.parametrize("path", [b"/login", b"/upload"])
def test_body_over_the_limit_of_its_path_is_413(site: Server, config: Config, path: bytes) -> None:
    """Only an upload may be large. A client that has sent everything reads the response."""
    size = 70_000 if path == b"/login" else config.max_request_bytes + 1
    response = exchange(site, LENGTH % (path, size) + b"Connection: close\r\n" + JSON + bytes(size))
    assert response.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in response


def test_client_that_asks_first_is_refused_at_once(site: Server) -> None:
    """With Expect: 100-continue, the 413 comes instead of "continue"."""
    response = exchange(site, LENGTH % (b"/login", 70_000) + b"Expect: 100-continue\r\n" + JSON)
    assert response.startswith(b"HTTP/1.1 413 ")


def test_client_that_asks_first_may_continue(server: Server) -> None:
    with connect(server) as client:
        client.sendall(LENGTH % (b"/upload", 5) + b"Expect: 100-continue\r\n\r\n")
        assert client.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"photo")
        assert client.recv(15) == b"HTTP/1.1 200 OK"


def small_space(total: int) -> BodyLimits:
    """Return limits of bodies; one network may send `LARGE_BODY` of `total`."""
    return BodyLimits(max_upload_form=LARGE_BODY, total=total, per_network=LARGE_BODY)


def begin_upload(server: Server, source: str, size: int, headers: bytes = b"") -> socket.socket:
    """Return a client that has sent the beginning of a form, which has arrived."""
    client = connect(server, source)
    client.sendall(LENGTH % (b"/upload", LARGE_BODY) + headers + JSON + bytes(size))
    until(lambda: size in [c.request.body_bytes_received for c in server.connections if c.request])
    return client


def upload(server: Server, source: str, headers: bytes = b"") -> bytes:
    """Return the status line of the response to a form."""
    with connect(server, source) as client:
        client.sendall(LENGTH % (b"/upload", 300_000) + headers + JSON + bytes(300_000))
        return client.recv(12)


def test_bodies_that_have_not_arrived_take_no_space(site: Server) -> None:
    """Clients that announce large forms and send little do not stop the uploads of others."""
    site.body_limits = small_space(LARGE_BODY)
    with ExitStack() as clients:
        for number in range(8):
            clients.enter_context(begin_upload(site, "127.0.0.2", 100 + number))
        assert upload(site, "127.0.0.3") == RECEIVED
        assert upload(site, "127.0.0.2") == RECEIVED


def test_network_with_the_most_bytes_gives_way_to_others(site: Server) -> None:
    """If the space is taken, its largest body is discarded and answered with 503."""
    site.body_limits = small_space(LARGE_BODY)
    with (
        begin_upload(site, "127.0.0.2", LARGE_BODY - 20) as larger,
        begin_upload(site, "127.0.0.3", 300_000) as smaller,
        connect(site, "127.0.0.4") as client,
    ):
        client.sendall(LENGTH % (b"/upload", LARGE_BODY) + b"Expect: 100-continue\r\n" + JSON)
        assert client.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        larger.sendall(bytes(20))
        response = larger.recv(65_536)
        assert response.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: " in response
        smaller.sendall(bytes(LARGE_BODY - 300_000))
        assert smaller.recv(12) == RECEIVED


def test_network_with_the_most_bytes_cannot_send_more(site: Server) -> None:
    """It gets a 503, and with Expect: 100-continue before it sends the body."""
    site.body_limits = small_space(LARGE_BODY)
    asking = LENGTH % (b"/upload", LARGE_BODY) + b"Expect: 100-continue\r\n" + JSON
    with (
        begin_upload(site, "127.0.0.2", 300_000),
        begin_upload(site, "127.0.0.3", 200_000) as other,
        connect(site, "127.0.0.2") as client,
    ):
        client.sendall(asking)
        assert client.recv(12) == b"HTTP/1.1 503"
        other.sendall(bytes(LARGE_BODY - 200_000))
        assert other.recv(12) == RECEIVED


def test_one_network_cannot_take_the_whole_space(site: Server) -> None:
    """It may take a part, whether or not others need the rest."""
    site.body_limits = small_space(4 * LARGE_BODY)
    with (
        begin_upload(site, "127.0.0.2", LARGE_BODY - 10),
        begin_upload(site, "127.0.0.2", LARGE_BODY - 20),
    ):
        assert upload(site, "127.0.0.2") == b"HTTP/1.1 503"
        assert upload(site, "127.0.0.3") == RECEIVED


def test_proxy_names_the_client_whose_bytes_count(site: Server) -> None:
    """All connections come from the proxy. The values of the client in the header are ignored."""
    site.body_limits = replace(small_space(4 * LARGE_BODY), proxy_hops=1)
    visitor = b"X-Forwarded-For: 203.0.113.9, 2001:db8::%d\r\n"
    other = b"X-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n"
    with (
        begin_upload(site, "127.0.0.1", LARGE_BODY - 10, visitor % 1),
        begin_upload(site, "127.0.0.1", LARGE_BODY - 20, visitor % 2),
    ):
        assert upload(site, "127.0.0.1", visitor % 3) == b"HTTP/1.1 503"
        assert upload(site, "127.0.0.1", other) == RECEIVED


def test_more_requests_at_once_than_browsers_send_cut_the_connection(server: Server) -> None:
    """Responses that a client does not read cannot pile up."""
    response = exchange(server, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 500)
    assert response.count(b"HTTP/1.1 200 OK") <= limits.MAX_REQUESTS_AT_ONCE


def test_photo_is_sent_without_a_thread(site: Server, config: Config) -> None:
    """A whole photo, a range of it, HEAD and 304 have the same headers as on other servers."""
    key = f"{object_keys.PUBLIC_PREFIX}01JZZZZZZZZZZZZZZZZZZZZZZZ/original.jpg"
    file = config.photo_dir / "objects" / key
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(range(256)) * 10)
    client = HTTPConnection("127.0.0.1", int(site.effective_port), timeout=20)

    def ask(method: str, **headers: str) -> tuple[int, bytes, Any]:
        client.request(method, f"/media/{key}", headers=headers)
        response = client.getresponse()
        return response.status, response.read(), response.headers

    status, body, headers = ask("GET")
    assert (status, body) == (200, file.read_bytes())
    assert ask("GET", Range="bytes=100-103")[:2] == (206, bytes([100, 101, 102, 103]))
    assert ask("GET", Range="bytes=-2")[:2] == (206, b"\xfe\xff")
    status, body, headers = ask("HEAD")
    assert (status, body, headers["Content-Length"]) == (200, b"", "2560")
    assert ask("GET", **{"If-None-Match": headers["ETag"]})[:2] == (304, b"")
    client.close()


def test_upload_is_published(site: Server) -> None:
    """A photo that is larger than the memory for a body arrives whole."""
    body = multipart(jpeg(300, 200) + bytes(2 * limits.MEMORY_BYTES))
    client = HTTPConnection("127.0.0.1", int(site.effective_port), timeout=60)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "X-Requested-With": "test",
        "Accept": "application/json",
    }
    client.request("POST", "/upload", body, headers)
    assert client.getresponse().status == 201
    client.close()


def test_body_limits_follow_the_settings() -> None:
    """Only the upload form may be large. Proxies name the clients."""
    alone = BodyLimits.of(Config(max_request_mb=10))
    assert alone.for_request("POST", "/upload") == 10_000_000
    assert alone.for_request("PUT", "/upload") == alone.for_request("POST", "/login") == 64_000
    assert (alone.per_network, alone.total) == (20_000_000, 40_000_000)
    assert BodyLimits.of(Config(proxy_hops=2)).proxy_hops == 2
