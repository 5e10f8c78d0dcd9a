"""A `process_image` that fails on request, as decoders do for hostile files."""

import os
import signal
import time
from io import BytesIO
from typing import BinaryIO

from app.domain.processed_image import ProcessedImage
from app.imaging import pipeline

LIMITS = pipeline.ImageLimits(max_pixels=50_000_000)
_CHUNK = 64_000_000  # bytes


def process_image(file: BinaryIO) -> ProcessedImage:
    """Crash, hang, spin or use all memory if the file ends so, else process it as usual."""
    data = file.read()
    if data.endswith(b"CRASH"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if data.endswith(b"KILLED"):
        os.kill(os.getpid(), signal.SIGKILL)
    if data.endswith(b"HANG"):
        time.sleep(600)
    while data.endswith(b"SPIN"):
        pass
    if data.endswith(b"MEMORY"):
        return _use_all_memory()
    return pipeline.process_image(BytesIO(data), LIMITS)


def _use_all_memory() -> ProcessedImage:
    chunks = []
    while True:
        chunks.append(bytearray(_CHUNK))
