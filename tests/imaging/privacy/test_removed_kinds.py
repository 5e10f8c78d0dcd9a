"""The kinds of removed metadata are reported. The operator may keep the location."""

import zlib

import pytest
from PIL import Image

from app.imaging.pipeline import ImageLimits
from tests.imaging.privacy.private_files import GPS, SAMPLES, find_secrets, gif, process_sample
from tests.imaging.sample_files import (
    build_private_exif,
    encode_image,
    jpeg_segment,
    open_image,
    png_chunk,
    process_bytes,
    quarters,
)

KEEP_LOCATION = ImageLimits(max_pixels=200_000_000, keep_location=True)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("JPEG", ("location", "serial", "owner", "thumbnail", "metadata")),
        ("PNG", ("location", "serial", "owner", "metadata")),
        ("WEBP", ("location", "serial", "owner", "metadata")),
        ("GIF", ("location", "serial", "owner", "metadata")),
        ("HEIF", ("location", "serial", "owner", "thumbnail", "metadata")),
        ("AVIF", ("location", "serial", "owner", "metadata")),
        ("TIFF", ("location", "serial", "owner", "metadata")),
    ],
)
def test_removed_kinds_are_reported(kind: str, expected: tuple[str, ...]) -> None:
    assert process_sample(kind).removed_metadata == expected


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF"])
def test_no_removed_kind_is_reported_for_a_file_without_metadata(kind: str) -> None:
    assert process_bytes(encode_image(quarters(), kind)).removed_metadata == ()


def test_location_in_iptc_alone_is_reported() -> None:
    data = encode_image(quarters(), "JPEG")
    photo = process_bytes(
        data[:20]
        + jpeg_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0a\x1c\x02\x5a\0\x05Paris")
        + data[20:]
    )
    assert photo.removed_metadata == ("location", "metadata")
    assert b"Paris" not in photo.original


def test_hexadecimal_exif_of_imagemagick_is_inspected() -> None:
    block = build_private_exif()
    text = b"Raw profile type exif\0\0" + zlib.compress(
        b"\nexif\n%8d\n" % len(block) + block.hex().encode()
    )
    data = encode_image(quarters(), "PNG")
    assert (
        "location"
        in process_bytes(data[:33] + png_chunk(b"zTXt", text) + data[33:]).removed_metadata
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_location_alone_is_kept_when_the_operator_keeps_locations(kind: str) -> None:
    photo = process_bytes(SAMPLES[kind](), KEEP_LOCATION)
    kept = open_image(photo.original).getexif()
    assert kept.get_ifd(GPS)[2] == (52.0, 31.0, 12.0)
    assert "location" not in photo.removed_metadata
    assert set(find_secrets(photo)) <= {b"GPSLatitude"}


def test_location_is_removed_and_reported_where_the_format_cannot_keep_it() -> None:
    located = Image.Exif()
    located.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    for data in (encode_image(quarters(), "TIFF", exif=located.tobytes()), gif()):
        photo = process_bytes(data, KEEP_LOCATION)
        assert "location" in photo.removed_metadata
        assert not open_image(photo.original).getexif().get_ifd(GPS)
