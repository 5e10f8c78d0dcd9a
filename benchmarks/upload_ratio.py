"""Compare the CPU time of each photo's upload with that of the version before AVIF.

SHOEBOX_PHOTOS may name a folder of real photos.
"""

import os
import tempfile
import time
from pathlib import Path
from statistics import median
from unittest.mock import patch

from app.domain import rendition_sizes
from app.domain.errors import InvalidUpload
from app.imaging.pipeline import ImageLimits, process_image
from benchmarks.sample_photos import sample_photos

LIMITS = ImageLimits(max_pixels=200_000_000)
JPEG_WIDTHS_BEFORE = (320, 640, 1280, 2048)
MAX_RATIO = 2.0
ROUNDS = 3


def main() -> None:
    """Print the ratio of each photo, and those that exceed the goal."""
    named = os.environ.get("SHOEBOX_PHOTOS")
    print("CPU time of process_image(): ms before AVIF, ms now, ratio")
    ratios = {}
    with tempfile.TemporaryDirectory() as name:
        files = sorted(Path(named).iterdir()) if named else sample_photos(Path(name)).values()
        for file in files:
            try:
                ratios[file.name] = _measure(file)
            except InvalidUpload as error:
                print(f"  {file.name} is left out: {error}")
    slow = [name for name, ratio in ratios.items() if ratio > MAX_RATIO]
    print(
        f"  median {median(ratios.values()):.2f}; above {MAX_RATIO:g}: {', '.join(slow) or 'none'}"
    )


def _measure(file: Path) -> float:
    """Print one line and return the ratio of the median times."""
    before, now = [], []
    for _ in range(ROUNDS):
        with (
            patch.object(rendition_sizes, "JPEG_WIDTHS", JPEG_WIDTHS_BEFORE),
            patch.object(rendition_sizes, "AVIF_WIDTHS", ()),
        ):
            before.append(_cpu_milliseconds(file))
        now.append(_cpu_milliseconds(file))
    ratio = median(now) / median(before)
    print(f"  {file.name:40} {median(before):5.0f} {median(now):5.0f} {ratio:5.2f}", flush=True)
    return ratio


def _cpu_milliseconds(file: Path) -> float:
    started = time.process_time()
    with file.open("rb") as opened:
        process_image(opened, LIMITS)
    return (time.process_time() - started) * 1000
