"""The connection of the current request to its client."""

import socket
from collections.abc import Callable
from contextlib import suppress

from flask import request


def is_client_connected() -> bool:
    """Return False if the client has closed the connection, as far as the server can tell."""
    is_disconnected = request.environ.get("waitress.client_disconnected")
    if is_disconnected is not None:
        return not is_disconnected()
    sock: socket.socket | None = request.environ.get("gunicorn.socket")
    return sock is None or not _is_closed(sock)


def limit_unsent_bytes() -> None:
    """Let our own server read the response only as fast as the client does.

    Otherwise our server stores the bytes that the client has not read yet. gunicorn stores none.
    """
    connection = request.environ.get("shoebox.connection")
    if connection is not None:
        connection.limit_unsent_bytes()


def unsent_bytes() -> tuple[int, int]:
    """Return how many bytes our own server stores for all clients, and for this client."""
    connection = request.environ.get("shoebox.connection")
    return (0, 0) if connection is None else connection.unsent_bytes()


def connection_closer() -> Callable[[], None]:
    """Return a function that closes the connection at once. Any thread may call it later."""
    connection = request.environ.get("shoebox.connection")
    if connection is not None:
        close: Callable[[], None] = connection.reset
        return close
    sock: socket.socket | None = request.environ.get("gunicorn.socket")

    def shut_down() -> None:
        if sock is not None:
            with suppress(OSError):  # the client has just closed the connection
                sock.shutdown(socket.SHUT_RDWR)

    return shut_down


def _is_closed(sock: socket.socket) -> bool:
    try:
        # A closed connection is readable and has no bytes left.
        return sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
