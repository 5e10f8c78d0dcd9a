"""The fork server goes on after events that arrive together."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from app.imaging.workers.fork_server import FORK, ForkServer
from app.imaging.workers.settings import WorkerLimits, WorkerSettings
from tests.imaging.workers import fragile_worker

SETTINGS = WorkerSettings(image_limits=fragile_worker.LIMITS, worker_limits=WorkerLimits())
JSON = SETTINGS.to_json()


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, ForkServer]]:
    """Return the control socket and a fork server in the test process."""
    handler = signal.getsignal(signal.SIGCHLD)
    control, other_end = socket.socketpair()
    with control, other_end:
        fork_server = ForkServer(other_end, SETTINGS)
        fork_server._watch(other_end, fork_server._fork)
        fork_server._watch(fork_server._child_ended, fork_server._report_ended)
        with fork_server._selector, fork_server._child_ended:
            yield control, fork_server
    os.close(signal.set_wakeup_fd(-1))
    signal.signal(signal.SIGCHLD, handler)


def handle_events(fork_server: ForkServer, timeout: float) -> int:
    """Call the functions of all events that are ready, as `serve` does; return their number."""
    keys = [key for key, _events in fork_server._selector.select(timeout)]
    for key in keys:
        key.data()
    return len(keys)


def test_a_server_that_ends_first_is_no_error() -> None:
    """A fork server that was still starting ends too, without a traceback in the log."""
    control, other_end = socket.socketpair()
    with control, other_end:
        fork_server = subprocess.Popen(
            [sys.executable, "-m", "app.imaging.workers", str(other_end.fileno()), JSON],
            pass_fds=[other_end.fileno()],
            stderr=subprocess.PIPE,
        )
    _output, error = fork_server.communicate(timeout=60)
    assert (fork_server.returncode, error) == (0, b"")


def test_a_worker_that_ends_as_the_server_stops_waiting_is_no_error(
    ends: tuple[socket.socket, ForkServer],
) -> None:
    """Both events may arrive while the fork server forks; the other photos go on."""
    control, fork_server = ends
    photos, worker_photos = socket.socketpair()
    exit_socket, server_exit_socket = socket.socketpair()
    with worker_photos, server_exit_socket:
        descriptors = [worker_photos.fileno(), server_exit_socket.fileno()]
        socket.send_fds(control, [FORK], descriptors)
        assert handle_events(fork_server, 30) == 1
    photos.close()  # the worker ends
    fork_server._child_ended.settimeout(30)
    assert fork_server._child_ended.recv(1, socket.MSG_PEEK)
    exit_socket.close()  # the server stops waiting
    assert handle_events(fork_server, 0) == 2
    assert not fork_server._exit_sockets
