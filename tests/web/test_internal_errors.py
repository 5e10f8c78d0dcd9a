"""A fault of Shoebox is never called the visitor's, and never lost.

Covers app.web.middleware.log_format.
"""

import logging
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from flask import Flask
from flask.logging import default_handler

from app.domain.errors import UnreadableImage
from app.domain.image.rendition_sizes import JPEG
from app.imaging import pipeline, renditions
from app.services.factory import Services
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor

SECRET_DETAIL = "a detail of the fault"


@pytest.fixture
def faulty_renditions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make photos that are 333 pixels wide fail in our own code."""
    encode = renditions.encode_jpeg

    def fail_at_333(image: pipeline.Image.Image, profile: bytes | None) -> bytes:
        if image.width == 333:
            raise ZeroDivisionError(SECRET_DETAIL)
        return encode(image, profile)

    monkeypatch.setitem(renditions.ENCODERS, JPEG, fail_at_333)


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Return the messages of the log as an operator reads them."""
    return "\n".join(default_handler.format(record) for record in caplog.records)


def test_a_broken_avif_is_not_the_fault_of_the_upload(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The encoder's own file is read to remove its names; an error there is internal."""

    def refuse(_data: bytes, _select_kept: object) -> None:
        raise UnreadableImage(SECRET_DETAIL)

    monkeypatch.setattr("app.imaging.renditions.heif.remove_metadata", refuse)
    answer = visitor.upload(jpeg(400, 300))
    assert answer.status_code == 500
    assert "on our side" in answer.text
    assert "the encoder of image/avif" in logged(caplog)


@pytest.mark.usefixtures("faulty_renditions")
def test_a_fault_in_the_pipeline_is_a_500_for_its_file(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    """The page does not call the file damaged, and the traceback names the request."""
    answer = visitor.upload(jpeg(333, 200), title="Kept title")
    assert answer.status_code == 500
    assert "on our side" in answer.text
    assert "damaged" not in answer.text
    assert "Kept title" in answer.text
    assert SECRET_DETAIL not in answer.text
    log = logged(caplog)
    assert f"ZeroDivisionError: {SECRET_DETAIL}" in log
    assert f"[{answer.headers['X-Request-Id']} contributor]" in log


@pytest.mark.usefixtures("faulty_renditions")
def test_a_fault_at_one_file_does_not_touch_the_others(visitor: Visitor) -> None:
    """The files before it and after it are published."""
    answer = visitor.upload_json(jpeg(320, 200), jpeg(333, 200), jpeg(300, 200))
    assert answer.status_code == 201
    assert len(answer.json["photos"]) == 2
    (failure,) = answer.json["errors"]
    assert failure["filename"] == "IMG_1.jpg"
    assert "on our side" in failure["detail"]


@pytest.mark.usefixtures("faulty_renditions")
def test_a_script_reads_the_fault_as_a_problem(visitor: Visitor) -> None:
    answer = visitor.upload_json(jpeg(333, 200))
    assert answer.status_code == 500
    assert answer.mimetype == "application/problem+json"
    assert "on our side" in answer.json["detail"]


@pytest.mark.usefixtures("faulty_renditions")
def test_import_goes_on_after_a_fault(
    app: Flask, services: Services, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The command names the file, imports the others and exits with status 1."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, width in (("a.jpg", 320), ("b.jpg", 333), ("c.jpg", 300)):
        (folder / name).write_bytes(jpeg(width, 200))
    result = run(app, "import", str(folder))
    assert result.exit_code == 1
    assert "2 added, 0 skipped, 1 failed." in result.output
    assert "b.jpg: Something went wrong on our side" in result.output
    assert SECRET_DETAIL in logged(caplog)
    assert sum(1 for _ in services.backend.catalog.photos()) == 2


def test_a_storage_fault_in_a_form_is_logged(
    visitor: Visitor,
    backend: Backend,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The cause is in the log, with the request id; later messages of no request have none."""

    def fail(*_args: object) -> None:
        raise OSError("the disk says no")

    monkeypatch.setattr(backend.objects, "put", fail)
    answer = visitor.upload(jpeg())
    assert answer.status_code == 500
    assert "the disk says no" in logged(caplog)
    assert f"[{answer.headers['X-Request-Id']} contributor]" in logged(caplog)


def test_a_path_cannot_forge_a_log_line(
    app: Flask, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    """A line break in a path is escaped."""

    def fail() -> None:
        raise ZeroDivisionError

    app.before_request_funcs[None].insert(0, fail)
    assert visitor.get("/tags/a%0aERROR%20app:%20forged").status_code == 500
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "\n" not in record.getMessage()


def test_decoders_alone_make_a_file_damaged(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A TypeError inside of the metadata removers is a fault of ours, whatever the file."""

    def fail(_file: BinaryIO, *_args: object, **_options: object) -> None:
        raise TypeError(SECRET_DETAIL)

    monkeypatch.setattr("app.imaging.pipeline.remove_metadata", fail)
    assert visitor.post("/upload", {"photo": (BytesIO(jpeg()), "a.jpg")}, JSON).status_code == 500
