"""Clients of a server, and the requests that they send."""

import socket
import time
from typing import Any

LENGTH = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Requested-With: t\r\nContent-Length: %d\r\n"
LARGE_BODY = 450_000  # bytes, more than are kept in memory
RECEIVED = b"HTTP/1.1 400"  # the form parser has read the body, which is no form
JSON = b"Accept: application/json\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n"


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
