"""pyvips: the renditions only, from one decode or with a decode for each size."""

import sys
from collections.abc import Iterator

import pyvips

from benchmarks.implementations.worker import WIDTHS, serve, unchanged

ANY_HEIGHT = 10_000_000  # so that the width alone decides


def pyramid(data: bytes) -> Iterator[bytes]:
    """Decode once, and resize each rendition from the next larger one."""
    image = pyvips.Image.thumbnail_buffer(data, WIDTHS[-1], height=ANY_HEIGHT, size="down")
    image = image.copy_memory()
    largest_first = [image]
    for width in reversed(WIDTHS[:-1]):
        image = image.resize(width / image.width).copy_memory()
        largest_first.append(image)
    return (encode(rendition) for rendition in reversed(largest_first))


def thumbnails(data: bytes) -> Iterator[bytes]:
    """Call `thumbnail` for each size, as the documentation shows."""
    for width in WIDTHS:
        image = pyvips.Image.thumbnail_buffer(data, width, height=ANY_HEIGHT, size="down")
        yield encode(image)


def encode(image: pyvips.Image) -> bytes:
    """Return a JPEG of Shoebox's quality."""
    return bytes(image.jpegsave_buffer(Q=80, keep="icc"))


if __name__ == "__main__":
    pyvips.cache_set_max(0)
    serve({"pyramid": pyramid, "thumbnails": thumbnails}[sys.argv[1]], unchanged)
