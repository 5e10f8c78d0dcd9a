"""The privacy scan finds locations and serial numbers in any published object."""

import pytest
from PIL import ImageChops, PngImagePlugin

from app.imaging.metadata import remove_metadata
from app.imaging.metadata.iptc.kept import KeepRules
from app.imaging.privacy_scan import clean_object, find_private_metadata
from tests.imaging.privacy.private_files import SAMPLES, process_sample
from tests.imaging.sample_files import (
    XMP,
    build_private_exif,
    encode_image,
    jpeg_segment,
    open_image,
    quarters,
)
from tests.imaging.test_icc import private_profile

KEEP_LOCATION = KeepRules(location=True)


@pytest.mark.parametrize("kind", SAMPLES)
def test_location_and_serial_number_are_found_in_every_format(kind: str) -> None:
    assert find_private_metadata(SAMPLES[kind]()) >= {"location", "serial"}


@pytest.mark.parametrize("kind", SAMPLES)
def test_nothing_is_found_in_a_published_original(kind: str) -> None:
    assert find_private_metadata(process_sample(kind).original) == set()


def test_exif_alone_is_found() -> None:
    photo = encode_image(quarters(), "JPEG", exif=build_private_exif())
    assert find_private_metadata(photo) >= {"location", "serial"}


def test_xmp_alone_is_found() -> None:
    photo = encode_image(quarters(), "JPEG")
    xmp = jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
    assert find_private_metadata(photo[:20] + xmp + photo[20:]) >= {"location", "serial"}


def test_a_kept_location_is_found_unless_the_site_keeps_locations() -> None:
    clean = remove_metadata(SAMPLES["JPEG"](), KEEP_LOCATION).body
    assert "location" in find_private_metadata(clean)
    assert find_private_metadata(clean, KEEP_LOCATION) == set()


@pytest.mark.parametrize("body", [b"", b"not an image", b"\xff\xd8\xff\xe1\0\x10Exif\0\0II*\0"])
def test_an_object_that_cannot_be_parsed_is_reported(body: bytes) -> None:
    """It may hold anything."""
    assert find_private_metadata(body) == {"unreadable"}


HIDDEN = {
    "IPTC": jpeg_segment(
        0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0a\x1c\x02\x5a\0\x05Paris"
    ),
    "XMP city": jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x photoshop:City='Paris'/>"),
    "comment": jpeg_segment(0xFE, b"a note"),
    "color profile": jpeg_segment(0xE2, b"ICC_PROFILE\0\1\1" + private_profile()),
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_whatever_the_removers_would_remove_is_found(kind: str) -> None:
    data = encode_image(quarters(), "JPEG")
    assert find_private_metadata(data[:20] + HIDDEN[kind] + data[20:])


def test_a_trailer_and_compressed_text_are_found() -> None:
    assert find_private_metadata(encode_image(quarters(), "JPEG") + b"MotionPhoto_Data")
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "a note", zip=True)
    assert find_private_metadata(encode_image(quarters(), "PNG", pnginfo=info))


@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO")
@pytest.mark.parametrize("rules", [KeepRules(), KEEP_LOCATION], ids=["default", "location"])
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_cleaned_object_is_clean(kind: str, rules: KeepRules) -> None:
    cleaned = clean_object(SAMPLES[kind](), rules)
    assert find_private_metadata(cleaned, rules) == set()
    before, after = open_image(SAMPLES[kind]()), open_image(cleaned)
    assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None
