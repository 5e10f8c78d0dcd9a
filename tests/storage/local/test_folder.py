"""The folder's own properties: keys that stay inside, crashes, disks that are full or read-only.

Covers app.os_errors.
"""

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from app.domain.errors import StorageError, StorageRefused, StorageUnavailable
from app.storage.local.folder import LocalObjectStore

KEY = "photos/01ABC/320.jpg"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "objects"


@pytest.fixture
def store(root: Path) -> LocalObjectStore:
    return LocalObjectStore(root)


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../x",
        "photos/../../x",
        "photos/..",
        "photos//x",
        "photos/",
        ".incoming/x",
        "a\0b",
        "a\\..\\b",
    ],
)
def test_no_key_leads_outside(store: LocalObjectStore, root: Path, key: str) -> None:
    """An absolute, climbing or hidden key raises ValueError and touches nothing."""
    calls: list[Callable[[], object]] = [
        lambda: store.put(key, b""),
        lambda: store.get(key),
        lambda: store.exists(key),
        lambda: store.copy(key, KEY),
        lambda: store.delete([key]),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="not a key"):
            call()
    assert not root.exists()


def test_a_key_that_is_wrong_deletes_nothing(store: LocalObjectStore) -> None:
    """Keys are looked at before the first is deleted."""
    store.put(KEY, b"")
    with pytest.raises(ValueError, match="not a key"):
        store.delete([KEY, "../x"])
    assert store.exists(KEY)


def test_emptied_photo_folders_go(store: LocalObjectStore, root: Path) -> None:
    """A deleted photo leaves no empty folder; the three folders of all photos stay."""
    store.put(KEY, b"")
    store.put("photos/01ABD/320.jpg", b"")
    store.delete([KEY])
    assert sorted(path.name for path in (root / "photos").iterdir()) == ["01ABD"]
    store.delete(["photos/01ABD/320.jpg"])
    assert (root / "photos").is_dir()


def test_a_folder_is_removed_once(
    store: LocalObjectStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All files of a folder are deleted first, so no attempt to remove it fails."""
    keys = [f"photos/01ABC/{width}.jpg" for width in (320, 640, 1280)]
    for key in (*keys, "photos/01ABD/320.jpg"):
        store.put(key, b"photo")
    removed: list[str] = []
    rmdir = os.rmdir

    def noted(path: Path) -> None:
        removed.append(Path(path).relative_to(root).as_posix())
        rmdir(path)

    monkeypatch.setattr(os, "rmdir", noted)
    store.delete(keys)
    assert removed == ["photos/01ABC"]


def test_what_a_crash_leaves_is_no_object(store: LocalObjectStore, root: Path) -> None:
    """Partial files are never listed. The next start deletes those of dead processes."""
    store.put(KEY, b"")
    old, fresh = root / ".incoming" / "old", root / ".incoming" / "fresh"
    old.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    assert [found.key for found in store.list("")] == [KEY]
    LocalObjectStore(root)
    assert files(root) == [".incoming/fresh", KEY]


def test_the_file_is_synced_before_it_is_named(
    store: LocalObjectStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The body is synced before the rename, and the folder before put returns."""
    steps: list[str] = []
    sync, rename = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        steps.append("body" if path.is_file() else path.relative_to(root.parent).as_posix())
        sync(descriptor)

    def replace(source: Path, target: Path) -> Path:
        assert source.stat().st_dev == target.parent.stat().st_dev
        steps.append("rename")
        return rename(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    store.put(KEY, b"body")
    assert steps[-5:] == ["body", "objects", "objects/photos", "rename", "objects/photos/01ABC"]
    steps.clear()
    store.put(KEY, b"again")
    assert steps == ["body", "rename", "objects/photos/01ABC"]


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


MOUNT = ["unshare", "--mount", "--map-root-user", "sh", "-c"]


@cache
def can_mount() -> bool:
    """Whether this system lets its users mount disks that only one program sees."""
    probe = [*MOUNT, "mount -t tmpfs t /mnt"]
    return (
        bool(shutil.which("unshare"))
        and subprocess.run(probe, check=False, capture_output=True).returncode == 0
    )


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


def test_putting_and_deleting_side_by_side(store: LocalObjectStore) -> None:
    """A put whose photo folder a delete is just removing finds or makes it: no put fails."""

    def churn(n: int) -> None:
        key = f"photos/shared/{n}.jpg"
        for _ in range(40):
            store.put(key, b"body")
            store.delete([key])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(churn, range(4)))
    assert list(store.list("")) == []


def test_readers_never_see_half_an_object(store: LocalObjectStore) -> None:
    """While an object is put again and again, every get is one whole body."""
    bodies = [bytes([letter]) * 200_000 for letter in b"ab"]
    store.put(KEY, bodies[0])

    def write() -> None:
        for n in range(60):
            store.put(KEY, bodies[n % 2])

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        while not writing.done():
            assert store.get(KEY) in bodies
        writing.result()
