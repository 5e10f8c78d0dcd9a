"""Fixtures of the fault tests."""

import time
from collections.abc import Iterable
from itertools import count

import pytest

from tests.faults.restartable_site import RestartableSite
from tests.faults.stages import Stages


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry and wait for leases without pauses: nothing else runs during them."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    """Return the stages of this process."""
    folder = tmp_path_factory.mktemp("stages")
    return Stages(RestartableSite(folder / "backend"), folder)


@pytest.fixture
def steps(*, exhaustive: bool) -> Iterable[int]:
    """Return the steps at which a test injects a fault; only the third in a sampled run."""
    return count(1) if exhaustive else (3,)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the kills first, since they take longest: the last tests of a run should be short."""
    items.sort(key=lambda item: item.path.name != "test_kills.py")
