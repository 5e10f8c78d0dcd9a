"""Several at once, and what the one who waits is shown."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

MAX_WORKERS = 8  # objects read at once

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_concurrently(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int = MAX_WORKERS
) -> Iterator[Result]:
    """The results of `work`, in order; no more is under way or waiting than twice as many as there are workers."""
    pending: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for item in items:
            pending.append(pool.submit(work, item))
            if len(pending) > 2 * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


class ProgressCallback(Protocol):
    """Passes `items` on while it shows how many there were of `what`."""

    def __call__(self, what: str, items: Iterable[Item], /) -> Iterable[Item]:
        """The items, each once it is asked for."""


def no_progress(_what: str, items: Iterable[Item], /) -> Iterable[Item]:
    """Show nothing."""
    return items
