"""Uploads through the site, of files that break their worker or while all workers are busy."""

import signal
import threading
from io import BytesIO
from pathlib import Path

import pytest

from app import create_app
from app.config import Config
from app.domain.errors import Busy
from app.imaging.workers.pool import ImageWorkerPool
from app.services import factory
from app.services.upload_service import UploadService
from tests.backends import local_backend
from tests.imaging.workers.processing import processed
from tests.imaging.workers.worker_processes import is_confined, kill, wait_until, workers
from tests.sample_images import jpeg
from tests.visitor import Visitor


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
