"""sigal: what it does with a picture of a gallery, once a size."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from sigal.image import generate_image
from sigal.settings import read_settings

from benchmarks.contestants.worker import as_it_is, serve

RUNGS = (320, 640, 1280, 2048)


def renditions(data: bytes) -> Iterator[bytes]:
    """Read the file, turn it upright, resize, save."""
    with tempfile.TemporaryDirectory() as folder:
        source, rendition = Path(folder, "photo.jpg"), Path(folder, "rendition.jpg")
        source.write_bytes(data)
        for rung in RUNGS:
            settings = read_settings() | {"img_size": (rung, rung)}
            generate_image(str(source), str(rendition), settings, {"quality": 80})
            yield rendition.read_bytes()


if __name__ == "__main__":
    serve(renditions, as_it_is)
