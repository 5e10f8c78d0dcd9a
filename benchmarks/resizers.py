"""Compare the CPU time of each photo's upload with cykooz-resizer and without it, as on ARM.

SHOEBOX_PHOTOS may name a folder of real photos.
"""

import os
import tempfile
import time
from pathlib import Path
from statistics import median

from app.domain.errors import InvalidUpload
from app.imaging import resize
from app.imaging.pipeline import ImageLimits, process_image
from benchmarks.sample_photos import SUFFIXES, sample_photos

LIMITS = ImageLimits(max_pixels=200_000_000)
MAX_RATIO = 1.5  # of the time with Pillow to that with cykooz-resizer
ROUNDS = 5


def main() -> None:
    """Print the ratio of each photo, and the photos that exceed the goal."""
    fast_modes = resize.fast_modes()
    if not fast_modes:
        print("  cykooz-resizer: not installed, so there is nothing to compare with")
        return
    print("CPU time of process_image(), ms: cykooz-resizer, Pillow, ratio")
    try:
        ratios = _measure_all(fast_modes)
    finally:
        resize.set_fast_modes(fast_modes)
    slow = [name for name, ratio in ratios.items() if ratio > MAX_RATIO]
    print(
        f"  median {median(ratios.values()):.2f}; above {MAX_RATIO:g}: {', '.join(slow) or 'none'}"
    )


def _measure_all(fast_modes: frozenset[str]) -> dict[str, float]:
    """Return the ratios by the name of the file."""
    named = os.environ.get("SHOEBOX_PHOTOS")
    ratios = {}
    with tempfile.TemporaryDirectory() as name:
        files = sorted(Path(named).iterdir()) if named else sample_photos(Path(name)).values()
        for file in files:
            if file.suffix.lower() in SUFFIXES:
                try:
                    ratios[file.name] = _measure(file, fast_modes)
                except InvalidUpload as error:
                    print(f"  {file.name} is left out: {error}")
    return ratios


def _measure(file: Path, fast_modes: frozenset[str]) -> float:
    """Print one line and return the ratio of the lowest times, after a round to warm up."""
    fast, slow = [], []
    for _ in range(ROUNDS + 1):
        fast.append(_cpu_milliseconds(file, fast_modes))
        slow.append(_cpu_milliseconds(file, frozenset()))
    times = min(fast[1:]), min(slow[1:])
    print(
        f"  {file.name:40} {times[0]:5.0f} {times[1]:5.0f} {times[1] / times[0]:5.2f}", flush=True
    )
    return times[1] / times[0]


def _cpu_milliseconds(file: Path, fast_modes: frozenset[str]) -> float:
    resize.set_fast_modes(fast_modes)
    with file.open("rb") as opened:
        started = time.process_time()
        process_image(opened, LIMITS)
        return (time.process_time() - started) * 1000


if __name__ == "__main__":
    main()
