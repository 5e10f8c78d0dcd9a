"""Bodies slower than any patience: they are cut, so that nobody can hold all threads by sending next to nothing."""

import socket
import threading
import time
from contextlib import suppress
from typing import IO

from flask import Flask, g, request
from werkzeug.exceptions import RequestTimeout

READ_TIMEOUT = (
    60.0  # seconds for each piece of 64 KiB that the form's parser asks for: 1 kB a second
)


class TimeoutStream:
    """A body that comes over `sender`; reading it raises RequestTimeout once a piece took longer than `patience`."""

    def __init__(self, body: IO[bytes], sender: socket.socket, patience: float) -> None:
        self._body = body
        self._sender = sender
        self._patience = patience
        self._moved = time.monotonic()
        self._is_cut = self._is_over = False
        self._watch(patience)

    def read(self, size: int = -1) -> bytes:
        """The next piece."""
        piece = self._body.read(size)
        self._moved = time.monotonic()
        if self._is_cut:
            raise RequestTimeout
        return piece

    def close(self) -> None:
        """Watch no longer."""
        self._is_over = True
        self._timer.cancel()

    def _watch(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._look)
        self._timer.daemon = True
        self._timer.start()

    def _look(self) -> None:
        if self._is_over:
            return
        left = self._moved + self._patience - time.monotonic()
        if left > 0:
            self._watch(left)
            return
        self._is_cut = True
        with suppress(OSError):  # it has just gone by itself
            self._sender.shutdown(
                socket.SHUT_RD
            )  # whoever waits for it reads its end, and can still answer


def init_app(app: Flask) -> None:
    """Watch every body that gunicorn hands on while its sender is still sending."""

    @app.before_request
    def watch() -> None:
        sender = request.environ.get("gunicorn.socket")
        if sender and request.method == "POST":
            g.body = request.environ["wsgi.input"] = TimeoutStream(
                request.environ["wsgi.input"], sender, READ_TIMEOUT
            )

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        if body := g.pop("body", None):
            body.close()
