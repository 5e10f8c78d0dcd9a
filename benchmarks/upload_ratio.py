"""Compare the CPU time of each photo's upload with that of the version before AVIF.

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
JPEG_WIDTHS_BEFORE = (320, 640, 1280, 2048)
MAX_RATIO = 2.0
ROUNDS = 3


def main() -> None:
    """Print the ratio of each photo, and those that exceed the goal."""
    named = os.environ.get("SHOEBOX_PHOTOS")
    print("CPU time of process_image(): ms before AVIF, ms now, ratio")
    times = {}
    with tempfile.TemporaryDirectory() as name:
        files = sorted(Path(named).iterdir()) if named else sample_photos(Path(name)).values()
        for file in files:
            try:
                times[file.name] = _measure(file)
            except InvalidUpload as error:
                print(f"  {file.name} is left out: {error}")
    ratios = {name: now / before for name, (before, now) in times.items()}
    total_before, total_now = (sum(column) for column in zip(*times.values(), strict=True))
    slow = [name for name, ratio in ratios.items() if ratio > MAX_RATIO]
    print(f"  all photos together {total_now / total_before:.2f}")
    print(f"  median {median(ratios.values()):.2f}")
    print(f"  above {MAX_RATIO:g}: {', '.join(slow) or 'none'}")


def _measure(file: Path) -> tuple[float, float]:
    """Print one line and return the median times before and now, in milliseconds."""
    before, now = [], []
    for _ in range(ROUNDS):
        with (
            patch.object(rendition_sizes, "JPEG_WIDTHS", JPEG_WIDTHS_BEFORE),
            patch.object(rendition_sizes, "AVIF_WIDTHS", ()),
        ):
            before.append(_cpu_milliseconds(file))
        now.append(_cpu_milliseconds(file))
    time_before, time_now = median(before), median(now)
    ratio = time_now / time_before
    print(f"  {file.name:40} {time_before:5.0f} {time_now:5.0f} {ratio:5.2f}", flush=True)
    return time_before, time_now


def _cpu_milliseconds(file: Path) -> float:
    started = time.process_time()
    with file.open("rb") as opened:
        process_image(opened, LIMITS)
    return (time.process_time() - started) * 1000
