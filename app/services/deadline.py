"""Set and read the deadline of the current request; storage clients check it before each call.

The deadline belongs to the current context (`contextvars`) and is measured by the monotonic clock.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def set_deadline(seconds: float | None) -> None:
    """Set the deadline of the current context to `seconds` from now; None means no deadline."""
    _deadline.set(None if seconds is None else time.monotonic() + seconds)


@contextmanager
def timeout(seconds: float) -> Iterator[None]:
    """Limit the block to `seconds`, or to the time until the current deadline if that is less."""
    current = _deadline.get()
    limit = time.monotonic() + seconds
    with _replaced_deadline(limit if current is None else min(current, limit)):
        yield


@contextmanager
def extend_deadline(seconds: float) -> Iterator[None]:
    """Allow the block at least `seconds`, even after the deadline, so that it can clean up."""
    current = _deadline.get()
    minimum = time.monotonic() + seconds
    with _replaced_deadline(None if current is None else max(current, minimum)):
        yield


def remaining_seconds() -> float | None:
    """Return the seconds until the deadline, negative after it, or None without a deadline."""
    deadline = _deadline.get()
    return None if deadline is None else deadline - time.monotonic()


@contextmanager
def _replaced_deadline(deadline: float | None) -> Iterator[None]:
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)
