"""End uploads that send too slowly, so that a few slow clients cannot occupy all threads."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from flask import Flask, g, request
from werkzeug.exceptions import RequestTimeout

# Seconds for each chunk of 64 KiB that the form parser reads: about 1 kB a second.
READ_TIMEOUT = 60.0


class TimeoutStream:
    """A request body whose `read` raises RequestTimeout if the client sends too slowly.

    A blocking read has no timeout of its own: gunicorn's socket blocks. Instead, a timer
    shuts the socket down for reading. This ends the read, and the app can still send a response.
    The time starts with the first read, because a form may have to wait for its turn before it.

    Args:
        body: The request body.
        sock: The socket of the connection.
        read_timeout: The most seconds for one read.
    """

    def __init__(self, body: IO[bytes], sock: socket.socket, read_timeout: float) -> None:
        self._body = body
        self._socket = sock
        self._read_timeout = read_timeout
        self._last_read = time.monotonic()
        self._timed_out = False
        self._closed = False
        self._timer: threading.Timer | None = None

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        if self._timer is None:
            self._last_read = time.monotonic()
            self._timer = _daemon_timer(self._read_timeout, self._check)
        chunk = self._body.read(size)
        self._last_read = time.monotonic()
        if self._timed_out:
            raise RequestTimeout
        return chunk

    def set_deadline(self, seconds: float) -> None:
        """End the body `seconds` from now, even if the client is sending."""
        self._cancel_timer()
        self._timer = _daemon_timer(seconds, self._end)

    def close(self) -> None:
        """Stop the timer."""
        self._closed = True
        self._cancel_timer()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _check(self) -> None:
        remaining = self._last_read + self._read_timeout - time.monotonic()
        if remaining > 0 and not self._closed:
            self._timer = _daemon_timer(remaining, self._check)
        else:
            self._end()

    def _end(self) -> None:
        if self._closed:
            return
        self._timed_out = True
        with suppress(OSError):  # the client has just closed the connection
            self._socket.shutdown(socket.SHUT_RD)


def _daemon_timer(seconds: float, function: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(seconds, function)
    timer.daemon = True
    timer.start()
    return timer


def init_app(app: Flask) -> None:
    """Apply the timeout to every body that gunicorn reads from a client."""

    @app.before_request
    def wrap_body() -> None:
        sock = request.environ.get("gunicorn.socket")
        if sock and request.method == "POST":
            body = TimeoutStream(request.environ["wsgi.input"], sock, READ_TIMEOUT)
            request.environ["wsgi.input"] = body
            g.timeout_stream = body

    @app.teardown_request
    def close_body(_error: BaseException | None) -> None:
        body = g.pop("timeout_stream", None)
        if body:
            body.close()
