"""Whether an object can still be decoded."""

import functools
import warnings
from io import BytesIO

from PIL import Image

_SMALLER = 8  # a JPEG is decoded at an eighth of its size: all of its data is read, and a 64th of the memory taken


def is_decodable(body: bytes) -> bool:
    """Whether the whole image decodes. A changed bit may pass where the format has no checksum, as in a JPEG."""
    _register_heif()
    Image.MAX_IMAGE_PIXELS = None  # what is stored was held to our own limits when it came
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(body)) as image:
            image.draft(None, (max(1, image.width // _SMALLER), max(1, image.height // _SMALLER)))
            image.load()
    except Exception:  # noqa: BLE001  decoders fail in as many ways as there are formats
        return False
    return True


@functools.cache
def _register_heif() -> None:
    import pillow_heif  # noqa: PLC0415  a library of codecs

    pillow_heif.register_heif_opener(thumbnails=False)
