"""Limit the image workers of all processes on this machine that share a folder."""

import fcntl
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from app.imaging.workers.files import open_again
from app.os_errors import translate_os_errors

_POLL_SECONDS = 0.05  # flock has no timeout; a photo takes longer


class WorkerSlots:
    """A semaphore that processes share: a lock on one of `count` files.

    The system releases the locks of a process that is killed.

    Args:
        folder: Where the files are; created if it is missing.
        count: The number of slots.
    """

    def __init__(self, folder: Path, count: int) -> None:
        self._folder = folder
        self._files = [folder / f"image-worker-{number}.lock" for number in range(count)]
        self._held: list[IO[bytes]] = []
        self._lock = threading.Lock()
        self._turn = threading.Lock()  # one thread of this process asks for a slot at a time

    def acquire(self, *, timeout: float) -> bool:
        """Take a slot. Return False if none becomes free within `timeout` seconds.

        Raises:
            StorageError: The folder cannot be used.
        """
        deadline = time.monotonic() + timeout
        if not self._turn.acquire(timeout=timeout):
            return False
        try:
            with translate_os_errors(self._folder):
                return self._poll(deadline)
        finally:
            self._turn.release()

    def release(self) -> None:
        """Free one of the slots that this process holds."""
        with self._lock:
            self._held.pop().close()

    def _poll(self, deadline: float) -> bool:
        """Take a slot. Return False if none is free until `deadline`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as opened:
            files = [opened.enter_context(path.open("ab")) for path in self._files]
            taken = next(filter(_try_lock, files), None)
            while taken is None and time.monotonic() < deadline:
                time.sleep(_POLL_SECONDS)
                taken = next(filter(_try_lock, files), None)
            if taken is None:
                return False
            with self._lock:
                self._held.append(open_again(taken))  # the lock stays when `taken` is closed
        return True


def _try_lock(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
