"""The upload service refuses too large files before it processes them.

tests/services/test_photo_objects.py tests that a failed upload leaves nothing behind.
"""

from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import FileTooLarge, InternalError
from app.domain.file_sizes import MB, to_megabytes
from app.domain.image.processed_image import ProcessedImage
from app.domain.upload import PhotoText, UploadRequest
from app.services.factory import build_services
from app.services.upload_service import UploadService
from tests.backends import local_backend

LIMIT = MB // 2


class Processed(Exception):
    """The upload service asked for the image to be processed."""


class UnreadableFile(BytesIO):
    def read(self, *_: object) -> bytes:  # type: ignore[override]
        raise AssertionError("read")


def refuse_to_process(_file: BinaryIO, **_options: object) -> ProcessedImage:
    raise Processed


@pytest.fixture
def uploads(tmp_path: Path) -> UploadService:
    backend = local_backend(tmp_path)
    return build_services(backend, refuse_to_process, max_file_bytes=LIMIT).uploads


def upload(file: BinaryIO) -> UploadRequest:
    return UploadRequest(
        file=file,
        filename="a.jpg",
        text=PhotoText(title="Dusk").validated(),
        owner="0" * 32,
        upload_id="form",
    )


def test_a_file_over_the_limit_is_not_read(uploads: UploadService) -> None:
    """One byte over the limit is refused, and the message does not say that the sizes are equal."""
    file = UnreadableFile(bytes(LIMIT + 1))
    with pytest.raises(FileTooLarge, match=r"0\.51\u00a0MB \(limit 0\.5\u00a0MB\)"):
        uploads.publish(upload(file))


def test_a_file_of_exactly_the_limit_is_processed(uploads: UploadService) -> None:
    with pytest.raises(InternalError) as raised:
        uploads.publish(upload(BytesIO(bytes(LIMIT))))
    assert isinstance(raised.value.__cause__, Processed)


@given(
    limit=st.integers(1, 1000).map(lambda hundredths: hundredths * MB // 100), size=st.integers(1)
)
@settings(derandomize=True, database=None)
def test_a_size_over_a_limit_is_displayed_as_larger(limit: int, size: int) -> None:
    assert to_megabytes(limit + size % LIMIT + 1) > to_megabytes(limit)
