"""Tasks that run in the background."""

import threading
from unittest import mock

import pytest

from app import periodic_tasks
from app.domain.errors import StorageUnavailable
from app.periodic_tasks import start  # before tests/conftest.py replaces it


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

    start("test", task, 0.01)
    assert has_run_twice.wait(timeout=10)


@pytest.mark.parametrize(
    ("interval", "retry"), [(periodic_tasks.DAY, 5 * periodic_tasks.MINUTE), (60, 60)]
)
def test_a_failed_task_is_tried_again_soon(interval: float, retry: float) -> None:
    """A daily task that fails, as during a migration, runs again within five minutes."""
    results = [StorageUnavailable("the file is being migrated"), None]

    class Stop(BaseException):
        pass

    task = mock.Mock(side_effect=results)
    with (
        mock.patch("app.periodic_tasks.time.sleep", side_effect=[None, Stop]) as sleep,
        pytest.raises(Stop),
    ):
        periodic_tasks._run("purge", task, interval)
    assert [call.args for call in sleep.call_args_list] == [(retry,), (interval,)]


def test_a_task_without_an_interval_ends_once_it_has_succeeded() -> None:
    """It is tried again after each error, and not after the success."""
    task = mock.Mock(side_effect=[StorageUnavailable("no"), StorageUnavailable("no"), None])
    with mock.patch("app.periodic_tasks.time.sleep") as sleep:
        periodic_tasks._run("current-keys", task, None)
    assert [call.args for call in sleep.call_args_list] == [(periodic_tasks.MAX_RETRY_DELAY,)] * 2
    assert task.call_count == 3
