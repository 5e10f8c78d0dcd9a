"""The daily purge of the trash."""

import threading

import pytest

from app import periodic_purge


def test_purge_runs_at_the_start_and_again_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error is logged and does not end the schedule."""
    monkeypatch.setattr(periodic_purge, "INTERVAL", 0.01)
    calls = []
    has_run_twice = threading.Event()

    def purge() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("the disk is full")
        has_run_twice.set()
        threading.Event().wait()  # the thread ends with the process

    periodic_purge.start(purge)
    assert has_run_twice.wait(timeout=10)
