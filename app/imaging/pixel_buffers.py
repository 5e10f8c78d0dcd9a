"""Canvases: memory that stays, for the two largest images that a photo needs, one photo after the other.

New memory is cleared by the system or by Pillow before a decoder writes its first pixel: at 48 megapixels that is 40 ms
of 270. A canvas is cleared once, and lies in huge pages. Each image covers all that an earlier one left: a decoder that
did not write every row raises. Beside them Pillow keeps the blocks of memory that the renditions lie in.
"""

import mmap
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from PIL import Image, ImageFile

if TYPE_CHECKING:
    from PIL._imaging import ImagingCore

_LARGEST = 200_000_000  # bytes: 50 megapixels; what is larger finds memory of its own
_LARGEST_BETWEEN = 80_000_000  # bytes: what those have, but for panoramas
_HUGE_PAGE = 2**21  # bytes; a whole number of them begins at one
_PIXEL = 4  # bytes of Pillow's RGB
_BLOCKS = 6  # at most 16 MiB each: two for the largest rendition as it lies and upright, and those of the others


class _PixelBuffer:
    """Memory for one RGB image at a time, enough for the largest so far."""

    def __init__(self) -> None:
        self._memory: mmap.mmap | None = None

    def image_core(self, size: tuple[int, int]) -> "ImagingCore":
        """What such an image consists of. Raises BufferError while another one lies here, OSError without memory."""
        width, height = size
        memory, lines = self._of_size(width * height * _PIXEL), ("RGB", width * _PIXEL, 1)
        core: ImagingCore = Image.core.map_buffer(memory, size, "raw", 0, lines)  # type: ignore[attr-defined]  # what Image.frombuffer calls
        return core

    def _of_size(self, size: int) -> mmap.mmap:
        if self._memory and len(self._memory) < size:
            self._memory.close()  # not resized: what the system moves it lays out in small pages
            self._memory = None
        if not self._memory:
            whole = -(-size // _HUGE_PAGE) * _HUGE_PAGE
            self._memory = mmap.mmap(-1, whole, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            with suppress(OSError):  # a kernel without huge pages
                self._memory.madvise(mmap.MADV_HUGEPAGE)
        self._memory.resize(len(self._memory))
        return self._memory


class _Thread(threading.local):
    decoded: _PixelBuffer | None = None
    between: _PixelBuffer | None = None


_thread = _Thread()


def attach_buffer(image: ImageFile.ImageFile) -> None:
    """Let an RGB `image` that is not decoded yet be decoded on a canvas, unless an earlier one still lies there."""
    if image.mode != "RGB" or image.width * image.height * _PIXEL > _LARGEST:
        release_buffers()
        return
    Image.core.set_blocks_max(_BLOCKS)  # type: ignore[attr-defined]  # what PILLOW_BLOCKS_MAX sets
    _thread.decoded = _thread.decoded or _PixelBuffer()
    _thread.between = _thread.between or _PixelBuffer()
    with suppress(BufferError, OSError):
        image.im = _thread.decoded.image_core(image.size)


def intermediate_image(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """An RGB image for what lies between two passes over `image`: on a canvas of its own where memory is kept."""
    if _thread.between and size[0] * size[1] * _PIXEL <= _LARGEST_BETWEEN:
        with suppress(BufferError, OSError):
            return image._new(_thread.between.image_core(size))  # noqa: SLF001 - Pillow makes no image of a core otherwise
    return Image.new("RGB", size, None)


def release_buffers() -> None:
    """Keep nothing: what comes now needs all the memory that one photo may take."""
    _thread.decoded = _thread.between = None
    Image.core.set_blocks_max(0)  # type: ignore[attr-defined]
