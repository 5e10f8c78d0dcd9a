"""A saved folder is restored exactly, whatever changed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.shortcuts.saved_folder import SavedFolder, entries_of


def _replace(folder: Path) -> None:
    (folder / "new").write_text("ONE")
    (folder / "new").replace(folder / "a/one")


def _swap(folder: Path) -> None:
    """Leave the file two, which has the size and the time of one, under the name of one."""
    (folder / "a/b/two").replace(folder / "a/one")


def _link(folder: Path) -> None:
    (folder / "a/one").unlink()
    (folder / "a/one").hardlink_to(folder / "a/b/two")


def _append_to_catalog(folder: Path) -> None:
    status = (folder / "catalog").stat()
    (folder / "catalog").write_text("CATALOG")
    os.utime(folder / "catalog", ns=(status.st_atime_ns, status.st_mtime_ns))


def _add(folder: Path) -> None:
    (folder / "c/d").mkdir(parents=True)
    (folder / "c/d/three").touch()


def _remove(folder: Path) -> None:
    (folder / "a/b/two").unlink()
    (folder / "a/b").rmdir()
    (folder / "empty").rmdir()


def _remove_all(folder: Path) -> None:
    _remove(folder)
    for name in ("a/one", "catalog"):
        (folder / name).unlink()
    (folder / "a").rmdir()
    folder.rmdir()


def _nothing(folder: Path) -> None:
    assert folder.is_dir()


CHANGES = (_nothing, _replace, _swap, _link, _append_to_catalog, _add, _remove, _remove_all)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_undone(tmp_path: Path, change: Callable[[Path], None]) -> None:
    """Files, their content and folders are those of the copy, after a second change too."""
    folder = tmp_path / "folder"
    for path in ("a/b", "empty"):
        (folder / path).mkdir(parents=True)
    for path in ("a/one", "a/b/two", "catalog"):
        (folder / path).write_text(path[-3:])
        os.utime(folder / path, ns=(1, 1))
    before = _tree(folder)
    saved = SavedFolder(folder, tmp_path / "saved", always="catalog")
    for _ in range(2):
        change(folder)
        saved.restore()
        assert _tree(folder) == before


def _tree(folder: Path) -> dict[str, str | None]:
    return {
        path: None if entry.is_dir() else Path(entry).read_text()
        for path, entry in entries_of(folder)
    }
