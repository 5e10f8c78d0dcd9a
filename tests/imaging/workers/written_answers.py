"""An image, and the answers of a worker that has processed it."""

import json
import struct
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any

from app.domain.image.camera_info import CameraInfo
from app.domain.image.captions import Captions
from app.domain.image.credit import Credit
from app.domain.image.processed_image import LeftOut, ProcessedImage, Rendition
from app.domain.image.taken_date import TakenDate
from app.imaging.workers import answers
from app.imaging.workers.files import WorkerFiles
from tests.imaging.workers.processing import in_memory

MAX_PIXELS = 1_000_000
ORIGINAL = b"original"
IMAGE = ProcessedImage(
    original=ORIGINAL,
    content_type="image/jpeg",
    width=340,
    height=219,
    sha256="0" * 64,
    placeholder="#00ff7f",
    colors="0f7" * 12,
    renditions=(
        Rendition(320, 206, b"small", "image/avif"),
        Rendition(320, 206, b""),
        Rendition(340, 219, b"l"),
    ),
    camera=CameraInfo(make="Acme", focal_length=3.5, focal_length_35mm=24.0, iso=100),
    taken=TakenDate(
        datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    ),
    credit=Credit(creator="Anna", license_url="https://example.org/"),
    captions=Captions(title="Pier", description="🏖" * 5000, tags=("sea",), alt="🏖" * 1000),
    removed_metadata=("location", "metadata"),
    left_out=LeftOut(pages=3, panorama=True),
)


@contextmanager
def files(answer: bytes = b"", upload_size: int = 0) -> Iterator[WorkerFiles]:
    """Open the files of a worker that has written `answer` and the original of IMAGE."""
    with WorkerFiles.open(BytesIO(bytes(upload_size))) as opened:
        if answer:
            opened.answer.write(answer)
            opened.original.write(ORIGINAL)
        yield opened


def read(data: bytes, upload_size: int = 0) -> ProcessedImage:
    """Return the image of an answer, or raise the error that it has."""
    with files(data, upload_size) as answered:
        image = answers.read(answered, MAX_PIXELS)
    assert image
    with closing(image):
        return in_memory(image)


def written(write: Callable[..., None], *arguments: object) -> bytes:
    """Return the answer that a function of `answers` writes."""
    with files() as answered:
        write(answered, *arguments)
        answered.answer.seek(0)
        return answered.answer.read()


def header_of(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the header of an answer and the bodies of its images."""
    (length,) = struct.unpack_from("!I", data)
    return json.loads(data[4 : 4 + length]), data[4 + length :]


def with_header(header: object, bodies: bytes = b"") -> bytes:
    """Return an answer with this header, which may be one that no worker writes."""
    encoded = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("!I", len(encoded)) + encoded + bodies
