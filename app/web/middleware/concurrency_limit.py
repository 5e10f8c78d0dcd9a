"""Limit how much a process does at the same time, in total and for each address."""

import threading
from collections import Counter
from collections.abc import Callable


class ConcurrencyLimit:
    """Counts what is being done.

    Args:
        most: The limit of the process.
        most_per_address: The limit of one address.
        error: Returns the error above a limit.
    """

    def __init__(self, most: int, most_per_address: int, error: Callable[[], Exception]) -> None:
        self._most = most
        self._most_per_address = most_per_address
        self._error = error
        self._lock = threading.Lock()
        self._by_address: Counter[str] = Counter()

    def acquire(self, address: str) -> None:
        """Count one more. Raises the error without waiting."""
        with self._lock:
            running = self._by_address
            is_full = running.total() >= self._most
            if is_full or running[address] >= self._most_per_address:
                raise self._error()
            running[address] += 1

    def release(self, address: str) -> None:
        """Count one less."""
        with self._lock:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]
