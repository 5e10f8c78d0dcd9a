"""The moment by which somebody who waits is to have an answer. What talks to a storage looks at it before it begins."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_until: ContextVar[float | None] = ContextVar("until", default=None)


def wait_at_most(seconds: float | None) -> None:
    """Give what follows in this context so many seconds, or all the time there is."""
    _until.set(None if seconds is None else time.monotonic() + seconds)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give the block so many seconds, or what is left where that is less."""
    until = time.monotonic() + seconds
    before = _until.get()
    token = _until.set(until if before is None else min(before, until))
    try:
        yield
    finally:
        _until.reset(token)


def seconds_left() -> float | None:
    """How long somebody will still wait; None where nobody is in a hurry."""
    until = _until.get()
    return None if until is None else until - time.monotonic()
