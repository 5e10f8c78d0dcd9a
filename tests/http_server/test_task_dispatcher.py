"""Threads are started when they are needed."""

import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from app.http_server.task_dispatcher import TaskDispatcher


class Task:
    """A task that goes on until it may end."""

    def __init__(self) -> None:
        self.started, self.may_end = threading.Event(), threading.Event()

    def service(self) -> None:
        self.started.set()
        self.may_end.wait(20)


@pytest.fixture
def dispatcher() -> Iterator[TaskDispatcher]:
    dispatcher = TaskDispatcher(max_threads=3)
    yield dispatcher
    dispatcher.shutdown(timeout=20)


def test_busy_threads_are_joined_by_another_one(dispatcher: TaskDispatcher) -> None:
    """Tasks run at once, up to the most threads; the others wait."""
    tasks = [Task() for _ in range(4)]
    for task in tasks:
        dispatcher.add_task(task)
    assert all(task.started.wait(20) for task in tasks[:3])
    assert not tasks[3].started.is_set()
    tasks[0].may_end.set()
    assert tasks[3].started.wait(20)
    assert len(dispatcher.threads) == 3
    for task in tasks:
        task.may_end.set()


def test_tasks_that_arrive_together_run_at_once(
    dispatcher: TaskDispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two threads that add a task at the same time start two threads."""
    both_start = threading.Barrier(2)
    set_thread_count = dispatcher.set_thread_count

    def wait_and_start(count: int) -> None:
        with suppress(threading.BrokenBarrierError):
            both_start.wait(0.2)
        set_thread_count(count)

    monkeypatch.setattr(dispatcher, "set_thread_count", wait_and_start)
    tasks = [Task(), Task()]
    callers = [threading.Thread(target=dispatcher.add_task, args=[task]) for task in tasks]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert all(task.started.wait(5) for task in tasks)
    for task in tasks:
        task.may_end.set()


def test_tasks_after_one_another_need_one_thread(dispatcher: TaskDispatcher) -> None:
    for _ in range(5):
        task = Task()
        task.may_end.set()
        dispatcher.add_task(task)
        assert task.started.wait(20)
        while dispatcher.active_count:
            pass
    assert len(dispatcher.threads) == 1
