"""Open the files that a worker process gets: the upload, only for reading, and its answer."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO

_SHARED_SIZE = 2**20  # bytes; a smaller file may still be in memory, and a copy costs nothing


def open_read_only(file: BinaryIO) -> IO[bytes]:
    """Return the file opened again, or a copy, from its start.

    A file that is small, in memory, or has a name in a folder is copied, so that no other process
    can change the result.
    """
    if _size(file) >= _SHARED_SIZE and _is_unlinked(file):
        with suppress(OSError):  # a system without /proc
            return _reopen(file)
    with temp_file() as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        with suppress(OSError):
            return _reopen(copy)
        copy.seek(0)
        return os.fdopen(os.dup(copy.fileno()), "rb")


def temp_file() -> IO[bytes]:
    """Return a new file without a name, in memory if possible. Closing it deletes it."""
    # A Python built for an older system has no memfd_create, and a system may forbid it.
    with suppress(AttributeError, OSError):
        return os.fdopen(os.memfd_create("shoebox"), "w+b")
    return tempfile.TemporaryFile()


def _reopen(file: IO[bytes]) -> IO[bytes]:
    """Open the file for reading, with a position of its own."""
    return Path(f"/proc/self/fd/{file.fileno()}").open("rb")


def _size(file: BinaryIO) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def _is_unlinked(file: BinaryIO) -> bool:
    """Return whether the file is one of the operating system without a name in any directory."""
    try:
        return os.fstat(file.fileno()).st_nlink == 0
    except OSError:
        return False
