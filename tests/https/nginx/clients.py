"""Clients of nginx, with one connection or many."""

import itertools
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPResponse

from tests.https.instance import Instance

PASSWORD = "let me upload"


def ask(
    instance: Instance,
    path: str = "/",
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    source: str = "127.0.0.1",
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", instance.http, timeout=30, source_address=(source, 0))
    connection.request(
        "POST" if body else "GET", path, body, {"Connection": "close"} | (headers or {})
    )
    answer = connection.getresponse()
    return answer, answer.read()


@contextmanager
def sent(
    instance: Instance, number: int, text: str, *addresses: str
) -> Iterator[list[socket.socket]]:
    """Send `text` on each of `number` connections, from each of the addresses in turn."""
    clients: list[socket.socket] = []
    with ExitStack() as open_connections:
        for _, address in zip(range(number), itertools.cycle(addresses or [""])):
            phone = socket.create_connection(("127.0.0.1", instance.http), timeout=30)
            open_connections.enter_context(phone)
            phone.sendall(text.replace("ADDRESS", address).encode())
            clients.append(phone)
        yield clients


def get(path: str) -> str:
    """Return the request of a page."""
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Test-Address: ADDRESS\r\n\r\n"
