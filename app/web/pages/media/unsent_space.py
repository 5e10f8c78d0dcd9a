"""Bound the bytes that our own server stores of files that clients do not read."""

import threading
from collections import Counter

from app.web.middleware.client_connection import unsent_bytes

# Bytes. Behind a proxy all connections have one address, but a proxy reads fast.
MAX_UNSENT = 64_000_000
MAX_UNSENT_PER_ADDRESS = 32_000_000


class UnsentSpace:
    """Counts the files that are being written to clients, besides what the server stores."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writing: Counter[str] = Counter()

    def reserve(self, address: str, size: int) -> bool:
        """Return whether the server may store a file of this size, in bytes, and count it."""
        with self._lock:
            in_all, of_address = unsent_bytes()
            in_all += self._writing.total() + size
            of_address += self._writing[address] + size
            has_space = in_all <= MAX_UNSENT and of_address <= MAX_UNSENT_PER_ADDRESS
            if has_space:
                self._writing[address] += size
        return has_space

    def release(self, address: str, size: int) -> None:
        """Stop counting a file: the server has taken it."""
        with self._lock:
            self._writing[address] -= size
            if not self._writing[address]:
                del self._writing[address]
