"""Decoders that crash, hang, spin and eat memory: each costs one upload."""

import errno
import os
import threading
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from app import create_app
from app.backends import build_photo_service
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
from app.imaging import worker_pool as decoders_module
from app.imaging.metadata import UNKNOWN
from app.imaging.worker_pool import ImageWorkerPool, WorkerLimits
from app.services.photo_service import PhotoService
from tests.backends import local_backend
from tests.imaging import fragile_worker
from tests.imaging.sample_files import noise, saved
from tests.sample_images import jpeg
from tests.visitor import Visitor

BOUNDS = WorkerLimits(
    memory=600 * 2**20, cpu=1, wall=8.0, patience=0.2
)  # a busy machine takes seconds to start a decoder


@pytest.fixture(scope="module")
def decoders() -> Iterator[ImageWorkerPool]:
    decoders = ImageWorkerPool(fragile_worker.prepare, 1, BOUNDS)
    yield decoders
    decoders.close()


@pytest.mark.parametrize("harm", [b"CRASH", b"HANG", b"SPIN", b"EAT"])
def test_harm_is_one_photos_alone(decoders: ImageWorkerPool, harm: bytes) -> None:
    """A file that breaks its decoder is refused in words, and the next photo is prepared as if nothing had been."""
    with pytest.raises(InvalidUpload, match="couldn’t process this photo"):
        decoders(BytesIO(jpeg() + harm))
    assert decoders(BytesIO(jpeg(300, 200))).width == 300


def test_memory_is_bounded(decoders: ImageWorkerPool) -> None:
    """A decoder that asks for more memory than its bound is told so, and the photo is too large."""
    with pytest.raises(ImageTooLarge):
        decoders(BytesIO(jpeg() + b"EAT"))


def test_what_imaging_refuses_comes_through(decoders: ImageWorkerPool) -> None:
    """Imaging's own refusals cross the border between processes with their sentences."""
    with pytest.raises(UnreadableImage) as refused:
        decoders(BytesIO(b"no picture"))
    assert refused.value.message == UNKNOWN


def test_what_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    """A file as large as a whole form may be costs the serving process no memory."""
    config = Config(photo_dir=tmp_path, max_upload_mb=1)
    with (tmp_path / "large").open("w+b") as file:
        file.truncate(100 * 2**20)
        tracemalloc.start()
        with pytest.raises(FileTooLarge, match="105 MB"):
            build_photo_service(config).publish(
                UploadRequest(
                    file=file, filename="large.jpg", text=PhotoText(), owner="me", upload_id="once"
                )
            )
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 10 * 2**20


def test_a_large_photo_comes_through(decoders: ImageWorkerPool) -> None:
    """A photo that is lent to its decoder becomes what one does that is prepared here."""
    data = saved(noise(1500, 1000), "JPEG")
    assert len(data) > 2**20
    with TemporaryFile() as file:
        file.write(data)
        assert decoders(file) == pipeline.process_image(BytesIO(data), fragile_worker.LIMITS)


def test_a_refused_photo_stays_nowhere() -> None:
    """Once it is refused its decoder has let go of it, before the next one comes."""
    decoders = ImageWorkerPool(
        partial(pipeline.process_image, limits=fragile_worker.LIMITS), 1, BOUNDS
    )
    with TemporaryFile() as file:
        file.write(saved(noise(1500, 1000), "JPEG")[: 2**20])
        with pytest.raises(UnreadableImage):
            decoders(file)
        inode = os.fstat(file.fileno()).st_ino
    assert not any(
        f" {inode} " in (process / "maps").read_text() for process in processes_below(os.getpid())
    )
    decoders.close()


def processes_below(pid: int) -> Iterator[Path]:
    """The folders in /proc of a process's children, and theirs."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield Path("/proc", child)
            yield from processes_below(int(child))


@pytest.mark.parametrize("lacking", ["share_readable", "shared_temp_file"])
def test_a_full_disk_is_the_operators_matter(
    decoders: ImageWorkerPool, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    """Where there is no room for what goes to a decoder or comes back, the folder and its trouble are named."""

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(decoders_module, lacking, full)
    with pytest.raises(StorageRefused, match="its disk is full"):
        decoders(BytesIO(jpeg()))


def test_a_pool_that_breaks_meanwhile_is_only_busy(
    decoders: ImageWorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the decoders' own server goes while it has a photo, that upload may come again, and finds another."""
    broken: Future[None] = Future()
    broken.set_exception(BrokenProcessPool())
    with monkeypatch.context() as patch:
        patch.setattr(decoders, "_scheduled", lambda *_arguments: broken)
        with pytest.raises(Busy):
            decoders(BytesIO(jpeg()))
    assert decoders(BytesIO(jpeg(300, 200))).width == 300


def hang(decoders: ImageWorkerPool) -> None:
    with pytest.raises(InvalidUpload):
        decoders(BytesIO(b"HANG"))


def test_nobody_waits_for_long(decoders: ImageWorkerPool) -> None:
    """While every decoder is at work an upload waits briefly, then is asked to come again."""
    decoders(BytesIO(jpeg()))
    hanging = threading.Thread(target=hang, args=(decoders,))
    hanging.start()
    while decoders._free._value:  # until it is at work
        threading.Event().wait(0.01)
    with pytest.raises(Busy):
        decoders(BytesIO(jpeg()))
    hanging.join()


def test_a_pool_that_broke_is_replaced() -> None:
    """When the system takes the decoders' own server away the next photo starts another."""
    decoders = ImageWorkerPool(fragile_worker.prepare, 1, BOUNDS)
    assert decoders(BytesIO(jpeg(300, 200))).width == 300
    assert decoders._pool
    decoders._pool.stop()
    assert decoders(BytesIO(jpeg(400, 200))).width == 400
    decoders.close()


@pytest.fixture
def visitor(tmp_path: Path, config: Config, decoders: ImageWorkerPool) -> Visitor:
    backend = local_backend(tmp_path)
    return Visitor(create_app(config, PhotoService(backend.objects, backend.catalog, decoders)))


@pytest.mark.parametrize("harm", [b"CRASH", b"SPIN", b"EAT"])
def test_the_site_goes_on(visitor: Visitor, harm: bytes) -> None:
    """Of three files the one that kills its decoder is named, the others are in the gallery."""
    answer = visitor.upload(jpeg(), jpeg() + harm, jpeg(), names=("one.jpg", "bomb.jpg", "two.jpg"))
    assert answer.status_code in {413, 422}
    assert "bomb.jpg" in answer.text
    gallery = visitor.get("/").text
    assert ">one<" in gallery
    assert ">two<" in gallery


def test_a_busy_site_says_when_to_come_back(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When no decoder is free the upload is a 503 with Retry-After, and the typed words are still there."""

    def busy(*_arguments: object) -> None:
        raise Busy

    fields = visitor.fields("/upload")
    monkeypatch.setattr(PhotoService, "publish", busy)
    answer = visitor.post(
        "/upload", fields | {"photo": [(BytesIO(jpeg()), "a.jpg")], "title": "Typed"}
    )
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "Typed" in answer.text
