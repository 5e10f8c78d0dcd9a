"""Limit the bytes that all uploads of a process hold in memory at the same time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import Busy

WAIT_SECONDS = 10.0  # as long as an upload waits for an image worker


class ByteBudget:
    """A semaphore that counts bytes.

    Args:
        max_bytes: The most bytes at the same time. A larger file is let through alone.
        wait_seconds: How long a caller waits for others to finish.
    """

    def __init__(self, max_bytes: int, wait_seconds: float = WAIT_SECONDS) -> None:
        self._max_bytes = max_bytes
        self._wait_seconds = wait_seconds
        self._used = 0
        self._changed = threading.Condition()

    @contextmanager
    def reserve(self, size: int) -> Iterator[None]:
        """Count `size` bytes during the block. Raises Busy if they do not become free in time."""
        size = min(size, self._max_bytes)
        with self._changed:
            if not self._changed.wait_for(lambda: self._fits(size), self._wait_seconds):
                raise Busy
            self._used += size
        try:
            yield
        finally:
            with self._changed:
                self._used -= size
                self._changed.notify_all()

    def _fits(self, size: int) -> bool:
        return self._used + size <= self._max_bytes
