"""Send large files no faster than their clients read them.

Our own server stores what a client has not read yet. So clients that ask for large files and do not
read them would fill its disk.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import BinaryIO
from weakref import finalize

from flask import Response

from app.web.downloads.sending import RateWatch
from app.web.downloads.zip_files import TooManyDownloads
from app.web.middleware.client_connection import connection_closer, limit_unsent_bytes
from app.web.middleware.concurrency.concurrency_limit import ConcurrencyLimit
from app.web.middleware.rate_limits import client_key
from app.web.rendering.photo_urls import MAX_SHOWN_ORIGINAL

# Each holds a thread, of 16 that forms and ZIP files use too.
MAX_FILES = 3
MAX_FILES_PER_ADDRESS = 2
MAX_STORED = MAX_SHOWN_ORIGINAL  # bytes; pages show no larger files

_BLOCK = 2**16  # bytes


class LargeFiles:
    """Sends the large files of one app, a few at a time."""

    def __init__(self) -> None:
        self._limit = ConcurrencyLimit(MAX_FILES, MAX_FILES_PER_ADDRESS, TooManyDownloads)

    def includes(self, size: int) -> bool:
        """Return whether a file of this size, in bytes, is large."""
        return size > MAX_STORED

    def send(self, response: Response, body: BinaryIO) -> None:
        """Give a response a body that its client must read.

        Raises:
            TooManyDownloads: The process sends as many as it may. The body is closed.
        """
        address = client_key()
        try:
            self._limit.acquire(address)
        except TooManyDownloads:
            body.close()
            raise
        limit_unsent_bytes()
        response.headers["X-Accel-Buffering"] = "no"  # nginx would store the file on its disk
        response.response = _blocks(body, RateWatch(connection_closer()))
        # A server that refuses the headers drops the response without closing it.
        response.call_on_close(finalize(response, self._limit.release, address))
        response.call_on_close(body.close)


def _blocks(body: BinaryIO, watch: RateWatch) -> Iterator[bytes]:
    with closing(body):
        try:
            while block := body.read(_BLOCK):
                yield block
                watch.count(len(block))
        finally:
            watch.stop()
