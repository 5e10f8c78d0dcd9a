"""A decoder that does at a word what hostile files do to real ones."""

import os
import signal
import time
from io import BytesIO
from typing import BinaryIO

from app.domain.processed_image import ProcessedImage
from app.imaging import pipeline

LIMITS = pipeline.ImageLimits(max_bytes=20 * 2**20, max_pixels=50_000_000)


def prepare(file: BinaryIO) -> ProcessedImage:
    """Crash, hang, spin or eat memory where the file says so, else do as the real one does."""
    data = file.read()
    if data.endswith(b"CRASH"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if data.endswith(b"HANG"):
        time.sleep(600)
    while data.endswith(b"SPIN"):
        pass
    if data.endswith(b"EAT"):
        return _eat()
    return pipeline.process_image(BytesIO(data), LIMITS)


def _eat() -> ProcessedImage:
    eaten = [bytearray(2**26)]
    while True:
        eaten.append(bytearray(2**26))
