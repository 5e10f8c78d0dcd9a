"""A worker process that crashes, hangs, spins or uses all memory costs one upload.

Covers app.imaging.workers.__main__, app.imaging.workers.fork_client,
app.imaging.workers.fork_server, app.imaging.workers.settings and app.imaging.workers.worker.
"""

import errno
import logging
import os
import signal
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from app import create_app
from app.backends import build_services
from app.config import Config
from app.domain.errors import (
    Busy,
    FileTooLarge,
    ImageTooLarge,
    InvalidUpload,
    StorageRefused,
    UnreadableImage,
)
from app.domain.upload import PhotoText, UploadRequest
from app.imaging import pipeline
from app.imaging.metadata import UNKNOWN
from app.imaging.workers import files, fork_client
from app.imaging.workers.answers import ProcessingFailed
from app.imaging.workers.fork_client import ForkServerFailed, WorkerExit
from app.imaging.workers.fork_server import FORK
from app.imaging.workers.pool import ImageWorkerPool, WorkerFailed
from app.imaging.workers.settings import WorkerLimits
from app.services import factory
from app.services.upload_service import UploadService
from tests.backends import local_backend
from tests.imaging.sample_files import encode_image, noise
from tests.imaging.workers import fragile_worker
from tests.imaging.workers.processing import in_memory, processed
from tests.sample_images import jpeg
from tests.visitor import Visitor

# On a busy machine a worker process takes seconds to start and to get its CPU time.
LIMITS = WorkerLimits(memory=300 * 2**20, cpu_seconds=1, wall_seconds=60.0, queue_seconds=0.2)


@pytest.fixture(scope="module")
def pool() -> Iterator[ImageWorkerPool]:
    pool = fragile_pool()
    yield pool
    pool.close()


def fragile_pool(limits: WorkerLimits = LIMITS) -> ImageWorkerPool:
    return ImageWorkerPool(fragile_worker.LIMITS, 1, limits, fragile_worker.NAME)


@pytest.mark.parametrize("failure", [b"CRASH", b"SPIN", b"MEMORY"])
def test_a_file_that_breaks_its_worker_is_refused(pool: ImageWorkerPool, failure: bytes) -> None:
    """The next photo is processed as usual, and a worker that spins is gone."""
    with pytest.raises(InvalidUpload, match="couldn’t process this photo"):
        processed(pool, jpeg() + failure)
    wait_until(lambda: len(workers(pool)) == 1)  # the one that waits for the next photo
    assert processed(pool, jpeg(300, 200)).width == 300


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


def test_every_photo_has_a_worker_of_its_own(pool: ImageWorkerPool) -> None:
    """No process that decoded one visitor's file sees another's."""
    processed(pool, jpeg())
    before = workers(pool)
    processed(pool, jpeg())
    wait_until(lambda: len(workers(pool)) == 1)
    assert not set(before) & set(workers(pool))


def test_the_workers_end_with_the_server() -> None:
    """Even if the server is killed, the kernel closes the socket that the fork server watches."""
    pool = fragile_pool()
    processed(pool, jpeg())
    processes = [fork_server(pool), *workers(pool)]
    pool._fork_server._control.close()  # type: ignore[union-attr]
    wait_until(lambda: not any(is_alive(process) for process in processes))
    pool.close()


def test_a_fault_of_ours_is_an_error_with_its_cause(pool: ImageWorkerPool) -> None:
    """The server logs the worker's traceback; the photo is not called damaged."""
    with pytest.raises(ProcessingFailed, match=r"\| KeyError: 'a fault of ours'"):
        processed(pool, jpeg() + b"FAULT")


def test_a_worker_that_exits_without_an_answer_is_a_fault_of_ours(pool: ImageWorkerPool) -> None:
    with pytest.raises(WorkerFailed, match="exit code 3"):
        processed(pool, jpeg() + b"EXIT")


