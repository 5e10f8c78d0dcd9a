"""The canvas: memory that JPEGs are decoded into, one after the other.

New memory is cleared by the system or by Pillow before a decoder writes its first pixel: at 48 megapixels that is 40 ms
of 270. The canvas is cleared once. Each photo covers all that an earlier one left: a decoder that did not write every
row raises. Beside it Pillow keeps the blocks of memory that the renditions lay in.
"""

import mmap
import threading
from contextlib import suppress

from PIL import Image, ImageFile

_LARGEST = 200_000_000  # bytes: 50 megapixels; what is larger finds memory of its own
_HUGE_PAGE = 2**21  # bytes; a whole number of them begins at one
_PIXEL = 4  # bytes of Pillow's RGB
_BLOCKS = 6  # at most 16 MiB each: two for the largest rendition as it lies and upright, and those of the others


class _Thread(threading.local):
    canvas: mmap.mmap | None = None


_thread = _Thread()


def lay_under(image: ImageFile.ImageFile) -> None:
    """Let an RGB `image` that is not decoded yet be decoded here, unless an earlier one still lies here."""
    Image.core.set_blocks_max(_BLOCKS)  # type: ignore[attr-defined]  # what PILLOW_BLOCKS_MAX sets
    width, height = image.size
    size = width * height * _PIXEL
    if image.mode != "RGB" or size > _LARGEST:
        discard()
        return
    try:
        canvas = _of_size(size)
    except BufferError:
        return
    lines = (image.mode, width * _PIXEL, 1)
    image.im = Image.core.map_buffer(canvas, image.size, "raw", 0, lines)  # type: ignore[attr-defined]  # what Image.frombuffer calls


def discard() -> None:
    """Keep nothing: what comes now needs all the memory that one photo may take."""
    _thread.canvas = None
    Image.core.set_blocks_max(0)  # type: ignore[attr-defined]


def _of_size(size: int) -> mmap.mmap:
    """The thread's canvas with at least so many bytes. Raises BufferError while an image lies there."""
    canvas = _thread.canvas
    if canvas and len(canvas) < size:
        canvas.close()  # not resized: what the system moves it lays out in small pages
        canvas = _thread.canvas = None
    if not canvas:
        whole = -(-size // _HUGE_PAGE) * _HUGE_PAGE
        canvas = _thread.canvas = mmap.mmap(-1, whole, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        with suppress(OSError):  # a kernel without huge pages
            canvas.madvise(mmap.MADV_HUGEPAGE)
    canvas.resize(len(canvas))
    return canvas
