"""A `process_image` that fails on request, as decoders do for hostile files."""

import ctypes
import os
import time
from io import BytesIO
from typing import BinaryIO

from app.domain.image.image_options import ImageOptions
from app.domain.image.processed_image import ProcessedImage
from app.imaging import pipeline
from app.imaging.pipeline import ImageLimits

NAME = f"{__name__}:process_image"
LIMITS = ImageLimits(max_pixels=50_000_000)
_CHUNK = 64_000_000  # bytes


def process_image(file: BinaryIO, limits: ImageLimits, options: ImageOptions) -> ProcessedImage:
    """Crash, hang, spin or use all memory if the file ends so, else process it as usual."""
    data = file.read()
    if data.endswith(b"CRASH"):
        ctypes.string_at(0)
    if data.endswith(b"EXIT"):
        os._exit(3)
    if data.endswith(b"FAULT"):
        raise KeyError("a fault of ours")
    if data.endswith(b"HANG"):
        time.sleep(600)
    while data.endswith(b"SPIN"):
        pass
    if data.endswith(b"MEMORY"):
        return _use_all_memory()
    return pipeline.process_image(BytesIO(data), limits, options)


def _use_all_memory() -> ProcessedImage:
    chunks = []
    while True:
        chunks.append(bytearray(_CHUNK))
