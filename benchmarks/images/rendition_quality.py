"""Compare the AVIF renditions with the JPEGs of the same widths: bytes, quality, encoding time.

Quality is SSIMULACRA2 (https://github.com/cloudinary/ssimulacra2) against the resized image before
encoding: 100 is identical, and about 75 is what JPEG of quality 80 has. SHOEBOX_PHOTOS may name a
folder of real photos.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median

from PIL import Image

from app.domain.errors import UnreadableImage
from app.domain.image.rendition_sizes import (
    AVIF,
    JPEG,
    JPEG_WIDTHS,
    PORTRAIT_AVIF_WIDTHS,
    height_at,
)
from app.imaging import decode, renditions
from app.imaging.metadata import remove_metadata
from benchmarks import runner
from benchmarks.sample_photos import SUFFIXES, sample_photos

WIDTHS = sorted({*JPEG_WIDTHS, *PORTRAIT_AVIF_WIDTHS})
MAX_PIXELS = 200_000_000
MAX_LOSS = 1.0  # of the median score; people see no difference below about 2
ENCODINGS = 3  # the fastest one counts
# Of libjxl, and of the package `ssimulacra2` in the peers' environment.
COMMANDS = ("ssimulacra2", str(runner.PEERS_PYTHON.with_name("ssymulacra2")))


@dataclass(frozen=True)
class Encoded:
    """One rendition: its bytes, its score if it was measured, and the CPU seconds."""

    size: int
    score: float | None
    seconds: float


def main() -> None:
    """Print the medians by width and format, and the widths whose AVIF is worse than the JPEG."""
    runner.install_peers()
    command = next(filter(shutil.which, COMMANDS), None)
    with tempfile.TemporaryDirectory() as name:
        photos = list(_open_photos(Path(name)))
        print(f"Renditions of {len(photos)} photos, medians: kB, SSIMULACRA2, CPU ms")
        worse = [width for width in WIDTHS if _compare(photos, width, command)]
    if command is None:
        tried = " nor ".join(COMMANDS)
        print(f"  AVIF worse than JPEG: not measured, since there is neither {tried}")
    else:
        print(f"  AVIF worse than JPEG: {', '.join(map(str, worse)) or 'none'}")


def _open_photos(folder: Path) -> Iterator[Image.Image]:
    named = os.environ.get("SHOEBOX_PHOTOS")
    files = sorted(Path(named).iterdir()) if named else sample_photos(folder).values()
    for file in files:
        if file.suffix.lower() in SUFFIXES:
            try:
                yield _open_photo(file)
            except UnreadableImage as error:
                print(f"  {file.name} is left out: {error}")


def _open_photo(file: Path) -> Image.Image:
    """Return the upright photo, decoded as an upload is.

    Raises:
        UnreadableImage: The file is damaged.
    """
    cleaned = remove_metadata(file.read_bytes())
    image = decode.open_image(cleaned, MAX_PIXELS)
    orientation = decode.orientation(image, cleaned)
    decoded = decode.decode(image, cleaned).convert("RGB")
    return renditions.apply_orientation(decoded, orientation)


def _compare(photos: list[Image.Image], width: int, command: str | None) -> bool:
    """Print one line. Return whether the AVIFs of this width are worse than the JPEGs."""
    encoded: dict[str, list[Encoded]] = {JPEG: [], AVIF: []}
    for photo in photos:
        if photo.width >= width:
            size = (width, height_at(width, photo.width, photo.height))
            image = renditions.resize_to(photo, size)
            for content_type in (JPEG, AVIF) if width in PORTRAIT_AVIF_WIDTHS else (JPEG,):
                encoded[content_type].append(_encode(image, content_type, command))
    cells = (f"{name[6:]} {_cell(each)}" for name, each in encoded.items() if each)
    losses, ratios = [], []
    for jpeg, avif in zip(encoded[JPEG], encoded[AVIF], strict=False):
        losses.append((jpeg.score or 0) - (avif.score or 0))
        ratios.append(avif.size / jpeg.size)
    score = f"{-median(losses):+.1f}" if command and losses else "not measured"
    ratio = f"   bytes × {median(ratios):.2f}, score {score}" if ratios else ""
    print(f"  {width:5}   " + "   ".join(cells) + ratio)
    return bool(losses) and median(losses) > MAX_LOSS


def _cell(encoded: list[Encoded]) -> str:
    scores = [each.score for each in encoded if each.score is not None]
    size = median(each.size for each in encoded) / 1000
    milliseconds = median(each.seconds for each in encoded) * 1000
    score = f"{median(scores):.1f}" if scores else "?"
    return f"{size:6.1f} {score:>5} {milliseconds:6.1f}"


def _encode(image: Image.Image, content_type: str, command: str | None) -> Encoded:
    seconds = []
    for _ in range(ENCODINGS):
        started = time.process_time()
        body = renditions.ENCODERS[content_type](image, None)
        seconds.append(time.process_time() - started)
    score = _score(image, body, command) if command else None
    return Encoded(len(body), score, min(seconds))


def _score(image: Image.Image, body: bytes, command: str) -> float:
    with tempfile.TemporaryDirectory() as name:
        files = (Path(name, "image.png"), Path(name, "rendition.png"))
        image.save(files[0])
        Image.open(BytesIO(body)).save(files[1])
        done = subprocess.run([command, *files], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])
