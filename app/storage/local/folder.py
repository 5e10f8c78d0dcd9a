"""Keep objects in a folder, one file per key."""

import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from app.domain.errors import ObjectNotFound, StorageRefused
from app.domain.image.processed_image import Body
from app.os_errors import from_os_error, translate_os_errors
from app.services.ports import StoredObject

_TEMP_FOLDER = ".incoming"
_TEMP_MAX_AGE = 3600.0  # seconds; longer than any put, so a crashed process left an older file
_MAX_RACE_RETRIES = 10
_COPY_BYTES = 2**20  # in one call

_NO_FILE = (FileNotFoundError, IsADirectoryError, NotADirectoryError)


class LocalObjectStore:
    """Implement ObjectStore. The object `records/x.json` is the file `<root>/records/x.json`.

    Names that start with a dot are temporary files, never objects.

    Args:
        root: The folder, created with the first object.
        base_url: The URL path at which the app serves the folder.
    """

    def __init__(self, root: Path, base_url: str = "/media") -> None:
        self._root = root
        self._base_url = base_url
        self._temp_folder = root / _TEMP_FOLDER
        with suppress(OSError):  # a disk error is reported when the disk is used
            self._delete_stale_temp_files()

    def put(self, key: str, body: Body) -> None:
        """Write, sync and rename a temporary file, so that a crash leaves no partial object."""
        target = self._path(key)
        temp_file = self._temp_folder / secrets.token_hex(16)
        with translate_os_errors(self._root):
            try:
                _make_folder(self._temp_folder)
                _write_synced(temp_file, body)
                _rename_synced(temp_file, target)
            except BaseException:
                with suppress(OSError):
                    temp_file.unlink(missing_ok=True)
                raise

    def replace(self, key: str, body: Body) -> None:
        """Store another body. There is no CDN whose copies could be removed."""
        self.put(key, body)

    def get(self, key: str) -> bytes:
        """Return the body. Raises ObjectNotFound."""
        path = self._path(key)
        with translate_os_errors(self._root):
            try:
                return path.read_bytes()
            except _NO_FILE as error:
                raise ObjectNotFound(key) from error

    def open(self, key: str, start: int = 0) -> BinaryIO:
        """Return the file at the position `start`. Raises ObjectNotFound."""
        path = self._path(key)
        with translate_os_errors(self._root):
            try:
                file = path.open("rb")
            except _NO_FILE as error:
                raise ObjectNotFound(key) from error
            file.seek(start)
            return file

    def exists(self, key: str) -> bool:
        """Return whether the object exists."""
        path = self._path(key)
        with translate_os_errors(self._root):
            return path.is_file()

    def copy(self, source: str, target: str) -> None:
        """Copy the object. Raises ObjectNotFound.

        The copy is a hard link, so that photos can be deleted on a full disk. Objects never change,
        so both keys may share one file.
        """
        source_path, target_path = self._path(source), self._path(target)
        temp_file = self._temp_folder / secrets.token_hex(16)
        with translate_os_errors(self._root):
            try:
                _make_folder(self._temp_folder)
                os.link(source_path, temp_file)
            except _NO_FILE as error:
                raise ObjectNotFound(source) from error
            except OSError:  # the file system has no hard links
                self.put(target, self.get(source))
                return
            try:
                _rename_synced(temp_file, target_path)
            finally:
                # A rename does nothing if both names are links to the same file.
                if temp_file.exists():
                    temp_file.unlink(missing_ok=True)

    def delete(self, keys: Iterable[str]) -> None:
        """Delete files and empty folders. Raises StorageError with the keys that failed."""
        failures: dict[str, OSError] = {}
        paths = {key: self._path(key) for key in keys}
        missing = set(filter(_lacks, {path.parent for path in paths.values()}))
        for key, path in paths.items():
            try:
                if path.parent not in missing:
                    _unlink(path)
            except OSError as error:
                failures[key] = error
        folders = {path.parent for key, path in paths.items() if key not in failures}
        changed = {self._pruned(folder) for folder in folders - missing}
        if failures:
            cause = next(iter(failures.values()))
            raise from_os_error(self._root, cause, f"delete {', '.join(failures)} from") from cause
        with translate_os_errors(self._root):
            for folder in changed:
                with suppress(*_NO_FILE):  # another process deleted it, and synced its parent
                    _sync_folder(folder)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose key starts with `prefix`, sorted by key, one folder at a time."""
        above = prefix.rpartition("/")[0]
        folder = self._path(above) if above else self._root
        with translate_os_errors(self._root):
            yield from _objects(folder, f"{above}/" if above else "", prefix)

    def url(self, key: str) -> str:
        """Return the URL path at which the app serves the object."""
        return f"{self._base_url}/{quote(key)}"

    def ping(self) -> None:
        """Check that an object could be written. Raises StorageError."""
        with translate_os_errors(self._root):
            _make_folder(self._temp_folder)
            probe = self._temp_folder / secrets.token_hex(16)
            probe.touch()
            probe.unlink()
            if os.statvfs(self._root).f_bavail == 0:
                raise StorageRefused(
                    f"Shoebox can't use {self._root}: its disk is full. Free some space."
                )

    def _path(self, key: str) -> Path:
        if (
            any(not part or part.startswith(".") for part in key.split("/"))
            or "\0" in key
            or "\\" in key
        ):
            raise ValueError(f"not a key: {key!r}")
        return self._root / key

    def _pruned(self, folder: Path) -> Path:
        """Delete the folder and its parents while they are empty. Return the first that stays."""
        with suppress(OSError):
            while self._root not in (folder, folder.parent):
                folder.rmdir()
                folder = folder.parent
        return folder

    def _delete_stale_temp_files(self) -> None:
        for temp_file in self._temp_folder.iterdir():
            if temp_file.stat().st_mtime < time.time() - _TEMP_MAX_AGE:
                temp_file.unlink(missing_ok=True)


def _objects(folder: Path, base: str, prefix: str) -> Iterator[StoredObject]:
    """Yield the objects below `folder` that start with `prefix`. Their keys start with `base`."""
    for entry in _entries(folder):
        key = base + entry.name
        if entry.is_dir():
            if f"{key}/".startswith(prefix[: len(key) + 1]):
                yield from _objects(folder / entry.name, f"{key}/", prefix)
        elif key.startswith(prefix):
            with suppress(FileNotFoundError):
                yield StoredObject(key, entry.stat().st_size)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return the folder's entries, sorted by key as in S3: a subfolder sorts with its slash."""
    try:
        with os.scandir(folder) as entries:
            named = [entry for entry in entries if not entry.name.startswith(".")]
    except _NO_FILE:
        return []
    return sorted(named, key=lambda entry: entry.name + "/" * entry.is_dir())


def _lacks(folder: Path) -> bool:
    """Return whether the folder is missing, which no error of the disk hides."""
    with suppress(OSError):
        return not folder.exists()
    return False


def _unlink(path: Path) -> None:
    with suppress(*_NO_FILE):
        path.unlink()


def _write_synced(path: Path, body: Body) -> None:
    with path.open("xb") as file:
        if isinstance(body, bytes):
            file.write(body)
        else:
            body.seek(0)
            shutil.copyfileobj(body, file, _COPY_BYTES)
        file.flush()
        os.fsync(file.fileno())


def _rename_synced(source: Path, target: Path) -> None:
    for race in range(_MAX_RACE_RETRIES):
        try:
            _make_folder(target.parent)
            source.replace(target)
            break
        except (FileNotFoundError, FileExistsError):
            # A delete removed the empty folder between two calls.
            if race == _MAX_RACE_RETRIES - 1:
                raise
    _sync_folder(target.parent)


def _make_folder(folder: Path) -> None:
    """Create the folder and its missing parents, and sync each entry."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
