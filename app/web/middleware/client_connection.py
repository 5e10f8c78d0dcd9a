"""Find out whether the client of the current request still waits for the response."""

import socket

from flask import request


def is_client_connected() -> bool:
    """Return False if the client has closed the connection, as far as the server can see it."""
    is_disconnected = request.environ.get("waitress.client_disconnected")
    if is_disconnected is not None:
        return not is_disconnected()
    sock: socket.socket | None = request.environ.get("gunicorn.socket")
    return sock is None or not _is_closed(sock)


def _is_closed(sock: socket.socket) -> bool:
    try:
        # A closed connection is readable and has no bytes left.
        return sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
