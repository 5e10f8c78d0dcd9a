"""The number of image workers follows the machine."""

from pathlib import Path

import pytest

from app import capacity
from app.config import Config


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("IMAGE_WORKERS", raising=False)
    monkeypatch.setattr(capacity, "_MEMORY_LIMIT_FILE", tmp_path / "memory.max")


def set_machine(monkeypatch: pytest.MonkeyPatch, cores: int, mib: int) -> None:
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": mib * 256}
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    monkeypatch.setattr("os.sysconf", sizes.__getitem__)


@pytest.mark.parametrize(
    ("cores", "mib", "image_workers"),
    [(2, 512, 1), (2, 1024, 1), (2, 2048, 2), (2, 8192, 2), (8, 2048, 2), (8, 16384, 8)],
)
def test_image_workers_fit_cores_and_memory(
    monkeypatch: pytest.MonkeyPatch, cores: int, mib: int, image_workers: int
) -> None:
    """There is one on 1 GiB."""
    set_machine(monkeypatch, cores, mib)
    assert capacity.default_image_workers() == image_workers
    assert Config.from_env().image_workers == image_workers


@pytest.mark.parametrize(("limit", "image_workers"), [("1073741824", 1), ("max", 8)])
def test_memory_limit_of_a_container_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str, image_workers: int
) -> None:
    set_machine(monkeypatch, 8, 16384)
    (tmp_path / "memory.max").write_text(f"{limit}\n")
    assert capacity.default_image_workers() == image_workers


def test_setting_overrides_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGE_WORKERS", "3")
    assert Config.from_env().image_workers == 3
