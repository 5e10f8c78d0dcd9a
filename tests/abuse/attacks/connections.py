"""Attacks with connections: headers, bodies and responses that take forever."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import BytesIO
from urllib.parse import urlsplit

from PIL import Image

from tests.server.client import photos_in, post

_CONNECTIONS = 450  # both ends are files of this process or of the site, which may have 1024 each
_SECONDS = 12.0  # longer than the time limits that the attack is to reach
_SLOW_FORM = (
    b"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
)


def silent_connections(url: str) -> None:
    """Open connections and send nothing."""
    with _connections(url, b""):
        time.sleep(_SECONDS)


def half_sent_headers(url: str) -> None:
    """Send a header line a second on each connection, and never the last one."""
    with _connections(url, b"GET / HTTP/1.1\r\nHost: localhost\r\n") as connections:
        _trickle(connections, b"X-More: 1\r\n")


def slow_bodies(url: str) -> None:
    """Send a byte a second of a large form on each connection."""
    with _connections(url, _SLOW_FORM) as connections:
        _trickle(connections, b"x")


def unread_responses(url: str) -> None:
    """Ask for a photo of many megabytes on each connection, and do not read it."""
    path = _add_large_photo(url)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with _connections(url, request):
        time.sleep(_SECONDS)


def _add_large_photo(url: str) -> str:
    file = BytesIO()
    Image.effect_noise((3000, 3000), 90).save(file, "PNG", compress_level=1)
    (photo,) = photos_in(post(url, file.getvalue()))
    return urlsplit(photo["original"]).path


@contextmanager
def _connections(url: str, beginning: bytes) -> Iterator[list[socket.socket]]:
    """Open many connections that each send `beginning`; the server may refuse some."""
    parts = urlsplit(url)
    with ExitStack() as stack:
        opened: list[socket.socket] = []
        for _ in range(_CONNECTIONS):
            with suppress(OSError):
                connection = socket.create_connection((parts.hostname, parts.port), timeout=1)
                opened.append(stack.enter_context(connection))
                connection.sendall(beginning)
        yield opened


def _trickle(connections: list[socket.socket], data: bytes) -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        for connection in connections:
            with suppress(OSError):
                connection.sendall(data)
        time.sleep(1)
