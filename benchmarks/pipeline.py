"""One upload's CPU from file to renditions, against the loop everybody writes first.

SHOEBOX_PHOTOS may name a folder with photographs; without it three are made, which compress like photographs.
"""

import os
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from app.adapters.imaging import Limits, prepare
from app.domain.ladder import RUNGS
from benchmarks.rounds import ROUNDS, cpu_medians

LIMITS = Limits(max_bytes=200 * 2**20, max_pixels=200_000_000)
MOST = 3


def photographs() -> dict[str, bytes]:
    """At most three JPEG files by name."""
    folder = os.environ.get("SHOEBOX_PHOTOS")
    if not folder:
        sizes = {"12 MP": (4032, 3024), "16 MP": (4608, 3456), "24 MP": (6000, 4000)}
        return {name: photograph(*size) for name, size in sizes.items()}
    files = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in {".jpg", ".jpeg"})
    return {path.name: path.read_bytes() for path in by_pixels(files)[:MOST]}


def by_pixels(files: list[Path]) -> list[Path]:
    """The readable ones, the most pixels first."""
    sizes = {}
    for path in files:
        with Image.open(path) as image:
            if image.format == "JPEG" and len(path.read_bytes()) > image.width * image.height / 10:
                sizes[path] = image.width * image.height
    return sorted(sizes, key=lambda path: sizes[path], reverse=True)


def photograph(width: int, height: int) -> bytes:
    """A JPEG with a photograph's mix of smooth and busy, about 3 bits a pixel."""
    smooth = Image.radial_gradient("L").resize((width, height))
    busy = Image.effect_noise((width, height), 24)
    channels = (smooth, Image.blend(smooth, busy, 0.5), busy)
    file = BytesIO()
    Image.merge("RGB", channels).save(file, "JPEG", quality=90)
    return file.getvalue()


def shoebox(file: bytes) -> None:
    """All that an upload does before anything is stored."""
    prepare(BytesIO(file), LIMITS)


def naive(file: bytes) -> None:
    """Open, turn upright, thumbnail and save, once a size."""
    for rung in RUNGS:
        image = ImageOps.exif_transpose(Image.open(BytesIO(file)))
        image.thumbnail((rung, rung * image.height // image.width))
        image.convert("RGB").save(BytesIO(), "JPEG", quality=80)


def main() -> None:
    """Print the ratios."""
    print(f"Upload pipeline, CPU, median of {ROUNDS} rounds (verify, clean, hash, decode once, four renditions)")
    for name, file in photographs().items():
        spent = cpu_medians({"shoebox": partial(shoebox, file), "naive": partial(naive, file)})
        ours, theirs = (f"{candidate} {seconds * 1000:5.0f} ms" for candidate, seconds in spent.items())
        print(f"  {name:40} {ours}   {theirs}   {spent['shoebox'] / spent['naive']:.2f}")
