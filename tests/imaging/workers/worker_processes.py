"""The processes of a pool whose workers fail on request: find them, wait for them, kill them."""

import os
import signal
import threading
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from app.imaging.workers.pool import ImageWorkerPool
from app.imaging.workers.settings import WorkerLimits
from tests.imaging.workers import fragile_worker

# On a busy machine a worker process takes seconds to start and to get its CPU time.
LIMITS = WorkerLimits(memory=300 * 2**20, cpu_seconds=1, wall_seconds=60.0, queue_seconds=0.2)


def fragile_pool(limits: WorkerLimits = LIMITS) -> ImageWorkerPool:
    return ImageWorkerPool(fragile_worker.LIMITS, 1, limits, fragile_worker.NAME)


class while_processing:  # noqa: N801 - a context manager
    """Process a file in a thread; on entry its worker has it, on exit its errors are known."""

    def __init__(self, pool: ImageWorkerPool, data: bytes) -> None:
        self._pool = pool
        self._data = data
        self._errors: list[Exception] = []
        self._thread = threading.Thread(target=self._process)

    def __enter__(self) -> list[Exception]:
        self._thread.start()
        wait_until(lambda: any(is_confined(process) for process in workers(self._pool)))
        return self._errors

    def __exit__(self, *_error: object) -> None:
        self._thread.join()

    def _process(self) -> None:
        try:
            self._pool(BytesIO(self._data))
        except Exception as error:  # noqa: BLE001 - the test compares it
            self._errors.append(error)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def fork_server(pool: ImageWorkerPool) -> Path:
    """The /proc directory of the fork server."""
    assert pool._fork_server
    return Path("/proc", str(pool._fork_server._process.pid))


def workers(pool: ImageWorkerPool) -> list[Path]:
    """The /proc directories of the worker processes."""
    tasks = (fork_server(pool) / "task").glob("*/children")
    return [Path("/proc", child) for task in tasks for child in task.read_text().split()]


def is_alive(process: Path) -> bool:
    """Return whether the process lives; a zombie does not."""
    try:
        return ") Z " not in (process / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def is_confined(process: Path) -> bool:
    """Return whether the worker has its photo: then it gives up its rights."""
    try:
        status = (process / "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return "NoNewPrivs:\t1" in status


def kill(processes: list[Path], signal_number: signal.Signals) -> None:
    for process in processes:
        os.kill(int(process.name), signal_number)
    wait_until(lambda: not any(is_alive(process) for process in processes))
