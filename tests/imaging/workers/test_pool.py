"""A worker process that crashes, hangs, spins or uses all memory costs one upload.

Covers app.imaging.workers.__main__, app.imaging.workers.settings and app.imaging.workers.worker.
"""

import errno
import logging
import signal
import tracemalloc
from contextlib import closing
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

import pytest

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
from app.imaging.workers import files
from app.imaging.workers.answers import ProcessingFailed
from app.imaging.workers.pool import ImageWorkerPool, WorkerFailed
from tests.imaging.sample_files import encode_image, noise
from tests.imaging.workers import fragile_worker
from tests.imaging.workers.processing import in_memory, processed
from tests.imaging.workers.worker_processes import (
    fragile_pool,
    kill,
    wait_until,
    while_processing,
    workers,
)
from tests.sample_images import jpeg


@pytest.mark.parametrize("failure", [b"CRASH", b"SPIN", b"MEMORY"])
def test_a_file_that_breaks_its_worker_is_refused(pool: ImageWorkerPool, failure: bytes) -> None:
    """The next photo is processed as usual, and a worker that spins is gone."""
    with pytest.raises(InvalidUpload, match="couldn’t process this photo"):
        processed(pool, jpeg() + failure)
    wait_until(lambda: len(workers(pool)) == 1)  # the one that waits for the next photo
    assert processed(pool, jpeg(300, 200)).width == 300


def test_every_photo_has_a_worker_of_its_own(pool: ImageWorkerPool) -> None:
    """No process that decoded one visitor's file sees another's."""
    processed(pool, jpeg())
    before = workers(pool)
    processed(pool, jpeg())
    wait_until(lambda: len(workers(pool)) == 1)
    assert not set(before) & set(workers(pool))


def test_a_fault_of_ours_is_an_error_with_its_cause(pool: ImageWorkerPool) -> None:
    """The server logs the worker's traceback; the photo is not called damaged."""
    with pytest.raises(ProcessingFailed, match=r"\| KeyError: 'a fault of ours'"):
        processed(pool, jpeg() + b"FAULT")


def test_a_worker_that_exits_without_an_answer_is_a_fault_of_ours(pool: ImageWorkerPool) -> None:
    with pytest.raises(WorkerFailed, match="exit code 3"):
        processed(pool, jpeg() + b"EXIT")


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
