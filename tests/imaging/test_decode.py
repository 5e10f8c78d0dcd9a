"""Damaged files and files that are no photos are refused; unusual but complete ones are not.

Covers app.imaging.decoder_errors.
"""

from io import BytesIO

import pytest
from PIL import Image

from app.domain.errors import UnreadableImage
from tests.imaging.sample_files import (
    encode_image,
    encode_oriented,
    noise,
    open_image,
    process_bytes,
    quarters,
)

KINDS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF", "TIFF"]


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_file_is_refused_in_plain_language(kind: str, part: float) -> None:
    data = encode_image(noise(200, 150), kind)
    with pytest.raises(UnreadableImage, match=r"Use|Upload|Re-save|Save|Try again") as refusal:
        process_bytes(data[: int(len(data) * part)])
    assert not any(
        word in str(refusal.value) for word in ("Error", "0x", "None", "truncated", "Traceback")
    )


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_missing_trailer_is_added(kind: str) -> None:
    data = encode_image(quarters(), kind)
    cut = data[:-12] if kind == "PNG" else data[:-1]
    assert process_bytes(cut).original == data


@pytest.mark.parametrize("kind", KINDS)
def test_the_content_type_is_that_of_the_contents(kind: str) -> None:
    photo = process_bytes(encode_image(quarters(), kind))
    assert photo.content_type == "image/" + {"HEIF": "heic"}.get(kind, kind.lower())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\x04\0\0\0WEBP",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"\0\0\0\x18ftypmp42\0\0\0\0isommp42\0\0\0\x08mdat",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"#!/bin/sh\n",
        bytes(5_000),
    ],
)
def test_a_file_that_is_no_photo_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableImage) as refusal:
        process_bytes(data)
    assert str(refusal.value).count(".") in (1, 2)


@pytest.mark.parametrize("kind", ["BMP", "ICO", "PPM", "TGA", "PCX", "JPEG2000", "ICNS"])
def test_other_formats_of_pillow_are_refused(kind: str) -> None:
    with pytest.raises(UnreadableImage, match="JPEG, PNG, WebP"):
        process_bytes(encode_image(Image.new("RGB", (16, 16), "red"), kind))


def test_a_raw_file_is_refused_by_name() -> None:
    data = encode_image(quarters(), "TIFF", tiffinfo={0xC612: b"\1\4\0\0"})
    with pytest.raises(UnreadableImage, match="raw file"):
        process_bytes(data)


def test_the_first_page_of_a_tiff_is_the_photo() -> None:
    body = BytesIO()
    quarters().save(body, "TIFF", save_all=True, append_images=[Image.new("RGB", (9, 9))])
    photo = process_bytes(body.getvalue())
    assert (photo.width, photo.height) == (96, 64)
    assert getattr(open_image(photo.original), "n_frames", 1) == 1


def test_a_file_name_does_not_change_the_format() -> None:
    data = BytesIO(encode_oriented("PNG", 1))
    data.name = "photo.jpg"
    assert process_bytes(data.getvalue()).content_type == "image/png"


@pytest.mark.parametrize("excess", [1, 8, 1000])
def test_a_webp_whose_size_field_is_too_large_is_published(excess: int) -> None:
    data = bytearray(encode_image(quarters(), "WEBP"))
    size = int.from_bytes(data[4:8], "little")
    data[4:8] = (size + excess).to_bytes(4, "little")
    assert process_bytes(bytes(data)).original == encode_image(quarters(), "WEBP")


@pytest.mark.parametrize("data", [b"\xff\x0a" + bytes(50), b"\0\0\0\x0cJXL \r\n\x87\n"])
def test_jpeg_xl_is_refused_as_a_type(data: bytes) -> None:
    with pytest.raises(UnreadableImage, match="type isn’t supported"):
        process_bytes(data)
