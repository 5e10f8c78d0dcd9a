"""pyvips: the renditions alone, from one decode or with a decode a size."""

import sys
from collections.abc import Iterator

import pyvips

from benchmarks.contestants.worker import as_it_is, serve

RUNGS = (320, 640, 1280, 2048)
ANY_HEIGHT = 10_000_000  # width alone decides


def pyramid(data: bytes) -> Iterator[bytes]:
    """Decode once, each rendition from the next larger one."""
    image = pyvips.Image.thumbnail_buffer(
        data, RUNGS[-1], height=ANY_HEIGHT, size="down"
    ).copy_memory()
    largest_first = [image]
    for rung in reversed(RUNGS[:-1]):
        image = image.resize(rung / image.width).copy_memory()
        largest_first.append(image)
    return (saved(one) for one in reversed(largest_first))


def thumbnails(data: bytes) -> Iterator[bytes]:
    """What its documentation shows: thumbnail, a size."""
    for rung in RUNGS:
        yield saved(pyvips.Image.thumbnail_buffer(data, rung, height=ANY_HEIGHT, size="down"))


def saved(image: pyvips.Image) -> bytes:
    """A JPEG as Shoebox's are."""
    return bytes(image.jpegsave_buffer(Q=80, keep="icc"))


if __name__ == "__main__":
    pyvips.cache_set_max(0)
    serve({"pyramid": pyramid, "thumbnails": thumbnails}[sys.argv[1]], as_it_is)
