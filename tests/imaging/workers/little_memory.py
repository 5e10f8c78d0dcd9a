"""Each `process_image` here has as much memory as the end of its file says."""

import mmap
from contextlib import suppress
from io import BytesIO
from typing import Any, BinaryIO
from unittest import mock

from app.domain.image.image_options import ImageOptions
from app.domain.image.processed_image import ProcessedImage
from app.imaging import pipeline, renditions
from app.imaging.pipeline import ImageLimits

WHILE_RESIZING = f"{__name__}:process_image"
ALWAYS = f"{__name__}:process_image_with_little"
_MIB = 2**20
_DIGITS = 4


def request(data: bytes, free_memory: int) -> bytes:
    """Return a file for this `process_image`, whose memory is in MiB."""
    return data + str(free_memory).zfill(_DIGITS).encode()


def process_image_with_little(
    file: BinaryIO, limits: ImageLimits, options: ImageOptions
) -> ProcessedImage:
    """Process an image as usual, with little memory."""
    data, _taken = _take_memory(file)
    return pipeline.process_image(data, limits, options)


def process_image(file: BinaryIO, limits: ImageLimits, options: ImageOptions) -> ProcessedImage:
    """Process an image as usual, with little memory until its renditions are encoded."""
    data, taken = _take_memory(file)
    encode = renditions.encode

    def encode_with_memory(*arguments: Any) -> bytes:
        _free(taken)
        return encode(*arguments)

    with mock.patch.object(renditions, "encode", encode_with_memory):
        return pipeline.process_image(data, limits, options)


def _take_memory(file: BinaryIO) -> tuple[BytesIO, list[mmap.mmap]]:
    """Return the file of the request, and the memory that it does not have."""
    content = file.read()
    data, free_memory = BytesIO(content[:-_DIGITS]), int(content[-_DIGITS:])
    taken = _take_all_memory()
    _free(taken[:free_memory])
    return data, taken[free_memory:]


def _free(blocks: list[mmap.mmap]) -> None:
    for block in blocks:
        block.close()


def _take_all_memory() -> list[mmap.mmap]:
    """Return the memory that this process may have, in blocks of one MiB."""
    blocks = []
    with suppress(OSError):
        while True:
            blocks.append(mmap.mmap(-1, _MIB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    return blocks
