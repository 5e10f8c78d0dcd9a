"""Measure the memory of processing a photo, and of the worker processes after many photos."""

import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image

from app.domain.errors import Busy
from app.imaging import decode
from app.imaging.metadata import remove_metadata
from app.imaging.pipeline import ImageLimits, process_image
from app.imaging.workers.pool import ImageWorkerPool

GOAL = 5.0  # MB a megapixel
REST_GOAL = 120  # MB
WORKERS = 2
BURST = 4  # times all photos
MAX_PIXELS = 200_000_000


def measure(photos: Mapping[str, Path]) -> list[str]:
    """Print the figures and return the goals that are missed."""
    print("Peak memory, MB a megapixel of the source: decoding, and all of process_image")
    missed = []
    for photo, file in photos.items():
        decoding = _measure_in_new_process("decode", file)
        processing = _measure_in_new_process("process", file)
        print(f"  {photo:22} decode {decoding:.2f}   process {processing:.2f}")
        if decoding > GOAL:
            missed.append(f"{photo}: {decoding:.2f} MB a megapixel")
    return missed


def measure_at_rest(photos: Mapping[str, Path]) -> list[str]:
    """Print the memory of the worker processes that wait, and return the goal if it is missed."""
    pool = ImageWorkerPool(ImageLimits(max_pixels=MAX_PIXELS), WORKERS)
    with closing(pool), ThreadPoolExecutor(2 * WORKERS) as uploads:
        list(uploads.map(partial(_process, pool), list(photos.values()) * BURST))
        processes = _descendants(os.getpid())
        used = sum(_proportional_size(pid) for pid in processes) / 1e6
    count = BURST * len(photos)
    print(f"Image workers at rest after {count} photos: {used:.0f} MB")
    return [f"{used:.0f} MB at rest"] if used > REST_GOAL else []


def _process(pool: ImageWorkerPool, photo: Path) -> None:
    """Process a photo; on a busy machine no worker is free in time, so it is tried again."""
    while True:
        with photo.open("rb") as file, suppress(Busy):
            pool(file)
            return


def _descendants(pid: int) -> list[int]:
    """Return the processes that a process and its descendants have started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text("ascii").split()]
    return children + [process for child in children for process in _descendants(child)]


def _proportional_size(pid: int) -> int:
    """Return bytes of memory. Of pages that processes share, each has its part (proc(5), Pss)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _measure_in_new_process(step: str, file: Path) -> float:
    command = [sys.executable, "-m", "benchmarks.images.memory", step, str(file)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _peak_growth(step: str, data: bytes) -> float:
    """Return the MB by which this process grows at its peak."""
    cleaned = remove_metadata(data)
    before = _status("VmRSS")
    if step == "process":
        process_image(BytesIO(data), ImageLimits(max_pixels=MAX_PIXELS))
    else:
        decode.decode(decode.open_image(cleaned, MAX_PIXELS), cleaned)
    return (_status("VmHWM") - before) / 1e6


def _status(field: str) -> int:
    """Return bytes from /proc/self/status; ru_maxrss may be that of the parent process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


def _warm_up() -> None:
    """Import and set up all that a first photo needs."""
    file = BytesIO()
    Image.new("RGB", (640, 480)).save(file, "JPEG")
    process_image(file, ImageLimits(max_pixels=MAX_PIXELS))


if __name__ == "__main__":
    _warm_up()
    with Image.open(sys.argv[2]) as image:
        megapixels = image.width * image.height / 1e6
    print(_peak_growth(sys.argv[1], Path(sys.argv[2]).read_bytes()) / megapixels)
