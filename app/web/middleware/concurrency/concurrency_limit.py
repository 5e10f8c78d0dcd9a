"""Limit concurrent uses of a resource, in total and for each address."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Queue:
    """How many threads may wait for their turn; none by default.

    Attributes:
        most: The limit of the process.
        most_per_address: The limit of one address.
        seconds: The longest time that a thread waits.
    """

    most: int = 0
    most_per_address: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    address: str
    has_turn: threading.Event = field(default_factory=threading.Event)


class ConcurrencyLimit:
    """Counts current uses. Waiting threads get their turn in the order of their arrival.

    Args:
        most: The limit of the process.
        most_per_address: The limit of one address.
        error: Creates the error that is raised above a limit.
        queue: How many threads may wait for their turn.
    """

    def __init__(
        self,
        most: int,
        most_per_address: int,
        error: Callable[[], Exception],
        queue: Queue = Queue(),
    ) -> None:
        self._most = most
        self._most_per_address = most_per_address
        self._error = error
        self._queue = queue
        self._lock = threading.Lock()
        self._by_address: Counter[str] = Counter()
        self._waiters: list[_Waiter] = []

    def acquire(self, address: str) -> None:
        """Begin a use, after waiting for a turn. Raises the error if the thread may not wait."""
        with self._lock:
            if self._has_room(address):
                self._by_address[address] += 1
                return
            waiter = self._join_queue(address)
        if not waiter.has_turn.wait(self._queue.seconds):
            self._leave_queue(waiter)

    def release(self, address: str) -> None:
        """End a use, and give its place to the next waiting thread."""
        with self._lock:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]
            for waiter in list(self._waiters):
                if self._has_room(waiter.address):
                    self._waiters.remove(waiter)
                    self._by_address[waiter.address] += 1
                    waiter.has_turn.set()

    def _has_room(self, address: str) -> bool:
        running = self._by_address
        return running.total() < self._most and running[address] < self._most_per_address

    def _join_queue(self, address: str) -> _Waiter:
        of_address = sum(waiter.address == address for waiter in self._waiters)
        is_full = len(self._waiters) >= self._queue.most
        if is_full or of_address >= self._queue.most_per_address:
            raise self._error()
        waiter = _Waiter(address)
        self._waiters.append(waiter)
        return waiter

    def _leave_queue(self, waiter: _Waiter) -> None:
        """Stop waiting and raise the error, unless the turn has come in the meantime."""
        with self._lock:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
                raise self._error()
