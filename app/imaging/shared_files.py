"""Lending open files to other processes of ours, which find them by name: a pipe would copy their bytes six times."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Literal

_LARGE = 2**20  # bytes; what is smaller may be in memory still, and a copy of it costs nothing


@dataclass(frozen=True, slots=True)
class SharedFile:
    """Where another process of our user finds a file as long as it is open here, and which file that is."""

    path: Path
    device: int
    inode: int

    def open(self, mode: Literal["rb", "r+b"]) -> BinaryIO:
        """The file, with a position of its own. Raises FileNotFoundError where it was closed meanwhile.

        A disk may give a new file the inode of one that is gone; memory does not. So a sheet is opened first.
        """
        file: BinaryIO = self.path.open(mode)
        if _identity(file) != (self.device, self.inode):  # another file has its number now
            file.close()
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.path))
        return file


@contextmanager
def share_readable(file: BinaryIO) -> Iterator[SharedFile]:
    """The file; a copy of it where it is small or in memory, or has a name, under which others may change it."""
    if _size(file) >= _LARGE and _is_unlinked(file) and _proc_fd_is_readable():
        yield share(file)
        return
    with shared_temp_file() as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        yield share(copy)


def share(file: IO[bytes]) -> SharedFile:
    """The file, which is the system's: what Python holds back of it must have been flushed."""
    path = f"/proc/{os.getpid()}/fd/{file.fileno()}" if _proc_fd_is_readable() else file.name
    return SharedFile(Path(path), *_identity(file))


def shared_temp_file() -> IO[bytes]:
    """A new file that can be lent and is gone when it is closed: in memory, where the system and Python know how."""
    if _proc_fd_is_readable():
        with suppress(
            AttributeError, OSError
        ):  # a Python built for older systems; a system that allows none
            return os.fdopen(os.memfd_create("sheet"), "w+b")
    return tempfile.NamedTemporaryFile()


def _identity(file: IO[bytes]) -> tuple[int, int]:
    found = os.fstat(file.fileno())
    return found.st_dev, found.st_ino


def _size(file: BinaryIO) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def _is_unlinked(file: BinaryIO) -> bool:
    """Whether it is a file of the system, and no folder has it."""
    try:
        return os.fstat(file.fileno()).st_nlink == 0
    except OSError:
        return False


def _proc_fd_is_readable() -> bool:
    """Whether other processes of our user may open what is open here: on Linux, unless we gave up root (proc(5))."""
    files = Path("/proc/self/fd")
    return files.is_dir() and files.stat().st_uid == os.geteuid()
