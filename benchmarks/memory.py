"""Measure the peak memory of processing a photo, for each megapixel of the source."""

import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image

from app.imaging import decode
from app.imaging.metadata import remove_metadata
from app.imaging.pipeline import ImageLimits, process_image

GOAL = 5.0  # MB a megapixel
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


def _measure_in_new_process(step: str, file: Path) -> float:
    command = [sys.executable, "-m", "benchmarks.memory", step, str(file)]
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
