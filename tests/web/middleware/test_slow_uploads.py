"""A body that arrives too slowly ends the request. tests/server/test_failures.py uses gunicorn."""

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest
from werkzeug.exceptions import RequestTimeout

from app.web.middleware.slow_uploads import TimeoutStream


@pytest.fixture
def connection() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The client's and the server's end of one connection."""
    client, server = socket.socketpair()
    with client, server:
        yield client, server


def test_body_that_arrives_is_read(connection: tuple[socket.socket, socket.socket]) -> None:
    """A fast client notices nothing."""
    client, server = connection
    client.sendall(b"photo")
    with server.makefile("rb") as stream:
        body = TimeoutStream(stream, server, read_timeout=60)
        assert body.read(5) == b"photo"
        body.close()


def test_body_that_stops_raises_request_timeout(
    connection: tuple[socket.socket, socket.socket],
) -> None:
    """The blocked read ends, and the server can still send its response."""
    client, server = connection
    client.sendall(b"pho")
    with server.makefile("rb") as stream:
        body = TimeoutStream(stream, server, read_timeout=0.05)
        with pytest.raises(RequestTimeout):
            body.read(5)
        body.close()
    server.sendall(b"408")
    assert client.recv(3) == b"408"


def test_a_deadline_ends_a_body_that_still_arrives(
    connection: tuple[socket.socket, socket.socket],
) -> None:
    """A body that is only discarded takes no longer than that."""
    client, server = connection
    with server.makefile("rb") as stream:
        body = TimeoutStream(stream, server, read_timeout=60)
        body.set_deadline(0.05)

        def read_forever() -> None:
            while True:
                with suppress(BrokenPipeError):  # a socket pair refuses bytes after the end
                    client.sendall(b"p")
                body.read(1)

        with pytest.raises(RequestTimeout):
            read_forever()
        body.close()
