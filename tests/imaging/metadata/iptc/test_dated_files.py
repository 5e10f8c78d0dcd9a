"""Every format has its place for dates.

Covers app.imaging.metadata.iptc.taken_at.
"""

import pytest
from PIL import PngImagePlugin

from tests.imaging.metadata.iptc.written_dates import EXPECTED, iptc, xmp
from tests.imaging.sample_files import (
    encode_image,
    jpeg_segment,
    png_chunk,
    process_bytes,
    quarters,
)
from tests.imaging.test_camera_info import exif_with

DATED_XMP = xmp("photoshop:DateCreated", "2024-05-06T07:08:09")


def jpeg_with(marker: int, body: bytes) -> bytes:
    data = encode_image(quarters(), "JPEG")
    return data[:20] + jpeg_segment(marker, body) + data[20:]


def _png() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", DATED_XMP.decode(), zip=True)
    return encode_image(quarters(), "PNG", pnginfo=info)


def _png_with_raw_profile() -> bytes:
    block = exif_with(x9003="2024:05:06 07:08:09").tobytes()
    text = b"Raw profile type exif\0\nexif\n%8d\n" % len(block) + block.hex().encode()
    data = encode_image(quarters(), "PNG")
    return data[:33] + png_chunk(b"tEXt", text) + data[33:]


def _gif() -> bytes:
    data = encode_image(quarters().quantize(8), "GIF")
    return (
        data[:-1]
        + b"!\xff\x0bXMP DataXMP"
        + DATED_XMP
        + b"\x01"
        + bytes(range(255, -1, -1))
        + b"\0;"
    )


FILES = {
    "XMP in a JPEG": lambda: jpeg_with(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + DATED_XMP),
    "IPTC in a JPEG": lambda: jpeg_with(0xED, iptc("20240506", "070809+0000")),
    "XMP in a PNG": _png,
    "EXIF as text in a PNG": _png_with_raw_profile,
    "XMP in a WebP": lambda: encode_image(quarters(), "WEBP", xmp=DATED_XMP),
    "XMP in a HEIC": lambda: encode_image(quarters(), "HEIF", xmp=DATED_XMP),
    "XMP in an AVIF": lambda: encode_image(quarters(), "AVIF", xmp=DATED_XMP),
    "XMP in a GIF": _gif,
    "XMP in a TIFF": lambda: encode_image(quarters(), "TIFF", tiffinfo={700: DATED_XMP}),
}


@pytest.mark.parametrize("kind", FILES)
def test_every_format_has_its_place_for_dates(kind: str) -> None:
    photo = process_bytes(FILES[kind]())
    assert photo.taken is not None
    assert photo.taken.earliest.replace(tzinfo=None) == EXPECTED
    assert b"2024" not in photo.original
