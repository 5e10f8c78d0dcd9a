"""Whether an object can still be decoded."""

import warnings
from io import BytesIO

from PIL import Image

from app.imaging import pillow_options

_SMALLER = 8  # a JPEG is decoded at an eighth of its size: all of its data is read, and a 64th of the memory taken


def is_decodable(body: bytes) -> bool:
    """Whether the whole image decodes. A changed bit may pass where the format has no checksum, as in a JPEG."""
    pillow_options.register_heif()
    pillow_options.allow_any_size()
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(body)) as image:
            image.draft(None, (max(1, image.width // _SMALLER), max(1, image.height // _SMALLER)))
            image.load()
    except Exception:  # noqa: BLE001  decoders fail in as many ways as there are formats
        return False
    return True
