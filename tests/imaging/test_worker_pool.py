"""A worker process that crashes, hangs, spins or uses all memory costs one upload."""

import errno
import os
import signal
import threading
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
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
from app.imaging import pipeline, resize, worker_pool
from app.imaging.metadata import UNKNOWN
from app.imaging.worker_pool import ImageWorkerPool, WorkerLimits
from app.services import factory
from app.services.upload_service import UploadService
from tests.backends import local_backend
from tests.imaging import fragile_worker
from tests.imaging.sample_files import encode_image, noise
from tests.sample_images import jpeg
from tests.visitor import Visitor

# On a busy machine a worker process takes seconds to start.
LIMITS = WorkerLimits(memory=600 * 2**20, cpu_seconds=1, wall_seconds=4.0, queue_seconds=0.2)


@pytest.fixture(scope="module")
def pool() -> Iterator[ImageWorkerPool]:
    pool = ImageWorkerPool(fragile_worker.process_image, 1, LIMITS)
    yield pool
    pool.close()


@pytest.mark.parametrize("failure", [b"CRASH", b"HANG", b"SPIN", b"MEMORY"])
def test_a_file_that_breaks_its_worker_is_refused(pool: ImageWorkerPool, failure: bytes) -> None:
    """The next photo is processed as usual."""
    with pytest.raises(InvalidUpload, match="couldn’t process this photo"):
        pool(BytesIO(jpeg() + failure))
    assert pool(BytesIO(jpeg(300, 200))).width == 300


def test_a_worker_that_is_killed_from_outside_is_not_the_fault_of_the_file(
    pool: ImageWorkerPool,
) -> None:
    """The memory limit of a control group kills any worker, so trying again may help."""
    with pytest.raises(Busy):
        pool(BytesIO(jpeg() + b"KILLED"))
    assert pool(BytesIO(jpeg(300, 200))).width == 300


def test_a_killed_fork_server_is_replaced(pool: ImageWorkerPool) -> None:
    """Photos are refused as busy at most, and the next ones are processed."""
    assert pool(BytesIO(jpeg(300, 200))).width == 300
    for process in list(descendants(os.getpid())):
        if b"forkserver" in (process / "cmdline").read_bytes():
            os.kill(int(process.name), signal.SIGKILL)
    with suppress(Busy):
        pool(BytesIO(jpeg(300, 200)))
    assert pool(BytesIO(jpeg(400, 200))).width == 400


def test_a_file_that_takes_too_much_memory_is_too_large(pool: ImageWorkerPool) -> None:
    with pytest.raises(ImageTooLarge):
        pool(BytesIO(jpeg() + b"MEMORY"))


def test_errors_of_the_pipeline_keep_their_messages(pool: ImageWorkerPool) -> None:
    with pytest.raises(UnreadableImage) as refused:
        pool(BytesIO(b"no picture"))
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
        with pytest.raises(FileTooLarge, match="100 MB"):
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
        assert pool(file) == pipeline.process_image(BytesIO(data), fragile_worker.LIMITS)


def test_a_worker_does_not_keep_a_refused_photo() -> None:
    """The worker process unmaps the file before the next photo arrives."""
    process_image = partial(pipeline.process_image, limits=fragile_worker.LIMITS)
    pool = ImageWorkerPool(process_image, 1, LIMITS)
    with TemporaryFile() as file:
        file.write(encode_image(noise(1500, 1000), "JPEG")[: 2**20])
        with pytest.raises(UnreadableImage):
            pool(file)
        inode = os.fstat(file.fileno()).st_ino
    maps = [(process / "maps").read_text() for process in descendants(os.getpid())]
    assert not any(f" {inode} " in text for text in maps)
    pool.close()


def descendants(pid: int) -> Iterator[Path]:
    """The /proc directories of a process's children, and of theirs."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield Path("/proc", child)
            yield from descendants(int(child))


@pytest.mark.parametrize("function", ["share_readable", "shared_temp_file"])
def test_a_full_disk_is_reported_to_the_operator(
    pool: ImageWorkerPool, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    """The error names the directory and its problem; the photo is not refused."""

    def raise_disk_full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(worker_pool, function, raise_disk_full)
    with pytest.raises(StorageRefused, match="its disk is full"):
        pool(BytesIO(jpeg()))


def test_a_pool_that_breaks_during_a_photo_is_busy(
    pool: ImageWorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The visitor may send the photo again, and another pool processes it."""
    broken: Future[None] = Future()
    broken.set_exception(BrokenProcessPool())
    with monkeypatch.context() as patch:
        patch.setattr(pool, "_schedule", lambda *_arguments: broken)
        with pytest.raises(Busy):
            pool(BytesIO(jpeg()))
    assert pool(BytesIO(jpeg(300, 200))).width == 300


def hang(pool: ImageWorkerPool) -> None:
    with pytest.raises(InvalidUpload):
        pool(BytesIO(b"HANG"))


def test_an_upload_waits_briefly_for_a_free_worker(pool: ImageWorkerPool) -> None:
    """While all workers are busy, an upload waits for a short time and raises Busy."""
    pool(BytesIO(jpeg()))
    hanging = threading.Thread(target=hang, args=(pool,))
    hanging.start()
    while pool._free._value:  # until the worker has the file
        threading.Event().wait(0.01)
    with pytest.raises(Busy):
        pool(BytesIO(jpeg()))
    hanging.join()


def test_a_pool_that_broke_is_replaced() -> None:
    """If the system ends the fork server, the next photo starts another."""
    pool = ImageWorkerPool(fragile_worker.process_image, 1, LIMITS)
    assert pool(BytesIO(jpeg(300, 200))).width == 300
    assert pool._pool
    pool._pool.stop()
    assert pool(BytesIO(jpeg(400, 200))).width == 400
    pool.close()


def test_workers_use_the_trial_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resizer is tried once, and not again in each worker process."""
    monkeypatch.setattr(resize._Trial, "modes", None)
    monkeypatch.setattr(worker_pool.resource, "setrlimit", lambda *_limit: None)
    worker_pool._initialize_worker(2**30, frozenset({"L"}))
    assert resize.fast_modes() == {"L"}


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
    answer = visitor.upload(jpeg(), jpeg() + failure, jpeg(), names=names)
    assert answer.status_code in {413, 422}
    assert "bomb.jpg" in answer.text
    gallery = visitor.get("/").text
    assert ">one<" in gallery
    assert ">two<" in gallery


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
