"""Verify in worker processes that stored images still decode."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO

from PIL import Image

from app.domain.errors import ImageTooLarge, UnreadableImage
from app.domain.image.image_options import ImageOptions
from app.imaging import pillow_options
from app.imaging.decoder_errors import DAMAGED
from app.imaging.pipeline import ImageLimits
from app.imaging.workers.pool import ImageWorkerPool

# A JPEG is decoded at an eighth of its width and height: libjpeg reads all of the data, and the
# pixels take a 64th of the memory.
_SCALE = 8
_CHECK = f"{__name__}:check"


@contextmanager
def decodability_check(processes: int) -> Iterator[Callable[[bytes], bool]]:
    """Yield a function that returns whether an image decodes in a worker process.

    Its threads use at most `processes` worker processes at once.
    """
    workers = ImageWorkerPool(ImageLimits(max_pixels=0), processes, process_image=_CHECK)

    def is_decodable_in_worker(body: bytes) -> bool:
        try:
            workers.check(BytesIO(body))
        except (UnreadableImage, ImageTooLarge):
            return False
        return True

    try:
        yield is_decodable_in_worker
    finally:
        workers.close()


def check(file: BinaryIO, limits: ImageLimits, options: ImageOptions) -> None:
    """Raise UnreadableImage if the image does not decode."""
    del limits, options
    if not is_decodable(file.read()):
        raise UnreadableImage(DAMAGED)


def is_decodable(body: bytes) -> bool:
    """Return whether the whole image decodes.

    Formats without checksums, such as JPEG, may also decode with changed bits.
    """
    pillow_options.register_heif()
    pillow_options.allow_any_size()
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(body)) as image:
            scaled_size = (max(1, image.width // _SCALE), max(1, image.height // _SCALE))
            image.draft(None, scaled_size)
            image.load()
    except Exception:  # noqa: BLE001 - decoders raise many types for damaged files
        return False
    return True
