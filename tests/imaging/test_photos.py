"""Real photographs, where a folder of them is named by SHOEBOX_PHOTOS."""

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from app.adapters.imaging import prepare
from app.domain.ladder import ladder
from tests.imaging.pictures import LIMITS, opened

FOLDER = os.environ.get("SHOEBOX_PHOTOS")
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".heic", ".tif"}
PHOTOS = sorted(path for path in Path(FOLDER).iterdir() if path.suffix in SUFFIXES) if FOLDER else []


@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO")
@pytest.mark.parametrize("path", [p for p in PHOTOS if "truncated" not in p.name], ids=lambda path: path.name)
def test_a_photograph_is_prepared_upright_clean_and_as_it_looks(path: Path) -> None:
    data = path.read_bytes()
    photo = prepare(BytesIO(data), LIMITS)
    assert tuple((r.width, r.height) for r in photo.renditions) == ladder(photo.width, photo.height)
    original = Image.open(BytesIO(photo.original))
    assert not original.getexif().get_ifd(0x8825)
    assert not set(original.getexif()) - {0x0112}
    shown = ImageOps.exif_transpose(opened(data)).convert("RGB").resize((32, 32), Image.Resampling.BOX)
    small = opened(photo.renditions[0].body).resize((32, 32), Image.Resampling.BOX)
    assert max(ImageStat.Stat(ImageChops.difference(shown, small)).mean) < 6