def test_a_fork_server_that_does_not_start_is_a_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Visitors are not asked to try again in a moment."""
    monkeypatch.setattr(fork_client, "_PROGRAM", "app.domain.photo")
    with pytest.raises(ForkServerFailed):
        processed(fragile_pool(), jpeg())


def test_the_log_says_what_the_sandbox_refuses(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    pool = fragile_pool()
    pool.start()
    pool.close()
    assert "Image workers have" in caplog.text


def test_a_file_that_takes_too_much_memory_is_too_large(pool: ImageWorkerPool) -> None:
    with pytest.raises(ImageTooLarge):
        processed(pool, jpeg() + b"MEMORY")


def test_errors_of_the_pipeline_keep_their_messages(pool: ImageWorkerPool) -> None:
    with pytest.raises(UnreadableImage) as refused:
        processed(pool, b"no picture")
    assert refused.value.message == UNKNOWN


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """A file as large as the longest request costs the server no memory."""
    config = Config(photo_dir=tmp_path, max_upload_mb=1)
    with (tmp_path / "large").open("w+b") as file:
        file.truncate(100_000_000)
        request = UploadRequest(
            file=file,
            filename="large.jpg",
            text=PhotoText().validated(),
            owner="me",
            upload_id="once",
        )
        tracemalloc.start()
        with pytest.raises(FileTooLarge, match="100\u00a0MB"):
            build_services(config).uploads.publish(request)
        _current, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 10_000_000


def test_a_large_file_is_shared_with_the_worker(pool: ImageWorkerPool) -> None:
    """The result is the same as without a worker process."""
    data = encode_image(noise(1500, 1000), "JPEG")
    assert len(data) > 2**20
    with TemporaryFile() as file:
        file.write(data)
        with closing(pool(file)) as image:
            expected = pipeline.process_image(BytesIO(data), fragile_worker.LIMITS)
            assert in_memory(image) == expected


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


@pytest.mark.parametrize("function", ["open_read_only", "temp_file"])
def test_a_full_disk_is_reported_to_the_operator(
    pool: ImageWorkerPool, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    """The error names the directory and its problem; the photo is not refused."""

    def raise_disk_full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, function, raise_disk_full)
    with pytest.raises(StorageRefused, match="its disk is full"):
        processed(pool, jpeg())


@pytest.mark.parametrize("size", [(24, 24), (500, 400)])
def test_a_disk_too_full_for_the_original_is_reported_to_the_operator(
    pool: ImageWorkerPool, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    """The worker process cannot write the file, which says that the disk is full.

    The smaller file would fit into a buffer.
    """
    data = encode_image(noise(*size), "JPEG")
    assert (len(data) < 4096) == (size == (24, 24))
    monkeypatch.setattr(files.tempfile, "TemporaryFile", partial(open, "/dev/full", "w+b"))
    with pytest.raises(StorageRefused, match="its disk is full"):
        processed(pool, data)


def test_an_upload_waits_briefly_for_a_free_worker(pool: ImageWorkerPool) -> None:
    """While all workers are busy, an upload waits for a short time and raises Busy."""
    processed(pool, jpeg())
    with while_processing(pool, jpeg() + b"HANG"):
        with pytest.raises(Busy):
            processed(pool, jpeg())
        kill(workers(pool), signal.SIGKILL)


@pytest.fixture
def visitor(tmp_path: Path, config: Config, pool: ImageWorkerPool) -> Visitor:
    services = factory.build_services(
        local_backend(tmp_path), pool, max_file_bytes=config.max_upload_bytes
    )
    return Visitor(create_app(config, services))


@pytest.mark.parametrize("failure", [b"CRASH", b"SPIN", b"MEMORY"])
def test_the_other_files_of_the_form_are_published(visitor: Visitor, failure: bytes) -> None:
    """Of three files the one that breaks its worker is named; the others are in the gallery."""
    names = ("one.jpg", "bomb.jpg", "two.jpg")
    answer = visitor.upload(jpeg(), jpeg() + failure, jpeg(), names=names, title="Of the form")
    assert answer.status_code in {413, 422}
    assert "bomb.jpg" in answer.text
    assert visitor.get("/").text.count(">Of the form<") == 2


def test_a_killed_worker_is_a_503_for_the_visitor(visitor: Visitor, pool: ImageWorkerPool) -> None:
    """The site is at fault, and the browser may send the photo again."""
    processed(pool, jpeg())
    statuses: list[int] = []
    upload = threading.Thread(
        target=lambda: statuses.append(visitor.upload(jpeg() + b"HANG").status_code)
    )
    upload.start()
    confined: list[Path] = []
    wait_until(lambda: bool(confined.extend(filter(is_confined, workers(pool))) or confined))
    kill(confined, signal.SIGKILL)
    upload.join()
    assert statuses == [503]
    assert visitor.upload(jpeg()).status_code in {201, 303}


def test_a_busy_site_says_when_to_try_again(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no free worker the answer is 503 with Retry-After, and the form keeps its text."""

    def raise_busy(*_arguments: object) -> None:
        raise Busy

    fields = visitor.fields("/upload")
    monkeypatch.setattr(UploadService, "publish", raise_busy)
    form = fields | {"photo": [(BytesIO(jpeg()), "a.jpg")], "title": "Typed"}
    answer = visitor.post("/upload", form)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "Typed" in answer.text
