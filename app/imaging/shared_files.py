"""Share open files with worker processes by their path in /proc.

A pipe would copy the bytes of an upload six times.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Literal

_SHARED_SIZE = 2**20  # bytes; a smaller file may still be in memory, and a copy costs nothing


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A path at which another process of our user opens a file, as long as it is open here."""

    path: Path
    device: int
    inode: int

    def open(self, mode: Literal["rb", "r+b"]) -> BinaryIO:
        """Open the file with a position of its own.

        The descriptor may belong to another file by now, so device and inode are compared. A disk
        reuses the inode of a deleted file, memfd does not, so a worker opens the result first.

        Raises:
            FileNotFoundError: The file was closed.
        """
        file: BinaryIO = self.path.open(mode)
        if _device_and_inode(file) != (self.device, self.inode):
            file.close()
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.path))
        return file


@contextmanager
def share_readable(file: BinaryIO) -> Iterator[SharedFile]:
    """Share the file, or a copy if it is small, is in memory or has a name to change it by."""
    if _size(file) >= _SHARED_SIZE and _is_unlinked(file) and _proc_fd_is_readable():
        yield share(file)
        return
    with shared_temp_file() as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        yield share(copy)


def share(file: IO[bytes]) -> SharedFile:
    """Share a file of the operating system; flush it before another process reads it."""
    path = f"/proc/{os.getpid()}/fd/{file.fileno()}" if _proc_fd_is_readable() else file.name
    return SharedFile(Path(path), *_device_and_inode(file))


def shared_temp_file() -> IO[bytes]:
    """Return a new file to share, in memory if possible. Closing it deletes it."""
    if _proc_fd_is_readable():
        # A Python built for an older system has no memfd_create, and a system may forbid it.
        with suppress(AttributeError, OSError):
            return os.fdopen(os.memfd_create("shoebox"), "w+b")
    return tempfile.NamedTemporaryFile()


def _device_and_inode(file: IO[bytes]) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_dev, status.st_ino


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


def _proc_fd_is_readable() -> bool:
    """Return whether other processes of our user can open our file descriptors.

    They can on Linux, unless this process gave up root: proc(5), /proc/pid/fd.
    """
    directory = Path("/proc/self/fd")
    return directory.is_dir() and directory.stat().st_uid == os.geteuid()
