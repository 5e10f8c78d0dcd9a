"""The folder's own properties: keys that stay inside, crashes, concurrent calls."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.storage.local.folder import LocalObjectStore
from tests.storage.local.object_folder import KEY, files


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
