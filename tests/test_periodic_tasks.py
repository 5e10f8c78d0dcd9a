"""Tasks that run in the background."""

import threading

from app import periodic_tasks


def test_a_task_runs_at_the_start_and_again_after_an_error() -> None:
    """An error is logged and does not end the schedule."""
    calls = []
    has_run_twice = threading.Event()

    def task() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("the disk is full")
        has_run_twice.set()
        threading.Event().wait()  # the thread ends with the process

    periodic_tasks.start("test", task, 0.01)
    assert has_run_twice.wait(timeout=10)
