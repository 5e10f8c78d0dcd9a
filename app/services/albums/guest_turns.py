"""Run the requests of one guest one at a time, so that together they respect the limit."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from app.domain.errors import Busy
from app.services.deadline import remaining_seconds

# Guests share the locks of a process. A lock is held while one photo is stored or restored.
_LOCKS = tuple(threading.Lock() for _ in range(64))


@contextmanager
def one_at_a_time(owner: str, album_ids: Iterable[str], wait: float) -> Iterator[None]:
    """Prevent other photos of a guest from being added to the albums during the block.

    Args:
        owner: The hash of the guest's contributor id.
        album_ids: The albums. If there are none, do not wait.
        wait: The longest wait for each lock, in seconds.

    Raises:
        Busy: Other photos take longer than `wait`, or until the deadline of the request.
    """
    numbers = {hash((album_id, owner)) % len(_LOCKS) for album_id in album_ids}
    with ExitStack() as held:
        for number in sorted(numbers):  # in one order, so that two requests never wait in a circle
            lock = _LOCKS[number]
            if not lock.acquire(timeout=_until_deadline(wait)):
                raise Busy
            held.callback(lock.release)
        yield


def _until_deadline(wait: float) -> float:
    remaining = remaining_seconds()
    return wait if remaining is None else max(min(remaining, wait), 0.0)
