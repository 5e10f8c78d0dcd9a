"""Workers and fork servers that are killed, and fork servers that fail."""

import signal
import socket
from contextlib import closing
from dataclasses import replace

import pytest

from app.domain.errors import Busy, UnreadableImage
from app.imaging.workers import fork_client
from app.imaging.workers.fork_client import ForkServerFailed, WorkerExit
from app.imaging.workers.fork_server import FORK
from app.imaging.workers.pool import ImageWorkerPool
from tests.imaging.workers.processing import processed
from tests.imaging.workers.worker_processes import (
    LIMITS,
    fork_server,
    fragile_pool,
    is_alive,
    kill,
    wait_until,
    while_processing,
    workers,
)
from tests.sample_images import jpeg


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_that_is_killed_from_outside_is_not_the_fault_of_the_file(
    pool: ImageWorkerPool, signal_number: signal.Signals
) -> None:
    """The memory limit of a control group kills any worker, so trying again may help."""
    processed(pool, jpeg())
    with while_processing(pool, jpeg() + b"HANG") as errors:
        kill(workers(pool), signal_number)
    assert [type(error) for error in errors] == [Busy]
    assert processed(pool, jpeg(300, 200)).width == 300


def test_a_worker_without_cpu_time_is_not_the_fault_of_the_file(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A machine that is overloaded gives it none. The worker is gone, and the log says why."""
    with closing(fragile_pool(replace(LIMITS, wall_seconds=1.0))) as pool:
        with pytest.raises(Busy):
            processed(pool, jpeg() + b"HANG")
        assert "An image worker was too slow" in caplog.text
        wait_until(lambda: len(workers(pool)) == 1)  # the one that waits for the next photo


@pytest.mark.parametrize("is_late", [True, False])
def test_a_killed_worker_that_had_its_cpu_time_is_the_fault_of_the_file(
    pool: ImageWorkerPool, *, is_late: bool
) -> None:
    """The system kills a worker that goes on after the limit, and so does the server."""
    with pytest.raises(UnreadableImage, match="couldn’t process this photo"):
        pool._check_exit(WorkerExit(-signal.SIGKILL, LIMITS.cpu_seconds + 0.1, is_late))


def test_a_fork_server_that_does_not_read_is_replaced(
    pool: ImageWorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The photo is not called too costly."""
    processed(pool, jpeg())
    while pool._waiting:
        pool._waiting.pop().close()
    stuck = fork_server(pool)
    send_fds = fork_client.socket.send_fds

    def send_unless_stuck(to: socket.socket, messages: list[bytes], descriptors: list[int]) -> None:
        if messages == [FORK] and fork_server(pool) == stuck:
            raise TimeoutError
        send_fds(to, messages, descriptors)

    monkeypatch.setattr(fork_client.socket, "send_fds", send_unless_stuck)
    assert processed(pool, jpeg(300, 200)).width == 300
    assert fork_server(pool) != stuck


def test_a_killed_fork_server_is_not_the_fault_of_the_file(pool: ImageWorkerPool) -> None:
    """Its workers end with it, and the next photo starts another."""
    processed(pool, jpeg())
    with while_processing(pool, jpeg() + b"HANG") as errors:
        orphans = workers(pool)
        kill([fork_server(pool)], signal.SIGKILL)
    assert [type(error) for error in errors] == [Busy]
    assert processed(pool, jpeg(400, 200)).width == 400
    assert not any(is_alive(process) for process in orphans)


def test_processes_that_are_killed_while_they_wait_cost_no_upload(pool: ImageWorkerPool) -> None:
    """A photo gets another worker, from another fork server if need be."""
    assert processed(pool, jpeg(300, 200)).width == 300
    wait_until(lambda: len(workers(pool)) == len(pool._waiting) == 1)
    kill(workers(pool), signal.SIGKILL)
    wait_until(lambda: not any(worker.is_waiting() for worker in pool._waiting))
    assert processed(pool, jpeg(400, 200)).width == 400
    kill([fork_server(pool)], signal.SIGKILL)
    assert processed(pool, jpeg(500, 200)).width == 500


def test_the_workers_end_with_the_server() -> None:
    """Even if the server is killed, the kernel closes the socket that the fork server watches."""
    pool = fragile_pool()
    processed(pool, jpeg())
    processes = [fork_server(pool), *workers(pool)]
    pool._fork_server._control.close()  # type: ignore[union-attr]
    wait_until(lambda: not any(is_alive(process) for process in processes))
    pool.close()


def test_a_fork_server_that_does_not_start_is_a_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Visitors are not asked to try again in a moment."""
    monkeypatch.setattr(fork_client, "_PROGRAM", "app.domain.photo")
    with pytest.raises(ForkServerFailed):
        processed(fragile_pool(), jpeg())
