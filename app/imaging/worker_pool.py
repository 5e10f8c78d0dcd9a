"""Process images in worker processes: a hostile file costs one upload and never the server."""

import multiprocessing
import pickle
import resource
import signal
import tempfile
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from app.domain.errors import Busy, ImageTooLarge, UnreadableImage
from app.domain.messages import message
from app.domain.processed_image import ProcessedImage
from app.imaging import pillow_options, resize
from app.imaging.shared_files import SharedFile, share, share_readable, shared_temp_file
from app.os_errors import translate_os_errors

ProcessImage = Callable[[BinaryIO], ProcessedImage]

_PHOTOS_PER_PROCESS = 500  # then it is replaced, which returns the memory that libraries leak

# Exit codes of a worker that an operator or the memory limit of its control group ended. Limits of
# one photo end it with other signals.
_KILLED_FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM)

TOO_COSTLY_MESSAGE = message("We couldn’t process this photo. Re-save it, or make it smaller.")


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """The memory and time limits of one photo, and the time an upload waits for a free worker."""

    memory: int = 1_000 * 2**20  # bytes of private memory: decode.py's limit and the interpreter
    cpu_seconds: int = 15
    wall_seconds: float = 20.0  # for a worker process that waits instead of working
    queue_seconds: float = 10.0


class ImageWorkerPool:
    """A `process_image` that runs in at most `processes` worker processes at once.

    The first photo starts the processes, from a fork server that has no threads and none of our
    connections. A process is replaced after some hundred photos, when it crashes and when it
    exceeds a limit.
    """

    def __init__(
        self,
        process_image: ProcessImage,
        processes: int,
        limits: WorkerLimits | None = None,
    ) -> None:
        self._process_image = process_image
        self._limits = limits or WorkerLimits()
        self._processes = processes
        self._free = threading.BoundedSemaphore(processes)
        self._start_lock = threading.Lock()
        self._pool: ProcessPool | None = None

    def __call__(self, file: BinaryIO) -> ProcessedImage:
        """Call `process_image` in a worker process.

        Raises:
            UnreadableImage: The file crashes its worker process or takes too much time.
            ImageTooLarge: The file takes too much memory.
            Busy: No worker process is free, or it was ended from outside.
        """
        if not self._free.acquire(timeout=self._limits.queue_seconds):
            raise Busy
        try:
            return self._process_in_worker(file)
        finally:
            self._free.release()

    def close(self) -> None:
        """End the worker processes."""
        with self._start_lock:
            if self._pool:
                self._pool.stop()  # type: ignore[no-untyped-call]  # pebble does not type it
                self._pool.join()
                self._pool = None

    def _process_in_worker(self, file: BinaryIO) -> ProcessedImage:
        with (
            translate_os_errors(Path(tempfile.gettempdir())),
            share_readable(file) as upload,
            shared_temp_file() as result,
        ):
            try:
                self._schedule(upload, share(result)).result()
            except FutureTimeout as error:
                raise UnreadableImage(TOO_COSTLY_MESSAGE) from error
            except ProcessExpired as error:
                if error.exitcode in _KILLED_FROM_OUTSIDE:
                    raise Busy from error
                raise UnreadableImage(TOO_COSTLY_MESSAGE) from error
            except MemoryError as error:
                raise ImageTooLarge(TOO_COSTLY_MESSAGE) from error
            except BrokenProcessPool as error:  # the next photo starts another pool
                raise Busy from error
            processed: ProcessedImage = pickle.load(result)  # noqa: S301
            return processed

    def _schedule(self, upload: SharedFile, result: SharedFile) -> ProcessFuture[None]:
        """Schedule one photo, in a new pool if the system ended the fork server of the old one."""
        arguments = (self._process_image, upload, result, self._limits.cpu_seconds)
        timeout = self._limits.wall_seconds
        try:
            return self._started_pool().schedule(_run_in_worker, arguments, timeout=timeout)
        except RuntimeError:  # the base class of BrokenProcessPool
            self.close()
            return self._started_pool().schedule(_run_in_worker, arguments, timeout=timeout)

    def _started_pool(self) -> ProcessPool:
        with self._start_lock:
            if self._pool is None:
                fork_server = multiprocessing.get_context("forkserver")
                fork_server.set_forkserver_preload([self._module_to_preload()])
                self._pool = ProcessPool(
                    self._processes,
                    max_tasks=_PHOTOS_PER_PROCESS,
                    initializer=_initialize_worker,
                    initargs=(self._limits.memory, resize.fast_modes()),
                    context=fork_server,
                )
            return self._pool

    def _module_to_preload(self) -> str:
        function = getattr(self._process_image, "func", self._process_image)
        return str(function.__module__)


def _initialize_worker(memory: int, fast_resize_modes: frozenset[str]) -> None:
    """Limit the memory of this process, and write no core dump: it would hold a visitor's photo."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pillow_options.return_freed_memory()
    resize.set_fast_modes(fast_resize_modes)


def _run_in_worker(
    process_image: ProcessImage, upload: SharedFile, result: SharedFile, cpu_seconds: int
) -> None:
    """Process one photo; the system ends this process after `cpu_seconds` more seconds of CPU."""
    _limit_cpu(cpu_seconds)
    with result.open("r+b") as result_file, upload.open("rb") as file:
        try:
            pickle.dump(process_image(file), result_file, pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            _clear_frames(error)
            raise


def _limit_cpu(seconds: int) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = usage.ru_utime + usage.ru_stime
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + seconds + 1, resource.RLIM_INFINITY))


def _clear_frames(error: BaseException | None) -> None:
    """Release the objects of an error's frames, such as the photo, because pebble keeps errors."""
    while error:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__
