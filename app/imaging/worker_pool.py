"""Decoding in other processes: what a stranger's file does to a decoder costs that one upload, never the server."""

import multiprocessing
import pickle
import resource
import tempfile
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import TimeoutError as Late
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from app.domain.errors import Busy, ImageTooLarge, UnreadableImage
from app.domain.messages import message
from app.domain.processed_image import ProcessedImage
from app.imaging.shared_files import SharedFile, share, share_readable, shared_temp_file
from app.os_errors import translate_os_errors

ProcessImage = Callable[[BinaryIO], ProcessedImage]
CheckSize = Callable[[BinaryIO], None]

TOO_COSTLY_MESSAGE = message("We couldn’t process this photo. Re-save it, or make it smaller.")


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What one photo may cost a decoder, and how long an upload waits for one that is free."""

    memory: int = (
        1_000 * 2**20
    )  # bytes of private memory: decoding.py's own bound, and the interpreter around it
    cpu: int = 15  # seconds
    wall: float = 20.0  # seconds, for a decoder that waits instead of working
    patience: float = 10.0  # seconds


class ImageWorkerPool:
    """A `prepare` that runs in at most `processes` others at once.

    They are started by the first photo, from a server process of theirs that has no threads and no connections of
    ours to inherit, and replaced after some hundred photos, when they crash, and when they go beyond their bounds.
    What `admit` raises keeps a file from being read here at all.
    """

    def __init__(
        self,
        prepare: ProcessImage,
        processes: int,
        bounds: WorkerLimits | None = None,
        *,
        admit: CheckSize | None = None,
    ) -> None:
        self._prepare = prepare
        self._admit = admit
        self._bounds = bounds or WorkerLimits()
        self._processes = processes
        self._free = threading.BoundedSemaphore(processes)
        self._start = threading.Lock()
        self._pool: ProcessPool | None = None

    def __call__(self, file: BinaryIO) -> ProcessedImage:
        """What `prepare` gives or raises; UnreadableImage for a file that breaks its decoder, Busy if none is free."""
        if self._admit:
            self._admit(file)
        if not self._free.acquire(timeout=self._bounds.patience):
            raise Busy
        try:
            return self._decoded(file)
        finally:
            self._free.release()

    def close(self) -> None:
        """End the processes."""
        with self._start:
            if self._pool:
                self._pool.stop()  # type: ignore[no-untyped-call]  # pebble forgot to type it
                self._pool.join()
                self._pool = None

    def _decoded(self, file: BinaryIO) -> ProcessedImage:
        with (
            translate_os_errors(Path(tempfile.gettempdir())),
            share_readable(file) as photo,
            shared_temp_file() as answer,
        ):
            try:
                self._scheduled(photo, share(answer)).result()
            except (Late, ProcessExpired) as error:
                raise UnreadableImage(TOO_COSTLY_MESSAGE) from error
            except MemoryError as error:
                raise ImageTooLarge(TOO_COSTLY_MESSAGE) from error
            except BrokenProcessPool as error:  # the next photo starts another
                raise Busy from error
            prepared: ProcessedImage = pickle.load(answer)  # noqa: S301 - by the other half of this module
            return prepared

    def _scheduled(self, photo: SharedFile, answer: SharedFile) -> ProcessFuture[None]:
        """The photo's task; a pool that broke, as when the system took its server, is replaced by another."""
        task = (_run_in_worker, (self._prepare, photo, answer, self._bounds.cpu))
        try:
            return self._started().schedule(*task, timeout=self._bounds.wall)
        except RuntimeError:  # BrokenProcessPool is one too
            self.close()
            return self._started().schedule(*task, timeout=self._bounds.wall)

    def _started(self) -> ProcessPool:
        with self._start:
            if self._pool is None:
                server = multiprocessing.get_context("forkserver")
                server.set_forkserver_preload([self._prepare_module()])
                self._pool = ProcessPool(
                    self._processes,
                    max_tasks=500,
                    initializer=_limit_memory,
                    initargs=(self._bounds.memory,),
                    context=server,
                )
            return self._pool

    def _prepare_module(self) -> str:
        return getattr(self._prepare, "func", self._prepare).__module__


def _limit_memory(memory: int) -> None:
    """Bound what this process may allocate; a core dump of somebody's photo helps nobody."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run_in_worker(prepare: ProcessImage, photo: SharedFile, answer: SharedFile, cpu: int) -> None:
    """One photo, with so many seconds of CPU from now on before the system ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(
        resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + cpu + 1, resource.RLIM_INFINITY)
    )
    with answer.open("r+b") as opened, photo.open("rb") as file:
        try:
            pickle.dump(prepare(file), opened, pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            _clear_frames(error)
            raise


def _clear_frames(error: BaseException | None) -> None:
    """Let go of what an error's frames hold, such as the photo: the pool keeps it until the next photo is done."""
    while error:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__
