"""Fixtures of the fault tests."""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.faults.restartable_site import RestartableSite
from tests.faults.stages import Stages


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry and wait for leases without pauses: nothing else runs during them.

    Log no tracebacks either: formatting those of one fault takes as long as several steps.
    """
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(logging.Formatter, "formatException", _last_line)


def _last_line(_formatter: logging.Formatter, error: Any) -> str:
    return f"{error[0].__name__}: {error[1]}"


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stages]:
    """Return the stages of this process."""
    with memory_folder() as folder:
        yield Stages(RestartableSite(folder / "backend"), tmp_path_factory.mktemp("stages"))


@contextmanager
def memory_folder() -> Iterator[Path]:
    """Yield a folder in memory, where the system has one: changes of folders take far less time."""
    memory = Path("/dev/shm")  # noqa: S108  a new folder in it
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
def steps(*, exhaustive: bool) -> Iterable[int]:
    """Return the steps at which a test injects a fault; only the third in a sampled run."""
    return count(1) if exhaustive else (3,)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the kills first, since they take longest: the last tests of a run should be short."""
    items.sort(key=lambda item: item.path.name != "test_kills.py")
