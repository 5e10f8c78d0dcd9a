"""The number of image workers follows the machine."""

from pathlib import Path

import pytest

from app import capacity
from app.config import Config
from app.imaging.workers.settings import WorkerLimits


@pytest.fixture(autouse=True)
def groups(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of the control groups of a machine without limits."""
    monkeypatch.delenv("IMAGE_WORKERS", raising=False)
    monkeypatch.setattr(capacity, "_OWN_GROUP", tmp_path / "cgroup")
    monkeypatch.setattr(capacity, "_GROUPS", tmp_path)
    return tmp_path


def set_machine(monkeypatch: pytest.MonkeyPatch, cores: int, mib: int) -> None:
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": mib * 256}
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    monkeypatch.setattr("os.sysconf", sizes.__getitem__)


@pytest.mark.parametrize(
    ("cores", "mib", "image_workers"),
    [(2, 512, 1), (2, 1024, 1), (2, 2256, 2), (2, 8192, 2), (8, 2256, 2), (8, 16384, 8)],
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
    monkeypatch: pytest.MonkeyPatch, groups: Path, limit: str, image_workers: int
) -> None:
    """A container sees its own control group as that of the machine."""
    set_machine(monkeypatch, 8, 16384)
    (groups / "cgroup").write_text("0::/\n")
    (groups / "memory.max").write_text(f"{limit}\n")
    assert capacity.default_image_workers() == image_workers


@pytest.mark.parametrize("limited", ["system.slice", "system.slice/shoebox.service"])
def test_memory_limit_of_a_service_counts(
    monkeypatch: pytest.MonkeyPatch, groups: Path, limited: str
) -> None:
    """The limit of 80 % on a machine of 2400 MiB leaves no room for two image workers."""
    service = groups / "system.slice/shoebox.service"
    service.mkdir(parents=True)
    (groups / "cgroup").write_text("1:name=systemd:/x\n0::/system.slice/shoebox.service\n")
    (service / "memory.max").write_text("max\n")
    (groups / limited / "memory.max").write_text(f"{2400 * 2**20 * 80 // 100}\n")
    set_machine(monkeypatch, 2, 2400)
    assert capacity.default_image_workers() == 1


def test_image_workers_may_use_the_memory_that_is_counted() -> None:
    assert WorkerLimits().memory == capacity.IMAGE_WORKER_MIB * 2**20


def test_setting_overrides_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGE_WORKERS", "3")
    assert Config.from_env().image_workers == 3
