"""Damaged and unusual PNG files."""

import pytest
from PIL import Image

from app.domain.errors import UnreadableImage
from tests.imaging.sample_files import encode_image, png_chunk, process_bytes, quarters


def with_chunk(data: bytes, chunk: bytes, before: bytes) -> bytes:
    """Return a PNG with another chunk before the first chunk of the type `before`."""
    start = data.index(before) - 4
    return data[:start] + chunk + data[start:]


@pytest.mark.parametrize("name", [b"gAMA", b"cHRM", b"pHYs", b"iCCP", b"tRNS", b"sRGB"])
def test_a_png_chunk_with_a_wrong_checksum_is_left_out(name: bytes) -> None:
    """Browsers ignore it, too."""
    data = encode_image(quarters(), "PNG")
    broken = png_chunk(name, b"\x01")[:-4] + b"oops"
    assert process_bytes(with_chunk(data, broken, b"IDAT")).original == data


def test_an_orientation_after_the_pixels_of_a_png_is_ignored() -> None:
    """Browsers apply only that of an eXIf chunk before them."""
    rotated = Image.Exif()
    rotated[0x0112] = 6
    chunk = png_chunk(b"eXIf", rotated.tobytes().removeprefix(b"Exif\0\0"))
    data = encode_image(quarters(), "PNG")
    sizes = [
        (photo.width, photo.height)
        for photo in (
            process_bytes(with_chunk(data, chunk, b"IDAT")),
            process_bytes(with_chunk(data, chunk, b"IEND")),
        )
    ]
    assert sizes == [(64, 96), (96, 64)]


def test_a_palette_png_without_a_palette_is_damaged() -> None:
    data = encode_image(quarters().quantize(4), "PNG")
    start = data.index(b"PLTE") - 4
    length = int.from_bytes(data[start : start + 4])
    with pytest.raises(UnreadableImage):
        process_bytes(data[:start] + data[start + 12 + length :])
