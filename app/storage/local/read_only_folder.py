"""Read a folder that may come from a stranger: its regular files, and nothing outside it."""

import errno
import logging
import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import FileTooLarge, ObjectNotFound, UnusableFile
from app.domain.messages import message
from app.services.ports import StoredObject

_log = logging.getLogger(__name__)

_MAX_DEPTH = 32  # folders inside each other; an export has four
# Opening a FIFO or a device without O_NONBLOCK may wait for ever.
_FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC

_SYMBOLIC_LINK = message("This is a symbolic link. Only files inside the folder are imported.")
_BEHIND_LINK = message("A folder on its path is a symbolic link.")
_NOT_REGULAR = message("This is not a regular file.")
_UNREADABLE_FOLDER = message(
    "This folder can’t be read, has too many files, or is inside more than %(most)s others."
)
_UNREADABLE = message("This file can’t be read.")


class ReadOnlyFolder:
    """Implement ObjectSource and PhotoFolder on a folder of any origin.

    Paths are relative and have slashes. Every component is opened relative to the one before it
    and without following links, so a path stays inside the folder even if the folder changes at
    the same time. Hard links are read: a hard link is a file of the folder itself, the system lets
    users make them of their own files only, and backup programs make them of unchanged files.

    Args:
        root: The folder. It may itself be a symbolic link.
        max_file_bytes: The size limit of one file.
        max_entries: The most entries of one folder; None for any number. A folder with more counts
            as unreadable.
    """

    def __init__(self, root: Path, max_file_bytes: int, max_entries: int | None = None) -> None:
        self._root = root
        self._max_file_bytes = max_file_bytes
        self._max_entries = max_entries

    @property
    def name(self) -> str:
        """The name of the folder itself. If it is a link, that of its target."""
        return self._root.resolve().name

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the files that are not hidden and whose path starts with `prefix`, sorted by path.

        Links, devices and folders that are unreadable, full or too deep are among them, so that the
        caller can report them: `open` raises the cause.
        """
        folder = prefix.rpartition("/")[0]
        return (stored for stored in self._walk(folder, prefix) if stored.key.startswith(prefix))

    def get(self, key: str) -> bytes:
        """Return the content of a file.

        Raises:
            ObjectNotFound: There is no such file.
            UnusableFile: It is not a regular file inside the folder, or cannot be read.
            FileTooLarge: The file has more bytes than are allowed.
        """
        with self.open(key) as file:
            try:
                body = file.read(self._max_file_bytes + 1)
            except OSError as error:
                raise _unreadable(error) from error
        self._check_size(len(body))  # the file may have grown since it was opened
        return body

    def open(self, path: str) -> BinaryIO:
        """Open a regular file for reading. Raises the errors of `get`."""
        *folders, name = path.split("/")
        try:
            folder = _open_folder(self._root, folders)
            try:
                file = _open_regular_file(name, folder)
            finally:
                os.close(folder)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ObjectNotFound(path) from error
        except OSError as error:
            raise _unreadable(error) from error
        try:
            self._check_size(os.fstat(file.fileno()).st_size)
        except FileTooLarge:
            file.close()
            raise
        return file

    def _check_size(self, size: int) -> None:
        if size > self._max_file_bytes:
            raise FileTooLarge.of(size, self._max_file_bytes)

    def _walk(self, folder: str, prefix: str) -> Iterator[StoredObject]:
        """Yield the files below `folder`, except in folders without a path that has the prefix."""
        try:
            entries = _entries(self._root, folder, self._max_entries)
        except OSError:
            if not folder:
                raise
            yield StoredObject(folder, 0)
            return
        for name, size, is_folder in entries:
            path = f"{folder}/{name}" if folder else name
            if is_folder and path.count("/") < _MAX_DEPTH:
                if f"{path}/".startswith(prefix[: len(path) + 1]):
                    yield from self._walk(path, prefix)
            else:
                yield StoredObject(path, size)


def _entries(root: Path, folder: str, most: int | None) -> list[tuple[str, int, bool]]:
    """Return name, size and "is a folder" of the entries, sorted by path as in S3.

    Raises:
        OSError: The folder cannot be read, or has more than `most` entries.
    """
    try:
        descriptor = _open_folder(root, folder.split("/") if folder else [])
    except (FileNotFoundError, NotADirectoryError, UnusableFile):
        return []
    try:
        with os.scandir(descriptor) as entries:
            shown = (entry for entry in entries if not entry.name.startswith("."))
            found = [_describe(entry) for entry in islice(shown, most and most + 1)]
    finally:
        os.close(descriptor)
    if most is not None and len(found) > most:
        raise OSError(errno.EOVERFLOW, f"The folder has more than {most} entries")
    return sorted(found, key=lambda entry: entry[0] + "/" * entry[2])


def _open_folder(root: Path, names: list[str]) -> int:
    """Return a descriptor of the folder below `root`; the caller closes it."""
    descriptor = os.open(root, _FOLDER_FLAGS)
    for name in names:
        try:
            inner = _open_inner_folder(name, descriptor)
        finally:
            os.close(descriptor)
        descriptor = inner
    return descriptor


def _describe(entry: os.DirEntry[str]) -> tuple[str, int, bool]:
    size = entry.stat(follow_symlinks=False).st_size
    return entry.name, size, entry.is_dir(follow_symlinks=False)


def _open_inner_folder(name: str, folder: int) -> int:
    _check_name(name)
    if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        raise UnusableFile(_BEHIND_LINK)
    return os.open(name, _FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=folder)


def _open_regular_file(name: str, folder: int) -> BinaryIO:
    """Open the file. Its type is checked first, because opening a device can have effects."""
    _check_name(name)
    _check_type(os.stat(name, dir_fd=folder, follow_symlinks=False))
    file = os.fdopen(os.open(name, _FILE_FLAGS, dir_fd=folder), "rb")
    try:
        _check_type(os.fstat(file.fileno()))
    except UnusableFile:
        file.close()
        raise
    return file


def _check_name(name: str) -> None:
    if name in {"", ".", ".."} or "/" in name or "\0" in name:
        raise FileNotFoundError(name)


def _check_type(status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise UnusableFile(_SYMBOLIC_LINK)
    if stat.S_ISDIR(status.st_mode):
        raise UnusableFile(_UNREADABLE_FOLDER.with_values(most=_MAX_DEPTH))
    if not stat.S_ISREG(status.st_mode):
        raise UnusableFile(_NOT_REGULAR)


def _unreadable(error: OSError) -> UnusableFile:
    """Log the cause, which is in the language of the system, and leave it out of the message."""
    _log.warning("a file of a folder is unreadable: %s", error.strerror)
    return UnusableFile(_UNREADABLE)
