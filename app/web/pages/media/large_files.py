"""Send large files, and too many others, no faster than their clients read them.

Our own server stores what a client has not read yet. So clients that ask for files and do not read
them would fill its disk.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import BinaryIO
from weakref import finalize

from flask import Response

from app.web.downloads.sending import RateWatch
from app.web.downloads.zip_files import TooManyDownloads
from app.web.middleware.client_connection import connection_closer, limit_unsent_bytes
from app.web.middleware.concurrency.concurrency_limit import ConcurrencyLimit
from app.web.middleware.rate_limits import client_key
from app.web.pages.media.unsent_space import UnsentSpace
from app.web.rendering.photo_urls import MAX_SHOWN_ORIGINAL

# Each holds a thread while its client reads; deploy/gunicorn.conf.py has threads for them.
MAX_FILES = 3
MAX_FILES_PER_ADDRESS = 2
# Bytes. Pages show no larger files.
MAX_STORED = MAX_SHOWN_ORIGINAL
# Most renditions are smaller. The limits of connections bound how many of these are stored.
MAX_UNCOUNTED = 2**20

_BLOCK = 2**16  # bytes


class LargeFiles:
    """Sends the files of one app: large ones a few at a time, and others as long as they fit."""

    def __init__(self) -> None:
        self._limit = ConcurrencyLimit(MAX_FILES, MAX_FILES_PER_ADDRESS, TooManyDownloads)
        self._space = UnsentSpace()

    def send(self, response: Response, body: BinaryIO, size: int) -> None:
        """Give a response its body. Above MAX_UNCOUNTED, its client must read it.

        Args:
            response: The response, with its headers.
            body: The content.
            size: That of the body, in bytes.

        Raises:
            TooManyDownloads: The process sends as many as it may. The body is closed.
        """
        address = client_key()
        if size <= MAX_UNCOUNTED:
            response.response = _blocks(body)
            response.call_on_close(body.close)
        elif size <= MAX_STORED and self._space.reserve(address, size):
            response.response = _blocks(body)
            _on_close(response, body, self._space.release, address, size)
        else:
            self._stream(response, body, address)

    def _stream(self, response: Response, body: BinaryIO, address: str) -> None:
        try:
            self._limit.acquire(address)
        except TooManyDownloads:
            body.close()
            raise
        limit_unsent_bytes()
        response.headers["X-Accel-Buffering"] = "no"  # nginx would store the file on its disk
        response.response = _watched(_blocks(body), connection_closer())
        _on_close(response, body, self._limit.release, address)


def _on_close(
    response: Response, body: BinaryIO, release: Callable[..., None], *counted: str | int
) -> None:
    """Close the body and count it no more at the end of the response."""
    # A server that refuses the headers drops the response without closing it.
    response.call_on_close(finalize(response, release, *counted))
    response.call_on_close(body.close)


def _blocks(body: BinaryIO) -> Iterator[bytes]:
    with closing(body):
        while block := body.read(_BLOCK):
            yield block


def _watched(blocks: Iterator[bytes], close: Callable[[], None]) -> Iterator[bytes]:
    """Yield the blocks to a client that must read them fast enough."""
    watch = RateWatch(close)  # starts a timer, so not before the first block
    try:
        for block in blocks:
            yield block
            watch.count(len(block))
    finally:
        watch.stop()
