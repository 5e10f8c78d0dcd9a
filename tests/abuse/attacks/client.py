"""HTTP requests of attackers, who do not mind if the server closes the connection."""

import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from types import MappingProxyType
from urllib.parse import urlsplit

from tests.server.client import BOUNDARY

TIMEOUT = 60.0  # seconds
FORM_HEADERS = {
    "X-Requested-With": "attack",
    "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
}


def form(fields: Mapping[str, str], files: list[bytes]) -> bytes:
    """Return the body of an upload form."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in fields.items()
    ]
    disposition = 'form-data; name="photo"; filename="a.jpg"'
    head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n".encode()
    parts += [head + file + b"\r\n" for file in files]
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def head(path: str, headers: Mapping[str, str]) -> bytes:
    """Return the head of a POST request."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def connect(url: str) -> socket.socket:
    """Return a new connection."""
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=TIMEOUT)


def from_many_clients(attack: Callable[[], object], clients: int) -> None:
    """Run `attack` in `clients` threads and wait for all of them."""
    with ThreadPoolExecutor(clients) as pool:
        for client in [pool.submit(attack) for _ in range(clients)]:
            client.result()


def get(url: str, path: str) -> None:
    """Request a page."""
    _request(url, "GET", path)


def post(url: str, path: str, body: bytes) -> None:
    """Send a form."""
    _request(url, "POST", path, body, FORM_HEADERS)


def _request(
    url: str,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> None:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT)
    with suppress(OSError, HTTPException):  # the server may close the connection early
        connection.request(method, path, body, dict(headers))
        connection.getresponse().read()
    connection.close()
