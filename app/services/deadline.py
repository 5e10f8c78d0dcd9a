"""The moment by which somebody who waits is to have an answer. What talks to a storage looks at it before it begins."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_until: ContextVar[float | None] = ContextVar("until", default=None)


def set_deadline(seconds: float | None) -> None:
    """Give what follows in this context so many seconds, or all the time there is."""
    _until.set(None if seconds is None else time.monotonic() + seconds)


@contextmanager
def timeout(seconds: float) -> Iterator[None]:
    """Give the block so many seconds, or what is left where that is less."""
    until, before = time.monotonic() + seconds, _until.get()
    with _deadline(until if before is None else min(before, until)):
        yield


@contextmanager
def extend_deadline(seconds: float) -> Iterator[None]:
    """Give the block so many seconds whoever still waits: to leave half done what nobody would finish is worse."""
    until, before = time.monotonic() + seconds, _until.get()
    with _deadline(None if before is None else max(before, until)):
        yield


def remaining_seconds() -> float | None:
    """How long somebody will still wait; None where nobody is in a hurry."""
    until = _until.get()
    return None if until is None else until - time.monotonic()


@contextmanager
def _deadline(until: float | None) -> Iterator[None]:
    token = _until.set(until)
    try:
        yield
    finally:
        _until.reset(token)
