"""A disk that is full, read-only or damaged is an error with a reason, and loses no object.

Covers app.os_errors.
"""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.errors import StorageError, StorageRefused, StorageUnavailable
from app.storage.local.folder import LocalObjectStore
from tests.storage.local.object_folder import KEY, MOUNT, can_mount, files


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, StorageRefused),
        (errno.EDQUOT, StorageRefused),
        (errno.EROFS, StorageRefused),
        (errno.EACCES, StorageRefused),
        (errno.EIO, StorageUnavailable),
        (errno.EMFILE, StorageUnavailable),
    ],
)
def test_a_disk_in_trouble(
    store: LocalObjectStore,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    expected: type[StorageError],
) -> None:
    """The error names the folder and keeps its cause. The old object stays."""
    store.put(KEY, b"before")

    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fail)
        with pytest.raises(expected, match=str(root)) as error:
            store.put(KEY, b"after")
    assert isinstance(error.value.__cause__, OSError)
    assert store.get(KEY) == b"before"
    assert files(root) == [KEY]


def test_deletes_that_fail_are_named(
    store: LocalObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that stay are named in one StorageError, and the others are gone."""
    keys = [f"photos/{name}/320.jpg" for name in "abc"]
    for key in keys:
        store.put(key, b"")
    real = Path.unlink

    def unlink(path: Path, *, missing_ok: bool = False) -> None:
        if path.parent.name in "ab":
            raise PermissionError(errno.EACCES, "no")
        real(path, missing_ok=missing_ok)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "unlink", unlink)
        with pytest.raises(StorageRefused) as error:
            store.delete(keys)
    assert all(key in str(error.value) for key in keys[:2])
    assert [found.key for found in store.list("")] == keys[:2]


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    """A file in place of the folder is an error with a reason, not an empty gallery."""
    (tmp_path / "objects").write_text("a file")
    store = LocalObjectStore(tmp_path / "objects")
    with pytest.raises(StorageRefused, match="Move that file"):
        store.put(KEY, b"")
    with pytest.raises(StorageRefused, match="Move that file"):
        store.ping()


ON_A_DISK = """
import sys
from pathlib import Path
from app.storage.local.folder import LocalObjectStore
from app.domain.errors import StorageRefused
store = LocalObjectStore(Path(sys.argv[1]))
for call in (lambda: store.put("photos/a/1.jpg", bytes(10**6)), store.ping):
    try:
        call()
    except StorageRefused as error:
        print(error)
temp_files = [path.name for path in Path(sys.argv[1]).glob(".incoming/*")]
print([found.key for found in store.list("")], temp_files)
"""


@pytest.mark.parametrize(
    ("disk", "complaints"),
    [
        (
            "mount -t tmpfs -o size=256k t $1; head -c 1M /dev/zero > $1/other",
            ["its disk is full"] * 2,
        ),
        ("mount -t tmpfs -o size=256k t $1", ["its disk is full"]),
        ("mount -t tmpfs -o ro t $1", ["mounted read-only"] * 2),
    ],
    ids=["full", "too small", "read-only"],
)
def test_a_real_disk_in_trouble(tmp_path: Path, disk: str, complaints: list[str]) -> None:
    """On a full or read-only disk put and ping are refused and leave nothing."""
    if not can_mount():
        pytest.skip("this system lets no user mount a disk of their own")
    script = f'{disk} 2>/dev/null; exec "$2" -c "$3" "$1"'
    ran = subprocess.run(
        [*MOUNT, script, "sh", str(tmp_path), sys.executable, ON_A_DISK],
        capture_output=True,
        text=True,
        check=True,
    )
    *said, left = ran.stdout.splitlines()
    assert len(said) == len(complaints)
    assert all(complaint in line for complaint, line in zip(complaints, said, strict=True))
    assert left in ("[] []", "['other'] []")
