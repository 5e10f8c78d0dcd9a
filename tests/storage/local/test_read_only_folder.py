"""A folder of any origin: its regular files are read, and nothing outside it."""

import os
from pathlib import Path
from unittest import mock

import pytest

from app.domain.errors import FileTooLarge, ObjectNotFound, UnusableFile
from app.storage.local.read_only_folder import ReadOnlyFolder

LIMIT = 100  # bytes


def paths_in(folder: ReadOnlyFolder) -> list[str]:
    return [stored.key for stored in folder.list("")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "file").write_bytes(b"inside")
    (tmp_path / "outside").write_bytes(b"outside")
    return root


@pytest.fixture
def folder(root: Path) -> ReadOnlyFolder:
    return ReadOnlyFolder(root, LIMIT)


def test_files_are_listed_in_the_order_of_their_keys(folder: ReadOnlyFolder, root: Path) -> None:
    """The order is that of S3, and hidden files and folders are left out."""
    for name in ("a.txt", "a/c", "a0", ".hidden", "a/.git/config"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"12")
    expected = ["a.txt", "a/b/file", "a/c", "a0"]
    assert paths_in(folder) == expected
    assert [(stored.key, stored.size) for stored in folder.list("a/c")] == [("a/c", 2)]
    assert list(folder.list("missing/")) == []


@pytest.mark.parametrize(
    "path",
    ["../outside", "a/../../outside", "/etc/passwd", "a//b/file", "", ".", "a/b/none", "x\0"],
)
def test_paths_outside_do_not_exist(folder: ReadOnlyFolder, path: str) -> None:
    with pytest.raises(ObjectNotFound):
        folder.get(path)


def test_hard_links_are_read(folder: ReadOnlyFolder, root: Path) -> None:
    """They are files of the folder: incremental backups consist of them."""
    os.link(root / "a" / "b" / "file", root / "again")
    assert folder.get("again") == b"inside"


@pytest.mark.parametrize("component", ["a/b/file", "a/b", "a"])
def test_a_component_that_becomes_a_link_during_the_check_is_not_followed(
    folder: ReadOnlyFolder, root: Path, tmp_path: Path, component: str
) -> None:
    """Between the check of the type and the opening, the path changes to a link outside."""
    target = tmp_path / "elsewhere"
    (root / component).rename(target)
    real_status = target.stat()
    (root / component).symlink_to(target)
    real_stat = os.stat

    def stat_before_the_change(name: str, **options: object) -> os.stat_result:
        last = component.rpartition("/")[2]
        return real_status if name == last else real_stat(name, **options)  # type: ignore[arg-type]

    with (
        mock.patch("app.storage.local.read_only_folder.os.stat", stat_before_the_change),
        pytest.raises((UnusableFile, ObjectNotFound)),
    ):
        folder.get("a/b/file")


def test_a_file_that_becomes_a_fifo_during_the_check_is_refused(
    folder: ReadOnlyFolder, root: Path
) -> None:
    """Opening it does not wait for a writer."""
    (root / "fifo").touch()
    status = (root / "fifo").stat()
    (root / "fifo").unlink()
    os.mkfifo(root / "fifo")
    with (
        mock.patch("app.storage.local.read_only_folder.os.stat", return_value=status),
        pytest.raises(UnusableFile, match="not a regular file"),
    ):
        folder.get("fifo")


def test_large_files_are_refused_before_they_are_read(folder: ReadOnlyFolder, root: Path) -> None:
    """Also a file that grows after it was opened."""
    (root / "full").write_bytes(bytes(LIMIT))
    (root / "large").write_bytes(bytes(LIMIT + 1))
    assert len(folder.get("full")) == LIMIT
    with pytest.raises(FileTooLarge), folder.open("large"):
        pass
    unchecked = mock.patch.object(os, "fstat", return_value=(root / "full").stat())
    with unchecked, pytest.raises(FileTooLarge):
        folder.get("large")


def test_deep_folders_end_at_a_limit(folder: ReadOnlyFolder, root: Path) -> None:
    """A folder below the limit is listed itself, and opening it says why it is not read."""
    deep = root
    for _ in range(40):
        deep = deep / "d"
        deep.mkdir()
    (deep / "file").touch()
    paths = paths_in(folder)
    assert len(paths) == 2
    with pytest.raises(UnusableFile, match="inside more than 32 others"):
        folder.get(paths[1])


def test_a_folder_with_too_many_entries_is_reported(root: Path) -> None:
    """The limit is for an import, and holds in each folder."""
    for name in ("1", "2"):
        (root / "a" / "b" / name).touch()
    assert paths_in(ReadOnlyFolder(root, LIMIT, max_entries=3)) == ["a/b/1", "a/b/2", "a/b/file"]
    limited = ReadOnlyFolder(root, LIMIT, max_entries=2)
    assert paths_in(limited) == ["a/b"]
    with pytest.raises(UnusableFile, match="too many files"):
        limited.get("a/b")
    (root / "c").touch()
    with pytest.raises(OSError, match="more than 1 entries"):
        paths_in(ReadOnlyFolder(root, LIMIT, max_entries=1))


def test_a_folder_that_cannot_be_listed_is_reported(folder: ReadOnlyFolder, root: Path) -> None:
    """An inner folder is listed like a file; without the folder itself nothing can be imported."""
    scandir = os.scandir

    def deny_inner_folders(descriptor: int) -> object:
        if os.path.samestat(os.fstat(descriptor), root.stat()):
            return scandir(descriptor)
        raise PermissionError

    with mock.patch("os.scandir", deny_inner_folders):
        assert paths_in(folder) == ["a"]
    with pytest.raises(UnusableFile, match="This folder can’t be read"):
        folder.get("a")
    with mock.patch("os.scandir", side_effect=PermissionError), pytest.raises(PermissionError):
        paths_in(folder)


def test_a_file_that_cannot_be_read_names_the_reason(folder: ReadOnlyFolder, root: Path) -> None:
    denied = PermissionError(13, "Permission denied")
    with (
        mock.patch("app.storage.local.read_only_folder.os.open", side_effect=denied),
        pytest.raises(UnusableFile, match="This file can’t be read"),
    ):
        folder.get("a/b/file")
