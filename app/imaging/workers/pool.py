"""Process images in a limited number of worker processes at once."""

import logging
import signal
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import BinaryIO, Protocol

from app.domain.errors import Busy, UnreadableImage
from app.domain.image.credit import Credit
from app.domain.image.credit_choice import CreditChoices
from app.domain.image.credited_file import CreditedFile
from app.domain.image.image_options import DEFAULT, ImageOptions
from app.domain.image.processed_image import ProcessedImage
from app.imaging import resize
from app.imaging.pipeline import ImageLimits
from app.imaging.sandbox.self_test import Access
from app.imaging.workers import answers
from app.imaging.workers.answer_fields import InvalidAnswer
from app.imaging.workers.files import WorkerFiles
from app.imaging.workers.fork_client import (
    ForkServerClosed,
    ForkServerProcess,
    Worker,
    WorkerExit,
    WorkerLost,
)
from app.imaging.workers.settings import PROCESS_IMAGE, WorkerLimits, WorkerSettings
from app.imaging.workers.worker import TOO_COSTLY, request_for
from app.os_errors import translate_os_errors

# Exit codes of a worker that an operator or the memory limit of its control group ended. Limits of
# one photo end it with other signals.
_KILLED_FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM)

_log = logging.getLogger(__name__)


class WorkerFailed(Exception):
    """A worker process ended with an error of Shoebox, which is in the server's error output."""


class Slots(Protocol):
    """A semaphore: `threading.BoundedSemaphore`, or one that several processes share."""

    def acquire(self, *, timeout: float) -> bool:
        """Take a slot; return False if none becomes free within `timeout` seconds."""

    def release(self) -> None:
        """Free a slot."""


