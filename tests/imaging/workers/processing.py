"""Process images in the workers of a pool."""

from contextlib import closing
from dataclasses import replace
from io import BytesIO

from app.domain.image.processed_image import ProcessedImage
from app.imaging.workers.pool import ImageWorkerPool


def processed(pool: ImageWorkerPool, data: bytes) -> ProcessedImage:
    """Return the image with its original in memory, as the pipeline returns it."""
    with closing(pool(BytesIO(data))) as image:
        return in_memory(image)


def in_memory(image: ProcessedImage) -> ProcessedImage:
    """Return the image with a copy of its original."""
    assert not isinstance(image.original, bytes)
    image.original.seek(0)
    return replace(image, original=image.original.read())
