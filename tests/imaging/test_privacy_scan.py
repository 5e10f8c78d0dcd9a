"""The privacy scan finds locations and serial numbers in any published object."""

import pytest

from app.imaging.metadata import remove_metadata
from app.imaging.privacy_scan import find_private_metadata
from tests.imaging.sample_files import (
    XMP,
    build_private_exif,
    encode_image,
    jpeg_segment,
    quarters,
)
from tests.imaging.test_privacy import SAMPLES, process_sample


@pytest.mark.parametrize("kind", SAMPLES)
def test_location_and_serial_number_are_found_in_every_format(kind: str) -> None:
    assert find_private_metadata(SAMPLES[kind]()) == {"location", "serial"}


@pytest.mark.parametrize("kind", SAMPLES)
def test_nothing_is_found_in_a_published_original(kind: str) -> None:
    assert find_private_metadata(process_sample(kind).original) == set()


def test_exif_alone_is_found() -> None:
    photo = encode_image(quarters(), "JPEG", exif=build_private_exif())
    assert find_private_metadata(photo) == {"location", "serial"}


def test_xmp_alone_is_found() -> None:
    photo = encode_image(quarters(), "JPEG")
    xmp = jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
    assert find_private_metadata(photo[:20] + xmp + photo[20:]) == {"location", "serial"}


def test_a_kept_location_is_found() -> None:
    clean = remove_metadata(SAMPLES["JPEG"](), keep_location=True)
    assert find_private_metadata(clean.body) == {"location"}


@pytest.mark.parametrize("body", [b"", b"not an image", b"\xff\xd8\xff\xe1\0\x10Exif\0\0II*\0"])
def test_an_object_that_does_not_open_has_no_private_metadata(body: bytes) -> None:
    assert find_private_metadata(body) == set()
