"""Restore a folder by changing only the files that differ from a copy."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_Path = str  # relative to the folder


class _Version(NamedTuple):
    """Tells whether a file is still the one that was restored.

    A restored file has the time of its copy, and every later write sets a later one. Another file
    that is linked to its name has another inode.
    """

    inode: int
    mtime_ns: int
    size: int

    @classmethod
    def of(cls, status: os.stat_result) -> "_Version":
        return cls(status.st_ino, status.st_mtime_ns, status.st_size)


class _File(NamedTuple):
    """A file in memory, with its times. No file of a backend has a mode of its own."""

    content: bytes
    times: tuple[int, int]  # nanoseconds since 1970: accessed, modified

    @classmethod
    def at(cls, entry: os.DirEntry[str]) -> "_File":
        status = entry.stat()
        return cls(Path(entry).read_bytes(), (status.st_atime_ns, status.st_mtime_ns))

    def write(self, path: Path) -> None:
        path.write_bytes(self.content)
        os.utime(path, ns=self.times)


class SavedFolder:
    """A copy of a folder in `saved`, which does not exist yet.

    Args:
        folder: The folder to save and to restore.
        saved: The folder for the copy.
        always: The start of the names of files that are written in place, as those of SQLite.
    """

    def __init__(self, folder: Path, saved: Path, always: str) -> None:
        shutil.copytree(folder, saved)
        self._folder, self._always = folder, always
        entries = list(entries_of(saved))
        self._folders = [path for path, entry in entries if entry.is_dir()]
        self._files = {path: _File.at(entry) for path, entry in entries if not entry.is_dir()}
        self._restored: dict[_Path, _Version] = {}

    def restore(self) -> None:
        """Make the folder equal to the copy."""
        self._folder.mkdir(exist_ok=True)
        kept = set(self._remove_others())
        for path in self._folders:
            if path not in kept:
                (self._folder / path).mkdir()
        for path in self._files.keys() - kept:
            self._write(path)

    def _remove_others(self) -> Iterator[_Path]:
        """Remove the paths that differ, the content of each folder first, and yield the others."""
        folders = set(self._folders)
        for path, entry in reversed(list(entries_of(self._folder))):
            if not entry.is_dir():
                if self._restored.get(path) == _Version.of(entry.stat()):
                    yield path
                else:
                    Path(entry).unlink()
            elif path in folders:
                yield path
            else:
                Path(entry).rmdir()

    def _write(self, path: _Path) -> None:
        restored = self._folder / path
        self._files[path].write(restored)
        if not path.startswith(self._always):
            self._restored[path] = _Version.of(restored.stat())


def entries_of(folder: str | Path, prefix: _Path = "") -> Iterator[tuple[_Path, os.DirEntry[str]]]:
    """Yield the path and the entry of everything in a folder, each folder before its content."""
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            yield path, entry
            if entry.is_dir():
                yield from entries_of(entry.path, f"{path}/")
