"""Camera settings are cleaned and bounded, and never a reason to refuse a photo."""

import struct
from datetime import datetime, timedelta, timezone

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from app.domain.image.camera_info import CameraInfo
from app.imaging import camera_info
from app.imaging.metadata import exif
from tests.imaging.sample_files import (
    SERIAL,
    build_private_exif,
    encode_image,
    process_bytes,
    quarters,
)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_settings_come_from_exif(kind: str) -> None:
    photo = process_bytes(encode_image(quarters(), kind, exif=build_private_exif()))
    assert photo.camera == CameraInfo(
        make="Acme",
        model="Box 4",
        lens="Acme 35mm f/2",
        focal_length=35.0,
        aperture=2.8,
        exposure_time=0.008,
        iso=400,
    )
    assert photo.taken
    earliest = datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=2)))
    assert photo.taken.earliest == earliest
    assert SERIAL not in repr(photo.camera)


@pytest.mark.parametrize(("value", "length"), [(24, 24.0), (0, None), (65535, None), ("x", None)])
def test_the_equivalent_on_35_mm_film_is_read(value: object, length: float | None) -> None:
    """The value 0 means that the equivalent is unknown in EXIF."""
    assert camera_info.read_camera_info(exif_with(xA405=value)).focal_length_35mm == length


def test_settings_of_a_tiff_come_from_its_own_directories() -> None:
    photo = process_bytes(encode_image(quarters(), "TIFF", exif=build_private_exif()))
    assert (photo.camera.make, photo.camera.iso) == ("Acme", 400)


def test_a_photo_without_exif_has_no_settings() -> None:
    photo = process_bytes(encode_image(quarters(), "JPEG"))
    assert not photo.camera
    assert photo.taken is None


def exif_with(**photo: object) -> Image.Exif:
    block = Image.Exif()
    directory = block.get_ifd(0x8769)
    for tag, value in photo.items():
        directory[int(tag[1:], 16)] = value
    return exif.read_exif(block.tobytes())


@pytest.mark.parametrize("value", [(1, 0), (0, 0), (0, 1), (4_000_000_000, 1)])
def test_a_number_out_of_range_is_ignored(value: tuple[int, int]) -> None:
    block = exif_with(
        x829A=IFDRational(*value), x829D=IFDRational(*value), x920A=IFDRational(*value)
    )
    assert not camera_info.read_camera_info(block)


def test_names_are_short_and_printable() -> None:
    block = Image.Exif()
    block[0x010F], block[0x0110] = "A\x1b[31m\u202e" + "x" * 500, "\0\0\0"
    camera = camera_info.read_camera_info(exif.read_exif(block.tobytes()))
    assert camera.make is not None
    assert len(camera.make) <= 80
    assert camera.make.isprintable()
    assert camera.model is None


def test_a_field_of_the_wrong_type_is_ignored() -> None:
    block = exif_with(x8827="four hundred", x829D=IFDRational(28, 10), xA434=b"\xff\xfe\xfd")
    assert camera_info.read_camera_info(block) == CameraInfo(aperture=2.8)


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"MM\0*",
        b"MM\0*\0\0\0\x08",
        b"MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 100,
        b"MM\0*\0\0\0\x08\0\1" + struct.pack(">HHII", 0x8769, 4, 1, 8) + b"\0\0\0\x08",
        b"II*\0\xff\xff\xff\xff" + bytes(50),
        b"JUNK" * 30,
    ],
)
def test_invalid_exif_does_not_fail_the_upload(junk: bytes) -> None:
    photo = process_bytes(encode_image(quarters(), "JPEG", exif=b"Exif\0\0" + junk))
    assert not photo.camera
    assert junk[:20] not in photo.original or not junk
