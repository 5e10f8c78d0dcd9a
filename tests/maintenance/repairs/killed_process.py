"""A process that is killed at a storage call."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from tests.backends import Backend


class Killed(BaseException):
    """The process was killed."""


@dataclass
class Process:
    """A process that is killed at a storage call, before or `after` the call takes effect."""

    calls: int
    after: bool

    def store(self, store: Any) -> Any:
        """Return `store` with every method counted."""
        return SimpleNamespace(
            **{name: self._mortal(getattr(store, name)) for name in dir(store) if name[0] != "_"}
        )

    def _mortal(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self.calls -= 1
            answer = method(*arguments) if self.calls >= -self.after else None
            if self.calls < 0:
                raise Killed
            return answer

        return call


def dying(backend: Backend, calls: int, *, after: bool) -> Backend:
    """Return a backend whose process is killed after `calls` storage calls."""
    process = Process(calls, after)
    return replace(
        backend,
        objects=process.store(backend.objects),
        catalog=process.store(backend.catalog),
        clients=None,
    )
