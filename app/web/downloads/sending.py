"""Send a ZIP file block by block, and close the connection if the rest must not be sent."""

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator

from app.domain.errors import ObjectNotFound, StorageError
from app.services.downloads.zip_file import ContentChanged

# A download occupies a thread. A client can resume a download whose connection was closed.
FREE_SECONDS = 60.0  # before the minimum rate applies
MIN_RATE = 30_000  # bytes a second, on average

log = logging.getLogger(__name__)


class RateWatch:
    """Closes the connection of a client that reads too slowly.

    A thread that writes to a client has no timeout of its own, so a timer closes the connection.

    Args:
        close: Closes the connection, from another thread.
    """

    def __init__(self, close: Callable[[], None]) -> None:
        self._close = close
        self._started = time.monotonic()
        self._sent = 0
        self._stopped = False
        self._timer = self._start_timer(FREE_SECONDS)

    def count(self, sent: int) -> None:
        """Count bytes that were passed to the server."""
        self._sent += sent

    def stop(self) -> None:
        """Stop watching."""
        self._stopped = True
        self._timer.cancel()

    def _check(self) -> None:
        allowed = FREE_SECONDS + self._sent / MIN_RATE
        remaining = self._started + allowed - time.monotonic()
        if self._stopped:
            return
        if remaining > 0:
            self._timer = self._start_timer(remaining)
        else:
            self._close()

    def _start_timer(self, seconds: float) -> threading.Timer:
        timer = threading.Timer(seconds, self._check)
        timer.daemon = True
        timer.start()
        return timer


def send(blocks: Generator[bytes, None, None], close: Callable[[], None]) -> Iterator[bytes]:
    """Yield the blocks. If the rest cannot be read, log why and close the connection.

    The client then has fewer bytes than Content-Length says, so it knows that the file is
    incomplete.

    Args:
        blocks: The blocks. Nothing is read before the server asks for the first one.
        close: Closes the connection, from any thread.
    """
    watch = RateWatch(close)
    try:
        for block in blocks:
            yield block
            watch.count(len(block))
    except ObjectNotFound as error:
        log.warning("A ZIP file ended early: %s was hidden, deleted or rotated", error.key)
        close()
    except (ContentChanged, StorageError):
        log.exception("A ZIP file ended early")
        close()
    finally:
        watch.stop()
        blocks.close()