class ImageWorkerPool:
    """A `process_image` that runs in at most `processes` worker processes at once.

    Each photo has a process of its own, so that none can reach another visitor's photo. Processes
    are forked before their photos arrive. `start` starts the fork server. Otherwise the first photo
    does, and so does a photo after the system has ended the fork server.

    Args:
        image_limits: The limits of an image.
        processes: The most photos that are processed at once.
        limits: The limits of one process.
        process_image: The function, as pkgutil.resolve_name reads it.
        count_seconds: Gets the seconds that a photo had a process, also after an error.
        slots: Counts the photos that are being processed, if other processes count them too.
    """

    def __init__(
        self,
        image_limits: ImageLimits,
        processes: int,
        limits: WorkerLimits | None = None,
        process_image: str = PROCESS_IMAGE,
        count_seconds: Callable[[float], None] = lambda _seconds: None,
        slots: Slots | None = None,
    ) -> None:
        self._image_limits = image_limits
        self._limits = limits or WorkerLimits()
        self._process_image = process_image
        self._processes = processes
        self._count_seconds = count_seconds
        self._free = slots or threading.BoundedSemaphore(processes)
        self._lock = threading.Lock()
        self._fork_server: ForkServerProcess | None = None
        self._waiting: list[Worker] = []

    def __call__(self, file: BinaryIO, options: ImageOptions = DEFAULT) -> ProcessedImage:
        """Call `process_image` in a worker process.

        Args:
            file: The uploaded file.
            options: The rotation and the credit of this image.

        Raises:
            UnreadableImage: The file crashes its worker process or takes too much CPU time.
            ImageTooLarge: The file takes too much memory.
            Busy: No worker process is free, it got too little CPU time, or it was ended from
                outside.
            StorageError: The folder for temporary files is full.
        """
        image = self._process(file, options)
        if not isinstance(image, ProcessedImage):
            raise InvalidAnswer("no image")
        return image

    def write_credit(self, file: BinaryIO, /, *, credit: Credit) -> CreditedFile:
        """Call `write_credit` in a worker process; it raises the same errors."""
        options = ImageOptions(credit=CreditChoices(record=credit), only_credit=True)
        credited = self._process(file, options)
        if not isinstance(credited, CreditedFile):
            raise InvalidAnswer("no file")
        return credited

    def check(self, file: BinaryIO) -> None:
        """Call a `process_image` that returns nothing; it raises the same errors."""
        self._process(file)

    def start(self) -> None:
        """Start the fork server and log which operations the sandbox of its workers refuses."""
        with self._lock, suppress(ForkServerClosed):
            self._running_fork_server()

    def close(self) -> None:
        """End the worker processes."""
        with self._lock:
            self._close()

    def _process(
        self, file: BinaryIO, options: ImageOptions = DEFAULT
    ) -> ProcessedImage | CreditedFile | None:
        if not self._free.acquire(timeout=self._limits.queue_seconds):
            raise Busy
        started = monotonic()
        try:
            return self._process_in_worker(file, options)
        except WorkerLost as error:  # the next photo starts another fork server
            raise Busy from error
        finally:
            self._free.release()
            self._count_seconds(monotonic() - started)

    def _process_in_worker(
        self, file: BinaryIO, options: ImageOptions
    ) -> ProcessedImage | CreditedFile | None:
        with WorkerFiles.open(file) as files:
            self._check_exit(self._run_worker(files, request_for(options)))
            with translate_os_errors(Path(tempfile.gettempdir())):
                return answers.read(files, self._image_limits.max_pixels)

    def _run_worker(self, files: WorkerFiles, request: bytes) -> WorkerExit:
        """Return how a worker ended that processed the upload."""
        try:
            with self._take_worker() as worker:
                return worker.process(files, request, self._limits.wall_seconds)
        finally:
            self._prepare_worker()

    def _check_exit(self, ended: WorkerExit) -> None:
        """Raise an error unless the worker ended by itself with an answer.

        A photo is at fault only if its worker crashed or had the CPU time that a photo may have.
        """
        had_its_time = ended.cpu_seconds >= self._limits.cpu_seconds
        if ended.code in _KILLED_FROM_OUTSIDE and not had_its_time:
            cause = "was too slow" if ended.is_late else "was killed from outside"
            _log.warning(
                "An image worker %s (exit code %d, %.1f seconds of CPU time)",
                *(cause, ended.code, ended.cpu_seconds),
            )
            raise Busy
        if ended.code < 0:
            raise UnreadableImage(TOO_COSTLY)
        if ended.code > 0:
            raise WorkerFailed(f"an image worker ended with exit code {ended.code}")

    def _take_worker(self) -> Worker:
        """Return a worker that waits, or a new one; from a new fork server if the old one ended."""
        with self._lock:
            fork_server = self._running_fork_server()
            while self._waiting:
                worker = self._waiting.pop()
                if worker.is_waiting():
                    return worker
                worker.close()
            try:
                return fork_server.fork()
            except WorkerLost:
                return self._restarted_fork_server().fork()

    def _prepare_worker(self) -> None:
        """Fork a worker for a later photo, while this photo is stored."""
        with self._lock, suppress(WorkerLost):
            if self._fork_server and len(self._waiting) < self._processes:
                self._waiting.append(self._fork_server.fork())

    def _running_fork_server(self) -> ForkServerProcess:
        """Return the fork server; another one if the system ended the first."""
        if self._fork_server and not self._fork_server.is_running():
            return self._restarted_fork_server()
        if self._fork_server is None:
            self._fork_server = ForkServerProcess(self._settings())
            _log_open_access(self._fork_server.open_access)
        return self._fork_server

    def _restarted_fork_server(self) -> ForkServerProcess:
        _log.warning("The fork server of the image workers was ended; starting another")
        self._close()
        return self._running_fork_server()

    def _settings(self) -> WorkerSettings:
        return WorkerSettings(
            image_limits=self._image_limits,
            worker_limits=self._limits,
            process_image=self._process_image,
            fast_resizer=resize.fast_resizer(),
        )

    def _close(self) -> None:
        for worker in self._waiting:
            worker.close()
        self._waiting.clear()
        if self._fork_server:
            self._fork_server.close()
            self._fork_server = None


def _log_open_access(access: Access) -> None:
    if access:
        names = ", ".join(sorted(str(kind.name).lower() for kind in access))
        _log.warning("Image workers have access to: %s. See docs/imaging.md, Sandbox", names)
    else:
        _log.info("Image workers have no access to files, network and other processes")
