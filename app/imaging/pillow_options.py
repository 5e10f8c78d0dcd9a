"""Set the options of Pillow that hold for the whole process."""

import ctypes
import functools
from contextlib import suppress

from PIL import Image

_MEMORY_BLOCKS = 32  # of at most 16 MiB: all blocks of a photo of 50 megapixels and its renditions
_M_MMAP_THRESHOLD = -3  # malloc.h
_LARGE_BLOCK = 2**20  # bytes
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


def keep_memory_blocks() -> None:
    """Let Pillow reuse the memory of one image for the next, as PILLOW_BLOCKS_MAX does."""
    Image.core.set_blocks_max(_MEMORY_BLOCKS)  # type: ignore[attr-defined]


def release_memory_blocks() -> None:
    """Return the memory that Pillow keeps, and keep none of the images that follow."""
    Image.core.set_blocks_max(0)  # type: ignore[attr-defined]  # Pillow does not type it


def return_freed_memory() -> None:
    """Let the C library return large blocks to the system when they are freed.

    Without it glibc raises its threshold to 32 MiB while it runs and keeps such blocks in its heap,
    several hundred megabytes after a large photo: mallopt(3).
    """
    with suppress(AttributeError):  # a C library without mallopt
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)
