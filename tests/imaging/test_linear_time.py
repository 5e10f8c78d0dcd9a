"""No file makes a metadata reader slow: the time is linear in the length of the file."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import product
from types import FrameType

import pytest

from app.domain.errors import InvalidUpload
from app.imaging import heif_rotation
from app.imaging.metadata import remove_metadata
from tests.imaging.metadata.heif_grids import build_avif

LENGTH = 64_000  # bytes, for which quadratic time is ten seconds
MAX_SECONDS = 4  # of CPU for one file; readers take some milliseconds
STARTS = {
    "JPEG": b"\xff\xd8\xff",
    "JPEG scan": b"\xff\xd8\xff\xc0\0\x0b\x08\0\x10\0\x10\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0",
    "PNG": b"\x89PNG\r\n\x1a\n",
    "GIF": b"GIF89a\x10\0\x10\0\x80\0\0" + bytes(6),
    "WebP": b"RIFF\xff\xff\xff\x7fWEBP",
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "TIFF": b"II*\0\x08\0\0\0",
    "EXIF": b"\xff\xd8\xff\xe1\xff\xfeExif\0\0II*\0\x08\0\0\0",
}
# Bytes that formats give a meaning: markers, labels, separators, digits and signatures.
MEANINGFUL = b"\0\1\2\x1c\x21\x2c\x3b\x80\xc0\xd0\xd8\xd9\xda\xe1\xff I:E"

SPECIAL = b"\0\x21\x2c\xff"  # the bytes that begin a part, or pad one


class TooSlow(BaseException):
    """A reader used more CPU time than a linear one needs."""


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Raise TooSlow after these seconds of CPU time; this ends a hang, and measures nothing."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("start", STARTS)
def test_a_repeated_byte_or_pair_takes_linear_time(start: str, *, exhaustive: bool) -> None:
    """A sampled run repeats the bytes that formats give a meaning."""
    singles = range(256) if exhaustive else MEANINGFUL
    patterns = [bytes((byte,)) for byte in singles]
    if exhaustive:
        patterns += [bytes(pair) for pair in product(SPECIAL, MEANINGFUL)]
    for pattern in patterns:
        data = STARTS[start] + pattern * (LENGTH // len(pattern))
        with cpu_limit(MAX_SECONDS), suppress(InvalidUpload):
            remove_metadata(data)


@pytest.mark.parametrize(
    "data",
    [
        build_avif(b"\x12\0" * 50_000, items=1, extents=64, overlap=True),
        build_avif(b"\x12\0" * 900, items=900, extents=1, overlap=True),
        build_avif(b"\x12\0" * 2, items=900, extents=64, boxes=3_900),
        build_avif(b"\x12\0" * 2, items=900, extents=1, profiles=250),
        build_avif(b"\x12\0" * 1_000_000, items=1, extents=1),
    ],
    ids=["overlapping extents", "shared data", "boxes", "profiles", "units"],
)
def test_a_small_avif_takes_little_time(data: bytes) -> None:
    """No part is read once for each other part."""
    with cpu_limit(MAX_SECONDS), suppress(InvalidUpload):
        remove_metadata(data)
    with cpu_limit(MAX_SECONDS), suppress(ValueError):
        heif_rotation.turn(data, 1)
