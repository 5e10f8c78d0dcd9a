"""Faults, and the step that they strike."""

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
    """What befalls a step: `after` it took effect, so that only its answer is lost, or instead of it."""

    name: str
    after: bool = False
    lasting: bool = False  # every later step fails as well
    refused: bool = False  # only the operator can mend it
    kills: bool = False  # the process ends there and then

    def __str__(self) -> str:
        return self.name


BEFORE = Fault("error before")
AFTER = Fault("error after", after=True)
THROTTLED = Fault("throttled")
TIMEOUT = Fault("timeout")
DENIED = Fault("denied", refused=True)
FULL = Fault("disk full", refused=True)
LOST_ONCE = Fault("answer lost once", after=True)  # the next attempt at the same call is answered
GONE = Fault("gone from there on", lasting=True)
KILLED_BEFORE = Fault("killed before", kills=True)
KILLED_AFTER = Fault("killed after", after=True, kills=True)


class Injector:
    """Counts the steps of one deed, and lets `fault` strike the `at`th."""

    def __init__(self, fault: Fault, at: int) -> None:
        self.fault = fault
        self.steps: list[str] = []
        self.struck: str | None = None
        self._at = at
        self._counting = threading.Lock()

    def strikes(self, step: str) -> bool:
        """Count one step; whether the fault strikes it."""
        with self._counting:
            self.steps.append(step)
            number = len(self.steps)
            if number == self._at:
                self.struck = f"step {number}, {step}"
            return number == self._at or (self.fault.lasting and number > self._at)

    def around(
        self, step: str, effect: Callable[[], Answer], strike: Callable[[], NoReturn]
    ) -> Answer:
        """Take one step, or be struck before or after it."""
        if not self.strikes(step):
            return effect()
        if self.fault.after:
            with suppress(Exception):  # whatever its answer was, it is lost
                lost = effect()
                if isinstance(lost, IOBase):
                    lost.close()
        if self.fault.kills:
            os.kill(os.getpid(), signal.SIGKILL)
        return strike()
