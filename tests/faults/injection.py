"""Faults and the step of an operation at which they are injected."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import IOBase
from typing import NoReturn, TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault instead of a step, or `after` it took effect, so that only the response is lost."""

    name: str
    after: bool = False
    lasting: bool = False  # every later step fails too
    refused: bool = False  # only the operator can fix it
    kills: bool = False  # the process is killed

    def __str__(self) -> str:
        return self.name


BEFORE = Fault("error before")
AFTER = Fault("error after", after=True)
THROTTLED = Fault("throttled")
TIMEOUT = Fault("timeout")
DENIED = Fault("denied", refused=True)
FULL = Fault("disk full", refused=True)
LOST_ONCE = Fault("response lost once", after=True)  # the next attempt gets a response
GONE = Fault("unavailable from then on", lasting=True)
KILLED_BEFORE = Fault("killed before", kills=True)
KILLED_AFTER = Fault("killed after", after=True, kills=True)


class Injector:
    """Counts the steps of an operation and injects `fault` at step number `at`."""

    def __init__(self, fault: Fault, at: int) -> None:
        self.fault = fault
        self.steps: list[str] = []
        self.injected_at: str | None = None
        self._at = at
        self._counting = threading.Lock()

    def is_due(self, step: str) -> bool:
        """Count a step and return whether the fault is due."""
        with self._counting:
            self.steps.append(step)
            number = len(self.steps)
            if number == self._at:
                self.injected_at = f"step {number}, {step}"
            return number == self._at or (self.fault.lasting and number > self._at)

    def around(
        self, step: str, effect: Callable[[], Answer], inject: Callable[[], NoReturn]
    ) -> Answer:
        """Run a step, or inject the fault before or after it."""
        if not self.is_due(step):
            return effect()
        if self.fault.after:
            with suppress(Exception):  # its response is lost, whatever it was
                lost = effect()
                if isinstance(lost, IOBase):
                    lost.close()
        if self.fault.kills:
            os.kill(os.getpid(), signal.SIGKILL)
        return inject()
