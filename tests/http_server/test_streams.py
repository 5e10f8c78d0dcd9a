"""Responses that clients read slowly or not at all."""

import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from waitress import wasyncore

from app.config import Config
from app.domain import object_keys
from app.http_server import limits
from app.http_server.server import Server
from tests.http_server.clients import until
from tests.http_server.live_server import BODY_LIMITS, connect, live_server

UNREAD_BYTES = 30_000_000  # more than the system buffers for a connection


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


def test_photo_is_sent_without_a_thread(site: Server, config: Config) -> None:
    """A whole photo, a range of it, HEAD and 304 have the same headers as on other servers."""
    key = object_keys.original("01JZZZZZZZZZZZZZZZZZZZZZZZ", "image/jpeg")
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
