"""Process a photo of our own, and real ones from the folder that SHOEBOX_PHOTOS names.

Covers app.imaging.renditions.
"""

import os
import weakref
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from app.domain.image.rendition_sizes import AVIF_WIDTHS, JPEG_WIDTHS, rendition_sizes
from app.imaging import renditions
from app.imaging.pipeline import process_image
from tests.imaging.sample_files import (
    LIMITS,
    encode_image,
    noise,
    open_image,
    process_bytes,
    quarters,
    sizes_of,
)
from tests.sample_images import jpeg, phone_exif

FOLDER = os.environ.get("SHOEBOX_PHOTOS")
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".heic", ".tif"}
REAL = sorted(path for path in Path(FOLDER).iterdir() if path.suffix in SUFFIXES) if FOLDER else []
PHOTOS = {path.name: path.read_bytes() for path in REAL if "truncated" not in path.name}
PHOTOS["our own"] = jpeg(2400, 1600, exif=phone_exif(orientation=6))


@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO")
@pytest.mark.parametrize("name", PHOTOS)
def test_a_processed_photo_is_upright_clean_and_looks_the_same(name: str) -> None:
    data = PHOTOS[name]
    photo = process_image(BytesIO(data), LIMITS)
    assert sizes_of(photo) == rendition_sizes(photo.width, photo.height)
    original = Image.open(BytesIO(photo.original))
    assert not original.getexif().get_ifd(0x8825)
    assert not set(original.getexif()) - {0x0112}
    upright = ImageOps.exif_transpose(open_image(data)).convert("RGB")
    expected = upright.resize((32, 32), Image.Resampling.BOX)
    small = open_image(photo.renditions[0].body).resize((32, 32), Image.Resampling.BOX)
    assert max(ImageStat.Stat(ImageChops.difference(expected, small)).mean) < 6


def test_a_photo_shows_nothing_of_the_one_before() -> None:
    """A photo that follows a larger one gives the same bytes as one that comes first."""
    small = encode_image(quarters(900, 600), "JPEG")
    first = process_bytes(small)
    process_bytes(encode_image(noise(2400, 1800), "JPEG"))
    assert process_bytes(small) == first


def test_a_damaged_photo_shows_nothing_of_the_one_before() -> None:
    """Where a JPEG has no pixels of its own, no pixels of an earlier photo appear."""
    whole = encode_image(noise(800, 600), "JPEG")
    damaged = whole[: len(whole) // 2] + b"\xff\xd9"
    first = process_bytes(damaged)
    process_bytes(encode_image(Image.new("RGB", (800, 600), "red"), "JPEG"))
    assert process_bytes(damaged) == first


def test_the_memory_of_the_smallest_rendition_is_freed_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pillow reuses the block freed last, so the next photo's largest rendition finds its size."""
    freed: list[int] = []
    resize_to = renditions.resize_to

    def watch(image: Image.Image, size: tuple[int, int]) -> Image.Image:
        resized = resize_to(image, size)
        weakref.finalize(resized, freed.append, resized.width)
        return resized

    monkeypatch.setattr(renditions, "resize_to", watch)
    process_bytes(encode_image(noise(3300, 900), "JPEG"))
    assert set(freed) == {*JPEG_WIDTHS, *AVIF_WIDTHS}
    assert freed == sorted(freed)
