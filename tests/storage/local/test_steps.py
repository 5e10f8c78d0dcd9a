"""A change takes no step that changes nothing: each step is a call that may fail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.backends import Backend, local_backend, make_photo
from tests.faults.fault_points import on_disk
from tests.faults.injection import BEFORE, Injector

KEY, COPY = "photos/01ABC/320.jpg", "hidden/01ABC/320.jpg"
_NEVER = 0  # the first step is 1


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    backend = local_backend(tmp_path)
    backend.objects.put(KEY, b"photo")
    return backend


def _steps(folder: Path, change: Callable[[], object]) -> list[str]:
    injector = Injector(BEFORE, _NEVER)
    with on_disk(folder, injector):
        change()
    return injector.steps


def test_a_change_writes_no_counter_that_stays(tmp_path: Path) -> None:
    """An edit that no listing shows writes the record alone."""
    photo = make_photo(tags=("sea",))
    edited = photo.next_version(camera={"model": "X1"})
    backend = local_backend(tmp_path)

    def change() -> None:
        backend.catalog.publish(photo)
        backend.catalog.update(photo, edited)

    steps = _steps(tmp_path, change)
    begins = [number for number, step in enumerate(steps) if step == "SQL BEGIN IMMEDIATE"]
    writes = [step for step in steps[begins[-1] + 1 :] if not step.startswith("SQL SELECT")]
    assert writes == ["SQL \nUPDATE photos SET v", "SQL COMMIT"]


def test_deleting_what_is_missing_takes_no_step(tmp_path: Path, backend: Backend) -> None:
    """A folder that is missing is not searched for each of its files."""
    missing = [f"hidden/01ABC/{width}.jpg" for width in (320, 640)]
    assert _steps(tmp_path, lambda: backend.objects.delete(missing)) == []
    steps = _steps(tmp_path, lambda: backend.objects.delete([*missing, KEY]))
    assert steps[:2] == ["unlink", "rmdir"]


def test_a_copy_leaves_no_temporary_file(tmp_path: Path, backend: Backend) -> None:
    """A new name needs no deletion; a name that has the file already needs one."""
    assert "unlink" not in _steps(tmp_path, lambda: backend.objects.copy(KEY, COPY))
    assert "unlink" in _steps(tmp_path, lambda: backend.objects.copy(KEY, COPY))
    assert [path.name for path in tmp_path.rglob(".incoming/*")] == []
