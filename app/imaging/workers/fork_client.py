"""Start the fork server and its workers, from the server's side."""

import socket
import subprocess
import sys
import weakref
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from app.imaging import vips_resize
from app.imaging.resize_trial import LIBVIPS
from app.imaging.sandbox.self_test import Access
from app.imaging.workers import fork_server
from app.imaging.workers.files import WorkerFiles
from app.imaging.workers.settings import WorkerSettings

_PROGRAM = "app.imaging.workers"
_ROOT = Path(__file__).parents[3]
# Tunables of the C library: a new process gets its memory in huge pages, and keeps what it frees
# until it ends. Without them the first use of each page makes a photo a third slower.
_TUNABLES = {
    "glibc.malloc.hugetlb": 1,  # from version 2.35 on
    "glibc.malloc.mmap_threshold": 32 * 2**20,  # the most that it accepts
    "glibc.malloc.top_pad": 8 * 2**20,
    "glibc.malloc.trim_threshold": 2**30,
}
# All variables that the fork server gets, besides WORKER_ENVIRONMENT for libvips.
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "GLIBC_TUNABLES": ":".join(f"{name}={value}" for name, value in _TUNABLES.items()),
}
_START_SECONDS = 60.0  # on a busy machine; it takes one
_END_SECONDS = 5.0


class WorkerLost(Exception):
    """The fork server ended, and its workers with it."""


class ForkServerFailed(Exception):
    """The fork server does not start. It writes the reason to the server's error output."""


class ForkServerClosed(ForkServerFailed):
    """The server ended while its fork server was starting."""


@dataclass(frozen=True, slots=True)
class WorkerExit:
    """How a worker process ended."""

    code: int  # negative for a signal, as in `subprocess`
    cpu_seconds: float
    is_late: bool = False  # it was killed because it did not end in time


class Worker:
    """A worker process that waits for its photo. Closing it kills the process."""

    def __init__(self, photos: socket.socket, exit_socket: socket.socket) -> None:
        self._photos = photos
        self._exit_socket = exit_socket

    def __enter__(self) -> "Worker":
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whether it works or waits."""
        self._photos.close()
        self._exit_socket.close()

    def is_waiting(self) -> bool:
        """Return whether the process still waits; it may have been killed."""
        self._exit_socket.settimeout(0)
        try:
            self._exit_socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def process(self, files: WorkerFiles, request: bytes, seconds: float) -> WorkerExit:
        """Process the upload into the other files. Kill the process after `seconds`.

        `worker.request_for` makes the `request`.

        Raises:
            WorkerLost: The fork server ended.
        """
        with suppress(ConnectionError):  # it has ended, and the exit code says why
            socket.send_fds(self._photos, [request], files.descriptors)
        try:
            return self._receive_exit(seconds)
        except TimeoutError:
            self._exit_socket.shutdown(socket.SHUT_WR)
        try:
            killed = self._receive_exit(_END_SECONDS)
        except TimeoutError as error:
            raise WorkerLost from error
        return replace(killed, is_late=True)

    def _receive_exit(self, seconds: float) -> WorkerExit:
        """Return how the process ended. Raise TimeoutError after `seconds`."""
        self._exit_socket.settimeout(seconds)
        try:
            packed = self._exit_socket.recv(fork_server.EXIT.size)
        except ConnectionError as error:
            raise WorkerLost from error
        if len(packed) < fork_server.EXIT.size:
            raise WorkerLost
        code, cpu_seconds = fork_server.EXIT.unpack(packed)
        return WorkerExit(code, cpu_seconds)


class ForkServerProcess:
    """A running fork server, which ends with this object and with this process.

    Attributes:
        open_access: The access that the sandbox of its workers does not refuse.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        self._control, other_end = socket.socketpair()
        command = [sys.executable, "-s", "-m", _PROGRAM]
        arguments = [str(other_end.fileno()), settings.to_json()]
        with other_end:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [*command, *arguments],
                cwd=_ROOT,
                env=_environment(settings),
                stdin=subprocess.DEVNULL,
                pass_fds=[other_end.fileno()],
                start_new_session=True,  # the terminal's Ctrl-C is for the server
            )
        self.close = weakref.finalize(self, _end, self._control, self._process)
        self.open_access = self._wait_until_ready()

    def is_running(self) -> bool:
        """Return whether the process runs; the system may have ended it."""
        return self._process.poll() is None

    def fork(self) -> Worker:
        """Return a new worker.

        Raises:
            WorkerLost: The fork server ended or does not read.
        """
        photos, worker_photos = socket.socketpair()
        exit_socket, server_exit_socket = socket.socketpair()
        with worker_photos, server_exit_socket:
            descriptors = [worker_photos.fileno(), server_exit_socket.fileno()]
            try:
                socket.send_fds(self._control, [fork_server.FORK], descriptors)
            except (ConnectionError, TimeoutError) as error:
                photos.close()
                exit_socket.close()
                raise WorkerLost from error
        return Worker(photos, exit_socket)

    def _wait_until_ready(self) -> Access:
        self._control.settimeout(_START_SECONDS)
        try:
            (access,) = self._control.recv(1)
        except (OSError, ValueError) as error:
            is_closed = self._control.fileno() == -1
            self.close()
            failure = ForkServerClosed if is_closed else ForkServerFailed
            raise failure("the fork server of the image workers ended") from error
        self._control.settimeout(_END_SECONDS)
        return Access(access)


def _environment(settings: WorkerSettings) -> dict[str, str]:
    uses_libvips = settings.fast_resizer.name == LIBVIPS
    return ENVIRONMENT | (vips_resize.WORKER_ENVIRONMENT if uses_libvips else {})


def _end(control: socket.socket, process: "subprocess.Popen[bytes]") -> None:
    control.close()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
