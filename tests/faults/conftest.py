"""Fixtures of the fault tests."""

import time

import pytest


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without pauses."""
    monkeypatch.setattr(time, "sleep", lambda _: None)
