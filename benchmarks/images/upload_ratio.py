"""Compare the CPU time of each photo's upload with fewer renditions: no AVIF, no widest JPEG.

SHOEBOX_PHOTOS may name a folder of real photos.
"""

import os
import tempfile
import time
from pathlib import Path
from statistics import median
from unittest.mock import patch

from app.domain.errors import InvalidUpload
from app.domain.image import rendition_sizes
from app.imaging.pipeline import ImageLimits, process_image
from benchmarks.sample_photos import sample_photos

LIMITS = ImageLimits(max_pixels=200_000_000)
AVIFS = (rendition_sizes.AVIF_WIDTHS, rendition_sizes.PORTRAIT_AVIF_WIDTHS)
WITHOUT_AVIF = ((320, 640, 1280, 2048), (), ())  # the version before AVIF
WITHOUT_WIDEST = (rendition_sizes.JPEG_WIDTHS[:-1], *AVIFS)
ALL = (rendition_sizes.JPEG_WIDTHS, *AVIFS)
MAX_RATIO = 2.0  # of all renditions to those without AVIF
ROUNDS = 3


def main() -> None:
    """Print the ratios of each photo, and the photos that exceed the goal."""
    named = os.environ.get("SHOEBOX_PHOTOS")
    print("CPU time of process_image(), ms: without AVIF, without the widest JPEG, now; two ratios")
    times = {}
    with tempfile.TemporaryDirectory() as name:
        files = sorted(Path(named).iterdir()) if named else sample_photos(Path(name)).values()
        for file in files:
            try:
                times[file.name] = _measure(file)
            except InvalidUpload as error:
                print(f"  {file.name} is left out: {error}")
    for column, label in enumerate(("without AVIF", "without the widest JPEG")):
        ratios = [each[2] / each[column] for each in times.values()]
        total = sum(each[2] for each in times.values()) / sum(
            each[column] for each in times.values()
        )
        print(f"  now ÷ {label}: median {median(ratios):.2f}, all photos together {total:.2f}")
    slow = [name for name, each in times.items() if each[2] / each[0] > MAX_RATIO]
    print(f"  above {MAX_RATIO:g} times those without AVIF: {', '.join(slow) or 'none'}")


def _measure(file: Path) -> tuple[float, ...]:
    """Print one line and return the median times in milliseconds: see `main`."""
    versions = (WITHOUT_AVIF, WITHOUT_WIDEST, ALL)
    rounds = [[_cpu_milliseconds(file, *version) for version in versions] for _ in range(ROUNDS)]
    times = tuple(median(column) for column in zip(*rounds, strict=True))
    numbers = " ".join(f"{each:5.0f}" for each in times)
    ratios = " ".join(f"{times[2] / each:5.2f}" for each in times[:2])
    print(f"  {file.name:40} {numbers} {ratios}", flush=True)
    return times


def _cpu_milliseconds(
    file: Path,
    jpeg_widths: tuple[int, ...],
    avif_widths: tuple[int, ...],
    portrait_avif_widths: tuple[int, ...],
) -> float:
    with (
        patch.object(rendition_sizes, "JPEG_WIDTHS", jpeg_widths),
        patch.object(rendition_sizes, "AVIF_WIDTHS", avif_widths),
        patch.object(rendition_sizes, "PORTRAIT_AVIF_WIDTHS", portrait_avif_widths),
        file.open("rb") as opened,
    ):
        started = time.process_time()
        process_image(opened, LIMITS)
        return (time.process_time() - started) * 1000
