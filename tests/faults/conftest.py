"""Fixtures of the fault tests."""

import time
from collections.abc import Iterable
from itertools import count

import pytest


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without pauses."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


@pytest.fixture
def steps(*, exhaustive: bool) -> Iterable[int]:
    """Return the steps at which a test injects a fault; only the third in a sampled run."""
    return count(1) if exhaustive else (3,)
