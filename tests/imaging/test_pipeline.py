"""Photographs: one of our own, and real ones where a folder of them is named by SHOEBOX_PHOTOS."""

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from app.domain.rendition_sizes import rendition_sizes
from app.imaging.pipeline import process_image
from tests.imaging.sample_files import LIMITS, opened
from tests.sample_images import jpeg, phone_exif

FOLDER = os.environ.get("SHOEBOX_PHOTOS")
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".heic", ".tif"}
REAL = sorted(path for path in Path(FOLDER).iterdir() if path.suffix in SUFFIXES) if FOLDER else []
PHOTOS = {path.name: path.read_bytes() for path in REAL if "truncated" not in path.name}
PHOTOS["our own"] = jpeg(2400, 1600, exif=phone_exif(orientation=6))


@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO")
@pytest.mark.parametrize("name", PHOTOS)
def test_a_photograph_is_prepared_upright_clean_and_as_it_looks(name: str) -> None:
    data = PHOTOS[name]
    photo = process_image(BytesIO(data), LIMITS)
    assert tuple((r.width, r.height) for r in photo.renditions) == rendition_sizes(
        photo.width, photo.height
    )
    original = Image.open(BytesIO(photo.original))
    assert not original.getexif().get_ifd(0x8825)
    assert not set(original.getexif()) - {0x0112}
    shown = (
        ImageOps.exif_transpose(opened(data)).convert("RGB").resize((32, 32), Image.Resampling.BOX)
    )
    small = opened(photo.renditions[0].body).resize((32, 32), Image.Resampling.BOX)
    assert max(ImageStat.Stat(ImageChops.difference(shown, small)).mean) < 6
