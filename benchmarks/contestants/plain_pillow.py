"""Pillow without Shoebox: the loop that everybody writes first, and the least that libjpeg-turbo can be asked for."""

import sys
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageOps

from app.domain.rendition_sizes import RENDITION_WIDTHS, rendition_sizes
from benchmarks.contestants.worker import as_it_is, serve


def naive(data: bytes) -> Iterator[bytes]:
    """Open, turn upright, thumbnail and save, once a size."""
    for rung in RENDITION_WIDTHS:
        image = ImageOps.exif_transpose(Image.open(BytesIO(data)))
        image.thumbnail((rung, rung * image.height // image.width))
        yield saved(image.convert("RGB"))


def limit(data: bytes) -> Iterator[bytes]:
    """Decode at half the size and encode as many pixels as the renditions have: no resize, no turn."""
    image = Image.open(BytesIO(data))
    on_its_side = image.getexif().get(0x0112, 1) > 4
    sizes = rendition_sizes(*(reversed(image.size) if on_its_side else image.size))
    image.draft(None, (image.width // 2, image.height // 2))
    image.load()
    for size in sizes:
        yield saved(image.crop((0, 0, *(reversed(size) if on_its_side else size))))


def saved(image: Image.Image) -> bytes:
    """A JPEG as Shoebox's are."""
    body = BytesIO()
    image.save(body, "JPEG", quality=80)
    return body.getvalue()


if __name__ == "__main__":
    serve({"naive": naive, "limit": limit}[sys.argv[1]], as_it_is)
