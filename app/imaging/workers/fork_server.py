"""The program that forks the worker processes: `python -m app.imaging.workers`.

The server starts it as a new program with a few variables of its own, so its memory never held a
secret. It has one thread and reads nothing from visitors. It imports the modules of processing
once, and forks a process for each photo in milliseconds.

Each worker has two sockets of the server. It reads its photo from the first one. The fork server
uses the second one: it writes the exit code and the CPU time when the worker ends, and it kills the
worker when the server closes its end or shuts it down for writing. When the server itself ends, the
control socket closes, and all workers end.
"""

import gc
import os
import pkgutil
import selectors
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress

from app.imaging import resize
from app.imaging.preload import preload
from app.imaging.sandbox import self_test
from app.imaging.workers import worker
from app.imaging.workers.settings import WorkerSettings

FORK = b"f"
# The exit code, negative for a signal as in `subprocess`, and the seconds of CPU time.
EXIT = struct.Struct("=id")


class ForkServer:
    """Forks workers on the server's request and watches them until they end."""

    def __init__(self, control: socket.socket, settings: WorkerSettings) -> None:
        self._control = control
        self._settings = settings
        self._open_access = self_test.open_access()
        self._process_image = pkgutil.resolve_name(settings.process_image)
        self._exit_sockets: dict[int, socket.socket] = {}  # by process id
        self._selector = selectors.DefaultSelector()
        self._child_ended, wake_up = socket.socketpair()
        for end in (self._child_ended, wake_up):
            end.settimeout(0)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # a signal without a handler wakes nothing
        signal.set_wakeup_fd(wake_up.detach())

    def serve(self) -> None:
        """Report the gaps of the sandbox, then serve until the server closes its socket."""
        self._watch(self._control, self._fork)
        self._watch(self._child_ended, self._report_ended)
        with suppress(ConnectionError):  # the server has ended, and `_fork` notices it
            self._control.sendall(bytes((self._open_access.value,)))
        while self._control.fileno() != -1:
            for key, _events in self._selector.select():
                key.data()

    def _watch(self, watched: socket.socket, function: Callable[[], None]) -> None:
        self._selector.register(watched, selectors.EVENT_READ, function)

    def _fork(self) -> None:
        try:
            request, descriptors, _flags, _address = socket.recv_fds(self._control, len(FORK), 2)
        except ConnectionResetError:  # the server ended before it read that this one is ready
            request, descriptors = b"", []
        if not request:
            self._end()
            return
        photos, exit_socket = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            worker.run(photos.detach(), self._process_image, self._settings)
        photos.close()
        self._exit_sockets[pid] = exit_socket
        self._watch(exit_socket, lambda: self._kill(pid))

    def _kill(self, pid: int) -> None:
        """Kill a worker whose server no longer waits for it, unless it has just ended."""
        if pid not in self._exit_sockets:
            return
        self._selector.unregister(self._exit_sockets[pid])
        os.kill(pid, signal.SIGKILL)

    def _report_ended(self) -> None:
        """Send the exit codes and the CPU times of the workers that have ended."""
        self._child_ended.recv(4096)
        while self._exit_sockets:
            pid, status, usage = os.wait3(os.WNOHANG)
            if pid == 0:
                return
            exit_code = os.waitstatus_to_exitcode(status)
            cpu_seconds = usage.ru_utime + usage.ru_stime
            with self._exit_sockets.pop(pid) as exit_socket:
                with suppress(KeyError):  # it was killed
                    self._selector.unregister(exit_socket)
                with suppress(OSError):
                    exit_socket.send(EXIT.pack(exit_code, cpu_seconds))

    def _end(self) -> None:
        self._selector.unregister(self._control)
        self._control.close()
        for pid in self._exit_sockets:
            os.kill(pid, signal.SIGKILL)


def main() -> None:
    """Serve the server at the other end of the socket whose descriptor is the first argument."""
    descriptor, settings_json = sys.argv[1:]
    settings = WorkerSettings.from_json(settings_json)
    resize.set_fast_resizer(settings.fast_resizer)
    preload()
    # Objects that the collector never visits stay in memory that all workers share.
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=int(descriptor)) as control:
        ForkServer(control, settings).serve()
