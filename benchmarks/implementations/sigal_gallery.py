"""sigal: its processing of a gallery's photo, once for each size."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from sigal.image import generate_image
from sigal.settings import read_settings

from benchmarks.implementations.worker import WIDTHS, serve, unchanged


def renditions(data: bytes) -> Iterator[bytes]:
    """Read the file, transpose, resize and save."""
    with tempfile.TemporaryDirectory() as folder:
        source, rendition = Path(folder, "photo.jpg"), Path(folder, "rendition.jpg")
        source.write_bytes(data)
        for width in WIDTHS:
            settings = read_settings() | {"img_size": (width, width)}
            generate_image(str(source), str(rendition), settings, {"quality": 80})
            yield rendition.read_bytes()


if __name__ == "__main__":
    serve(renditions, unchanged)
