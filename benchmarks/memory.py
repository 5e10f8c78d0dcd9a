"""What decoding takes: the peak of a fresh process over what it had before, for each megapixel of the source."""

import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image

from app.imaging import decode
from app.imaging.metadata import remove_metadata
from app.imaging.pipeline import ImageLimits, process_image

MOST = 5.0  # MB a megapixel
MAX_PIXELS = 200_000_000


def weigh(photos: Mapping[str, Path]) -> list[str]:
    """Print the figures; the goals missed."""
    print(
        "Memory: MB a source megapixel at the peak, for decoding and for the whole of preparing a photo"
    )
    missed = []
    for photo, file in photos.items():
        decode, whole = (_measured(what, file) for what in ("decode", "prepare"))
        print(f"  {photo:22} decode {decode:.2f}   prepare {whole:.2f}")
        missed += [f"{photo}: {decode:.2f} MB a megapixel"] if decode > MOST else []
    return missed


def _measured(what: str, file: Path) -> float:
    command = [sys.executable, "-m", "benchmarks.memory", what, str(file)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _grown(what: str, data: bytes) -> float:
    """MB by which this process grows at most."""
    cleaned = remove_metadata(data)
    before = _status("VmRSS")
    if what == "prepare":
        process_image(BytesIO(data), ImageLimits(max_bytes=len(data), max_pixels=MAX_PIXELS))
    else:
        decode.decode(decode.open_image(cleaned, MAX_PIXELS), cleaned)
    return (_status("VmHWM") - before) / 1e6


def _status(field: str) -> int:
    """Bytes of memory by the kernel's count; unlike ru_maxrss it knows nothing of the process that started this one."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


def _warm_up() -> None:
    """Import and set up everything that a first photo does."""
    file = BytesIO()
    Image.new("RGB", (640, 480)).save(file, "JPEG")
    process_image(file, ImageLimits(max_bytes=2**20, max_pixels=MAX_PIXELS))


if __name__ == "__main__":
    _warm_up()
    with Image.open(sys.argv[2]) as image:
        megapixels = image.width * image.height / 1e6
    print(_grown(sys.argv[1], Path(sys.argv[2]).read_bytes()) / megapixels)
