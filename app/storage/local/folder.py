"""Objects in a folder, one file a key."""

import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from app.domain.errors import ObjectNotFound, StorageRefused
from app.os_errors import from_os_error, translate_os_errors
from app.services.ports import StoredObject

_TEMP_FOLDER = ".incoming"
_TEMP_MAX_AGE = (
    3600.0  # seconds: no put takes that long, so what is older was left by a process that died
)
_MAX_RACE_RETRIES = 10

_NO_FILE = (FileNotFoundError, IsADirectoryError, NotADirectoryError)


class LocalObjectStore:
    """The ObjectStore of the embedded home: key `photos/x/320.jpg` is the file `root`/photos/x/320.jpg.

    Names that begin with a dot are Shoebox's own and never objects. `base_url` is where the app serves the folder.
    """

    def __init__(self, root: Path, base_url: str = "/media") -> None:
        self._root = root
        self._base_url = base_url
        self._scratch = root / _TEMP_FOLDER
        with suppress(OSError):  # a disk that is in trouble says so when it is used
            self._delete_stale_temp_files()

    def put(self, key: str, body: bytes) -> None:
        """Write beside, sync, rename, sync the folder: after a crash there is the whole object or none."""
        target = self._path(key)
        scratch = self._scratch / secrets.token_hex(16)
        with translate_os_errors(self._root):
            try:
                _make_folder(self._scratch)
                _write_synced(scratch, body)
                _rename_synced(scratch, target)
            except BaseException:
                with suppress(OSError):
                    scratch.unlink(missing_ok=True)
                raise

    def get(self, key: str) -> bytes:
        """The object's body. Raises ObjectNotFound."""
        path = self._path(key)
        with translate_os_errors(self._root):
            try:
                return path.read_bytes()
            except _NO_FILE as error:
                raise ObjectNotFound(key) from error

    def exists(self, key: str) -> bool:
        """Whether there is a file for `key`."""
        path = self._path(key)
        with translate_os_errors(self._root):
            return path.is_file()

    def copy(self, source: str, target: str) -> None:
        """Store the object under `source` under `target` too: a link, so that a full disk can be emptied.

        Objects never change, so two names for one file are as good as two files. Raises ObjectNotFound.
        """
        source_path, target_path = self._path(source), self._path(target)
        scratch = self._scratch / secrets.token_hex(16)
        with translate_os_errors(self._root):
            try:
                _make_folder(self._scratch)
                os.link(source_path, scratch)
            except _NO_FILE as error:
                raise ObjectNotFound(source) from error
            except OSError:  # a file system without links
                self.put(target, self.get(source))
                return
            try:
                _rename_synced(scratch, target_path)
            finally:
                scratch.unlink(
                    missing_ok=True
                )  # a rename onto another name of the same file leaves both

    def delete(self, keys: Iterable[str]) -> None:
        """Remove the files and the folders that this empties; raises StorageError naming those that stay."""
        failures: dict[str, OSError] = {}
        changed: set[Path] = set()
        for key, path in [(key, self._path(key)) for key in keys]:
            try:
                _unlink(path)
            except OSError as error:
                failures[key] = error
            else:
                changed.add(self._pruned(path.parent))
        if failures:
            cause = next(iter(failures.values()))
            raise from_os_error(self._root, cause, f"delete {', '.join(failures)} from") from cause
        with translate_os_errors(self._root):
            for folder in changed:
                with suppress(*_NO_FILE):  # who removed it since has synced the one above
                    _sync_folder(folder)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Every object whose key starts with `prefix`, in the order of keys; holds one folder's names at a time."""
        above = prefix.rpartition("/")[0]
        folder = self._path(above) if above else self._root
        with translate_os_errors(self._root):
            yield from _objects(folder, f"{above}/" if above else "", prefix)

    def url(self, key: str) -> str:
        """Where the app serves `key`: a path below `base_url`."""
        return f"{self._base_url}/{quote(key)}"

    def ping(self) -> None:
        """Return when an object could be written now, else raise StorageError."""
        with translate_os_errors(self._root):
            _make_folder(self._scratch)
            probe = self._scratch / secrets.token_hex(16)
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
        """Remove `folder` and those above it as far as they are empty; gives the first that stays."""
        with suppress(OSError):
            while self._root not in (folder, folder.parent):
                folder.rmdir()
                folder = folder.parent
        return folder

    def _delete_stale_temp_files(self) -> None:
        for left in self._scratch.iterdir():
            if left.stat().st_mtime < time.time() - _TEMP_MAX_AGE:
                left.unlink(missing_ok=True)


def _objects(folder: Path, base: str, prefix: str) -> Iterator[StoredObject]:
    """The objects below `folder`, whose keys begin with `base`, as far as they begin with `prefix` too."""
    for entry in _entries(folder):
        key = base + entry.name
        if entry.is_dir():
            if f"{key}/".startswith(prefix[: len(key) + 1]):
                yield from _objects(folder / entry.name, f"{key}/", prefix)
        elif key.startswith(prefix):
            with suppress(FileNotFoundError):
                yield StoredObject(key, entry.stat().st_size)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What is in `folder`, in the order of the keys below it: a folder sorts with its slash, as S3 does."""
    try:
        with os.scandir(folder) as entries:
            named = [entry for entry in entries if not entry.name.startswith(".")]
    except _NO_FILE:
        return []
    return sorted(named, key=lambda entry: entry.name + "/" * entry.is_dir())


def _unlink(path: Path) -> None:
    with suppress(*_NO_FILE):
        path.unlink()


def _write_synced(path: Path, body: bytes) -> None:
    with path.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _rename_synced(source: Path, target: Path) -> None:
    for race in range(_MAX_RACE_RETRIES):
        try:
            _make_folder(target.parent)
            source.replace(target)
            break
        except (
            FileNotFoundError,
            FileExistsError,
        ):  # a delete removed the emptied folder between two calls
            if race == _MAX_RACE_RETRIES - 1:
                raise
    _sync_folder(target.parent)


def _make_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, each entry durable."""
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
