"""Limits of the HTTP server, and its changes of requests and responses.

Covers app.http_server.connection, app.http_server.limits.
"""

import threading
import time
from http.client import HTTPConnection
from typing import Any

import pytest

from app.config import Config
from app.http_server import limits
from app.http_server.limits import BodyLimits
from app.http_server.server import Server
from tests.http_server.clients import JSON, LENGTH, is_closed, until
from tests.http_server.conftest import echo
from tests.http_server.live_server import connect, exchange, live_server
from tests.sample_images import jpeg
from tests.server.client import BOUNDARY, multipart


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


def test_more_requests_at_once_than_browsers_send_cut_the_connection(server: Server) -> None:
    """Responses that a client does not read cannot pile up."""
    response = exchange(server, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 500)
    assert response.count(b"HTTP/1.1 200 OK") <= limits.MAX_REQUESTS_AT_ONCE


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
