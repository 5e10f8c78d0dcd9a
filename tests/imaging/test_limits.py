"""Bytes, pixels, frames and metadata have limits that are checked before an image is decoded."""

import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from app.domain.errors import ImageTooLarge, InvalidUpload, UnreadableImage
from app.domain.image.rendition_sizes import rendition_sizes
from app.imaging.pipeline import ImageLimits, process_image
from tests.imaging.sample_files import (
    encode_image,
    jpeg_segment,
    noise,
    png_chunk,
    process_bytes,
    quarters,
    sizes_of,
    webp_chunk,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_header(width: int, height: int, depth: int = 1, color: int = 0) -> bytes:
    return SIGNATURE + png_chunk(
        b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    )


def bit_png(side: int) -> bytes:
    rows = zlib.compress(b"\0" * (side // 8 + 1) * 100)
    return png_header(side, side) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")


def big_jpeg(width: int, height: int, *, progressive: bool = False, scans: int = 1) -> bytes:
    data = encode_image(quarters(), "JPEG", progressive=progressive)
    frame = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    data = data[: frame + 5] + struct.pack(">HH", height, width) + data[frame + 9 :]
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * (scans - 1) + b"\xff\xd9"


def long_gif(frames: int) -> bytes:
    one = b"\x2c\0\0\0\0\1\0\1\0\0\2\2L\1\0"
    return b"GIF89a\1\0\1\0\x80\0\0" + b"\0\0\0\xff\xff\xff" + one * frames + b";"


def webp_of(width: int, height: int) -> bytes:
    bits = width - 1 | height - 1 << 14
    body = b"WEBP" + webp_chunk(b"VP8L", b"\x2f" + struct.pack("<I", bits) + b"\0" * 16)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def gif_screen(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + long_gif(1)[10:]


def small_tiff(width: int, height: int) -> bytes:
    fields = (
        (256, 4, width),
        (257, 4, height),
        (258, 3, 1),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (278, 4, 1),
        (279, 4, 9),
    )
    entries = b"".join(
        struct.pack("<HHI", tag, kind, 1) + struct.pack("<I", value) for tag, kind, value in fields
    )
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(fields)) + entries + b"\0" * 64


BOMBS: dict[str, Callable[[], bytes]] = {
    "50 000 × 50 000 one-bit PNG": lambda: bit_png(50_000),
    "65 500² JPEG": lambda: big_jpeg(65_500, 65_500),
    "16 383² WebP": lambda: webp_of(16_383, 16_383),
    "65 535² GIF": lambda: gif_screen(65_535, 65_535),
    "4 000 000² TIFF": lambda: small_tiff(4_000_000, 4_000_000),
    "169 megapixels in a kilobyte of JPEG": lambda: big_jpeg(13_000, 13_000),
    "500 scans": lambda: big_jpeg(96, 64, progressive=True, scans=500),
    "5 000 GIF frames": lambda: long_gif(5_000),
    "4 thousand million APNG frames": lambda: (
        png_header(8, 8) + png_chunk(b"acTL", b"\xff" * 4 + b"\0" * 4)
    ),
    "a profile of 100 MB": lambda: (
        png_header(8, 8, 8, 2) + png_chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(100_000_000)))
    ),
    "a million PNG chunks": lambda: png_header(8, 8) + png_chunk(b"tEXt", b"") * 1_000_000,
    "a million GIF sub-blocks": lambda: long_gif(1)[:-16] + b"!\xfe" + b"\1\1" * 1_100_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_cheaply(name: str) -> None:
    bomb = BOMBS[name]()
    started = time.process_time()
    with pytest.raises(InvalidUpload) as refusal:
        process_bytes(bomb)
    assert time.process_time() - started < 2
    assert str(refusal.value).endswith(".")


def test_refusing_a_large_image_takes_little_memory() -> None:
    for name in list(BOMBS)[:5]:
        bomb = BOMBS[name]()
        tracemalloc.start()
        with pytest.raises(ImageTooLarge):
            process_bytes(bomb)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["tEXt", "zTXt", "iTXt"])
def test_a_hundred_megabytes_of_text_are_dropped(name: str) -> None:
    head = {"tEXt": b"k\0", "zTXt": b"k\0\0", "iTXt": b"k\0\1\0\0\0"}[name]
    text = bytes(100_000_000) if name == "tEXt" else zlib.compress(bytes(100_000_000))
    data = encode_image(quarters(), "PNG")
    bomb = data[:33] + png_chunk(name.encode(), head + text) + data[33:]
    photo = process_image(BytesIO(bomb), ImageLimits(max_pixels=1_000_000))
    assert len(photo.original) <= len(data)
    assert photo.removed_metadata == ("metadata",)


def test_a_gif_comment_bomb_is_dropped() -> None:
    data = encode_image(quarters().quantize(8), "GIF")
    bomb = data[:-1] + b"!\xfe" + (b"\xff" + b"x" * 255) * 50_000 + b"\0;"
    assert process_bytes(bomb).original == data


def test_an_image_of_one_pixel_too_many_is_refused() -> None:
    limits = ImageLimits(max_pixels=96 * 64 - 1)
    with pytest.raises(ImageTooLarge, match="megapixels"):
        process_bytes(encode_image(quarters(), "JPEG"), limits)


def test_a_format_that_needs_more_memory_may_have_fewer_pixels() -> None:
    with pytest.raises(ImageTooLarge, match=r"64\u00a0megapixels \(limit 37\.5\)"):
        process_bytes(webp_of(8_000, 8_000))


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (1, 20_000), (20_000, 1), (33, 4_999)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_extreme_sizes_get_their_renditions(kind: str, size: tuple[int, int]) -> None:
    photo = process_bytes(encode_image(Image.new("RGB", size, "teal"), kind))
    assert (photo.width, photo.height) == size
    assert sizes_of(photo) == rendition_sizes(*size)


def test_a_big_jpeg_is_decoded_at_a_smaller_scale() -> None:
    data = encode_image(noise(1_024, 1_024).resize((9_000, 2_000)), "JPEG", quality=30)
    photo = process_bytes(data)
    assert sizes_of(photo) == rendition_sizes(9_000, 2_000)


def test_a_profile_over_the_limit_is_refused() -> None:
    data = encode_image(quarters(), "JPEG")
    big = jpeg_segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(65_000)) * 80
    with pytest.raises(UnreadableImage, match="color profile"):
        process_bytes(data[:20] + big + data[20:])
