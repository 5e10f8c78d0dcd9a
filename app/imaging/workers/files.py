"""Open the files of a worker process: the upload, which it only reads, and its answer."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Self

from app.os_errors import translate_os_errors

_SHARED_SIZE = 2**20  # bytes; a smaller file may still be in memory, and a copy costs nothing


@dataclass(frozen=True, slots=True)
class WorkerFiles:
    """The files of one photo.

    Args:
        upload: The file to process.
        answer: Gets the answer without the original (see app.imaging.workers.answers).
        original: Gets the original as it is published. It is on the disk, since photos that wait
            for slow storage would fill the memory.
    """

    upload: BinaryIO
    answer: IO[bytes]
    original: IO[bytes]

    @classmethod
    @contextmanager
    def open(cls, upload: BinaryIO) -> Iterator[Self]:
        """Open the upload for reading and create the other files. Raises StorageError."""
        with ExitStack() as files:
            with translate_os_errors(Path(tempfile.gettempdir())):
                opened = cls(
                    files.enter_context(open_read_only(upload)),
                    files.enter_context(temp_file()),
                    files.enter_context(tempfile.TemporaryFile()),
                )
            yield opened

    @property
    def descriptors(self) -> list[int]:
        """The file descriptors, in the order of the fields."""
        return [file.fileno() for file in (self.upload, self.answer, self.original)]


def open_read_only(file: BinaryIO) -> BinaryIO:
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
        return open_again(copy)


def open_again(file: IO[bytes]) -> BinaryIO:
    """Return another object for the same file, which stays open when `file` is closed."""
    return os.fdopen(os.dup(file.fileno()), "rb")


def temp_file() -> IO[bytes]:
    """Return a new file without a name, in memory if possible. It is deleted when closed."""
    # A Python built for an older system has no memfd_create, and a system may forbid it.
    with suppress(AttributeError, OSError):
        return os.fdopen(os.memfd_create("shoebox"), "w+b")
    return tempfile.TemporaryFile()


def _reopen(file: IO[bytes]) -> BinaryIO:
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
