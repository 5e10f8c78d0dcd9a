"""Pillow without Shoebox: the simplest loop, and the least work that libjpeg-turbo can do."""

import sys
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageOps

from app.domain.image.rendition_sizes import height_at
from benchmarks.implementations.worker import WIDTHS, serve, unchanged

ORIENTATION = 0x0112


def naive(data: bytes) -> Iterator[bytes]:
    """Open, transpose, resize and save the photo once for each size."""
    for width in WIDTHS:
        image = ImageOps.exif_transpose(Image.open(BytesIO(data)))
        image.thumbnail((width, width * image.height // image.width))
        yield encode(image.convert("RGB"))


def limit(data: bytes) -> Iterator[bytes]:
    """Decode at half the size and encode as many pixels as the renditions have.

    Nothing is resized or transposed.
    """
    image = Image.open(BytesIO(data))
    is_rotated = image.getexif().get(ORIENTATION, 1) > 4
    upright_size = tuple(reversed(image.size)) if is_rotated else image.size
    sizes = [(width, height_at(width, *upright_size)) for width in WIDTHS]
    image.draft(None, (image.width // 2, image.height // 2))
    image.load()
    for size in sizes:
        width, height = reversed(size) if is_rotated else size
        yield encode(image.crop((0, 0, width, height)))


def encode(image: Image.Image) -> bytes:
    """Return a JPEG of Shoebox's quality."""
    body = BytesIO()
    image.save(body, "JPEG", quality=80)
    return body.getvalue()


if __name__ == "__main__":
    serve({"naive": naive, "limit": limit}[sys.argv[1]], unchanged)
