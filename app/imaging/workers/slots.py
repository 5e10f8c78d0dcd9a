"""Limit the image workers of all processes on this machine that share a folder."""

import fcntl
import threading
import time
from pathlib import Path
from typing import IO

from app.os_errors import translate_os_errors

_POLL_SECONDS = 0.01  # flock has no timeout; a photo takes longer


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

    def acquire(self, *, timeout: float) -> bool:
        """Take a slot. Return False if none becomes free within `timeout` seconds.

        Raises:
            StorageError: The folder cannot be used.
        """
        deadline = time.monotonic() + timeout
        while not self._try_acquire():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    def release(self) -> None:
        """Free one of the slots that this process holds."""
        with self._lock:
            self._held.pop().close()

    def _try_acquire(self) -> bool:
        with translate_os_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            return any(self._try_lock(path) for path in self._files)

    def _try_lock(self, path: Path) -> bool:
        file = path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            if isinstance(error, BlockingIOError):
                return False
            raise
        with self._lock:
            self._held.append(file)
        return True
