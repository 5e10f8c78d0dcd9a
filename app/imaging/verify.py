"""Verify that stored images still decode."""

import warnings
from io import BytesIO

from PIL import Image

from app.imaging import pillow_options

# A JPEG is decoded at an eighth of its width and height: libjpeg reads all of the data, and the
# pixels take a 64th of the memory.
_SCALE = 8


def is_decodable(body: bytes) -> bool:
    """Return whether the whole image decodes.

    Some changed bits pass in formats without checksums, such as JPEG.
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
