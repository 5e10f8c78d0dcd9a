"""Copy the stored files at each step of an operation, as a kill at that step leaves them."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from tests.faults.injection import Answer, Fault, Injector


class Recorder(Injector):
    """Copies a folder before or after each step, and injects nothing.

    A process that is killed leaves what it has written to files, and nothing else: locks, open
    transactions and buffers are lost. So a copy of the files has all that it leaves.

    Args:
        fault: A kill before or after each step.
        folder: The folder with all that is stored.
        copies: A folder for the copies, whose names are the numbers of the steps.
    """

    def __init__(self, fault: Fault, folder: Path, copies: Path) -> None:
        super().__init__(fault, at=0)
        self._folder, self._copies = folder, copies

    def around(
        self, step: str, effect: Callable[[], Answer], _inject: Callable[[], NoReturn]
    ) -> Answer:
        """Run a step, and copy the folder."""
        self.steps.append(step)
        if not self.fault.after:
            self._copy()
        try:
            return effect()
        finally:
            if self.fault.after:
                self._copy()

    def _copy(self) -> None:
        copy = self._copies / str(len(self.steps))
        shutil.copytree(self._folder, copy, copy_function=shutil.copyfile)
