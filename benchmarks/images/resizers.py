"""Compare the CPU time of each photo's upload with each resizer that is installed.

Machines without a build of cykooz-resizer, such as ARM, have libvips. Both resize on other machines
as well, so that they are compared on the same one. The processes have the environment of an image
worker, whose settings of memory make copies rare and cheap. SHOEBOX_PHOTOS may name a folder of
real photos.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from app.domain.errors import InvalidUpload
from app.imaging import resize
from app.imaging.pipeline import ImageLimits, process_image
from app.imaging.resize import FastResizer
from app.imaging.resize_trial import CYKOOZ_RESIZER, LIBVIPS
from app.imaging.vips_resize import WORKER_ENVIRONMENT, find_libvips
from app.imaging.workers.fork_client import ENVIRONMENT
from benchmarks.sample_photos import SUFFIXES, sample_photos

LIMITS = ImageLimits(max_pixels=200_000_000)
MAX_RATIO = 1.5  # of the time with libvips to that with cykooz-resizer
ROUNDS = 5
VIPS = FastResizer(LIBVIPS, ("CMYK", "L", "RGB"))
PILLOW = FastResizer()


def main() -> None:
    """Measure in a process with the environment of an image worker."""
    command = [sys.executable, "-m", "benchmarks.images.resizers"]
    subprocess.run(command, env=os.environ | ENVIRONMENT | WORKER_ENVIRONMENT, check=True)


def compare() -> None:
    """Print the times of each photo, and the photos that exceed the goal."""
    fast = resize.fast_resizer()
    if fast.name != CYKOOZ_RESIZER or find_libvips() is None:
        print("  cykooz-resizer and pyvips-binary are not both installed: nothing to compare")
        return
    print("CPU time of process_image(), ms: cykooz-resizer, libvips, Pillow; two ratios")
    ratios = _measure_all(fast)
    slow = [name for name, ratio in ratios.items() if ratio > MAX_RATIO]
    print(
        f"  median {median(ratios.values()):.2f}; above {MAX_RATIO:g}: {', '.join(slow) or 'none'}"
    )


def _measure_all(fast: FastResizer) -> dict[str, float]:
    """Return the ratios by the name of the file."""
    named = os.environ.get("SHOEBOX_PHOTOS")
    ratios = {}
    with tempfile.TemporaryDirectory() as name:
        files = sorted(Path(named).iterdir()) if named else sample_photos(Path(name)).values()
        for file in files:
            if file.suffix.lower() in SUFFIXES:
                try:
                    ratios[file.name] = _measure(file, fast)
                except InvalidUpload as error:
                    print(f"  {file.name} is left out: {error}")
    return ratios


def _measure(file: Path, fast: FastResizer) -> float:
    """Print one line and return the ratio of the lowest times, after a round to warm up."""
    resizers = (fast, VIPS, PILLOW)
    rounds = [[_cpu_milliseconds(file, each) for each in resizers] for _ in range(ROUNDS + 1)]
    cykooz, vips, pillow = (min(column) for column in zip(*rounds[1:], strict=True))
    times = f"{cykooz:5.0f} {vips:5.0f} {pillow:5.0f}  {vips / cykooz:5.2f} {pillow / cykooz:5.2f}"
    print(f"  {file.name:40} {times}", flush=True)
    ratio: float = vips / cykooz
    return ratio


def _cpu_milliseconds(file: Path, resizer: FastResizer) -> float:
    resize.set_fast_resizer(resizer)
    with file.open("rb") as opened:
        started = time.process_time()
        process_image(opened, LIMITS)
        return (time.process_time() - started) * 1000


if __name__ == "__main__":
    compare()
