"""The options of Pillow hold for all images of the process."""

from io import BytesIO

import pillow_heif
import pytest
from PIL import Image

from app.imaging import pillow_options
from tests.imaging.sample_files import encode_image, process_bytes, quarters


def test_heif_is_decoded_by_few_threads() -> None:
    """Each thread of libheif keeps memory that the process does not get back."""
    process_bytes(encode_image(quarters(), "HEIF"))
    assert pillow_heif.options.DECODE_THREADS == 2


def test_an_image_above_pillows_own_limit_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    pillow_options.allow_any_size()
    assert Image.open(BytesIO(encode_image(quarters(), "PNG"))).size == (96, 64)
