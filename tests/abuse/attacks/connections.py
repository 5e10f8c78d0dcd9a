"""Attacks with connections: headers, bodies and responses that take forever."""

import select
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from itertools import cycle
from urllib.parse import urlsplit

from PIL import Image

from tests.abuse.attacks.client import connect
from tests.abuse.attacks.sites import Site
from tests.server.client import photos_in, post

_CONNECTIONS = 1800  # from one address
_SECONDS = 12.0  # longer than the time limits that the attack is to reach
_SLOW_FORM = (
    "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n"
    "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
)


def silent_connections(site: Site) -> None:
    """Open connections and send nothing."""
    _keep_open(site, [b""], b"")


def half_sent_headers(site: Site) -> None:
    """Send a header line a second on each connection, and never the last one."""
    _keep_open(site, [b"GET / HTTP/1.1\r\nHost: localhost\r\n"], b"X-More: 1\r\n")


def slow_bodies(site: Site) -> None:
    """Send a byte a second of a form on each connection: a large one, and one of a login."""
    upload = _SLOW_FORM.format(path="/upload", length=1_000_000)
    login = _SLOW_FORM.format(path="/login", length=60_000)
    _keep_open(site, [upload.encode(), login.encode()], b"x")


def unread_responses(site: Site) -> None:
    """Ask for a photo of many megabytes on each connection, and do not read it."""
    path = _add_large_photo(site.url)
    _keep_open(site, [f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()], b"")


def _add_large_photo(url: str) -> str:
    file = BytesIO()
    Image.effect_noise((3000, 3000), 90).save(file, "PNG", compress_level=1)
    (photo,) = photos_in(post(url, file.getvalue()))
    return urlsplit(photo["original_url"]).path


def _keep_open(site: Site, beginnings: Sequence[bytes], more: bytes) -> None:
    """Keep many connections open that each send a beginning, and `more` every second.

    Whenever the server closes one, open another one.
    """
    end = time.monotonic() + _SECONDS
    following = cycle(beginnings)
    connections: list[socket.socket] = []
    while time.monotonic() < end:
        connections = _still_open(connections)
        for _ in range(_CONNECTIONS - len(connections)):
            with suppress(OSError):
                connections.append(connect(site.url))
                connections[-1].sendall(next(following))
        for connection in connections:
            with suppress(OSError):
                connection.sendall(more)
        time.sleep(1)
    for connection in connections:
        connection.close()


def _still_open(connections: Sequence[socket.socket]) -> list[socket.socket]:
    """Close the connections that the server has closed, and return the others."""
    remaining = []
    for connection in connections:
        poll = select.poll()
        poll.register(connection, select.POLLRDHUP)
        if poll.poll(0):
            connection.close()
        else:
            remaining.append(connection)
    return remaining
