"""Run the HTTP server in a thread of the test."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from waitress import wasyncore

from app.http_server.limits import BodyLimits
from app.http_server.server import Server

BODY_LIMITS = BodyLimits(max_upload_form=400_000, total=1_600_000, per_network=800_000)


@contextmanager
def live_server(app: Any, **options: Any) -> Iterator[Server]:
    """Serve a WSGI app on a free port."""
    server = Server(app, "127.0.0.1", 0, **{"body_limits": BODY_LIMITS} | options)
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            server._handle_events()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield server
    finally:
        stop.set()
        server.pull_trigger()
        thread.join()
        server.task_dispatcher.shutdown(timeout=10)
        for connection in server.connections:
            connection.handle_close()
        wasyncore.close_all(server._sockets)


def connect(server: Server, source: str = "127.0.0.1") -> socket.socket:
    """Return a connection from a loopback address."""
    address = ("127.0.0.1", int(server.effective_port))
    return socket.create_connection(address, timeout=20, source_address=(source, 0))


def exchange(server: Server, request: bytes) -> bytes:
    """Send raw bytes, and return everything that the server sends until it closes."""
    response = b""
    with connect(server) as client, suppress(ConnectionError):
        client.sendall(request)
        while received := client.recv(65_536):
            response += received
    return response
