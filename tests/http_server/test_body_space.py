"""The space for the bodies of requests is shared by the networks of clients.

Covers app.http_server.body_space.
"""

import socket
from contextlib import ExitStack
from dataclasses import replace

from app.http_server.limits import BodyLimits
from app.http_server.server import Server
from tests.http_server.clients import JSON, LARGE_BODY, LENGTH, RECEIVED, until
from tests.http_server.live_server import connect


def small_space(total: int) -> BodyLimits:
    """Return limits of bodies; one network may send `LARGE_BODY` of `total`."""
    return BodyLimits(max_upload_form=LARGE_BODY, total=total, per_network=LARGE_BODY)


def begin_upload(server: Server, source: str, size: int, headers: bytes = b"") -> socket.socket:
    """Return a client that has sent the beginning of a form, which has arrived."""
    client = connect(server, source)
    client.sendall(LENGTH % (b"/upload", LARGE_BODY) + headers + JSON + bytes(size))
    until(lambda: size in received_sizes(server))
    return client


def upload(server: Server, source: str, headers: bytes = b"") -> bytes:
    """Return the status line of the response to a form, whose space is free again."""
    size = 300_000
    with connect(server, source) as client:
        client.sendall(LENGTH % (b"/upload", size) + headers + JSON + bytes(size))
        status_line = client.recv(12)
    until(lambda: size not in received_sizes(server))
    return status_line


def received_sizes(server: Server) -> list[int]:
    """Return how many bytes of each body have arrived."""
    requests = [connection.request for connection in server.connections]
    return [request.body_bytes_received for request in requests if request]


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
