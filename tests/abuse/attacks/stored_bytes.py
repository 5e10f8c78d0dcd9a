"""Measure how many bytes the files of a site take, also those that have no name any more."""

import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_PAUSE = 0.1  # seconds between two measurements


@dataclass
class Growth:
    """By how many bytes the files grew at most."""

    largest: int = 0


@contextmanager
def watching(folder: Path) -> Iterator[Growth]:
    """Measure the files of `folder` during the block, from a thread."""
    growth, stopped = Growth(), threading.Event()
    before = stored_bytes(folder)

    def watch() -> None:
        while not stopped.wait(_PAUSE):
            growth.largest = max(growth.largest, stored_bytes(folder) - before)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield growth
    finally:
        stopped.set()
        thread.join()


def stored_bytes(folder: Path) -> int:
    """Return the size of all files in `folder`, and of deleted ones that are still open.

    nginx and Python delete temporary files at once, and use them until they close them.
    """
    sizes: dict[tuple[int, int], int] = {}
    for path in (*folder.rglob("*"), *_open_files(folder)):
        with suppress(OSError):  # deleted or closed since
            status = path.stat()
            if stat.S_ISREG(status.st_mode):
                sizes[status.st_dev, status.st_ino] = status.st_size
    return sum(sizes.values())


def _open_files(folder: Path) -> Iterator[Path]:
    """Yield the entries of /proc of the files that any process has open."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or it is another user's
            for file in (process / "fd").iterdir():
                if file.readlink().is_relative_to(folder):
                    yield file
