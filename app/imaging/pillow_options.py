"""Set the options of Pillow that apply to the whole process."""

import functools

from PIL import Image

_HEIF_THREADS = 2  # as fast here as the default of 4, whose heaps keep 75 MB of the process


def allow_any_size() -> None:
    """Turn off Pillow's own pixel limits.

    They are below the 200 megapixels of a phone. Our limits are checked before an image is opened.
    """
    Image.MAX_IMAGE_PIXELS = None


@functools.cache
def register_heif() -> None:
    """Let Pillow open HEIC files."""
    import pillow_heif  # noqa: PLC0415 - a library of codecs that most uploads do without

    pillow_heif.options.DECODE_THREADS = _HEIF_THREADS
    pillow_heif.register_heif_opener(thumbnails=False)
