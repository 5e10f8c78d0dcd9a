"""Published files hold no private metadata, and their pixels are unchanged.

These tests and those of test_fuzz.py cover every module of app/imaging/metadata; EXIF has
test_exif.py.

Covers app.imaging.metadata.gif, app.imaging.metadata.heif, app.imaging.metadata.heif_items,
app.imaging.metadata.heif_data, app.imaging.metadata.heif_locations,
app.imaging.metadata.heif_meta, app.imaging.metadata.heif_properties,
app.imaging.metadata.isobmff, app.imaging.metadata.jpeg, app.imaging.metadata.png,
app.imaging.metadata.png_streams, app.imaging.metadata.private_data,
app.imaging.metadata.result, app.imaging.metadata.webp.
"""

from io import BytesIO

import pytest
from PIL import ImageChops

from app.domain.image.rendition_sizes import AVIF, JPEG
from app.imaging.metadata import exif
from app.imaging.pipeline import process_image
from app.imaging.privacy_scan import find_private_metadata
from tests.imaging.privacy.private_files import GPS, SAMPLES, find_secrets, process_sample
from tests.imaging.sample_files import (
    LIMITS,
    NOTE,
    SECRETS,
    build_private_exif,
    encode_image,
    noise,
    open_image,
    process_bytes,
)


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_file_in_memory_gives_the_same_result_as_a_file_on_disk(kind: str) -> None:
    assert process_image(BytesIO(SAMPLES[kind]()), LIMITS) == process_sample(kind)


@pytest.mark.parametrize("kind", SAMPLES)
def test_published_objects_hold_no_private_metadata(kind: str) -> None:
    data = SAMPLES[kind]()
    assert any(secret in data for secret in SECRETS)
    photo = process_sample(kind)
    assert find_secrets(photo) == []
    image = open_image(photo.original)
    assert not image.getexif().get_ifd(GPS)
    assert not set(image.getexif()) - {
        0x0112,
        *range(0x0100, 0x0120),
        0x011A,
        0x011B,
        0x0128,
        0x0153,
    }
    assert not image.info.keys() & {
        "comment",
        "photoshop",
        "XML:com.adobe.xmp",
        "Author",
        "Comment",
    }
    assert not image.info.get("xmp")
    assert not image.info.get("thumbnails")


@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO")
@pytest.mark.parametrize("kind", SAMPLES)
def test_pixels_of_the_original_are_unchanged(kind: str) -> None:
    before, after = open_image(SAMPLES[kind]()), open_image(process_sample(kind).original)
    assert before.size == after.size
    assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_exif_of_the_original_is_the_orientation_alone(kind: str) -> None:
    assert dict(open_image(process_sample(kind).original).getexif()) == {0x0112: 6}


def test_renditions_hold_no_metadata() -> None:
    """Nor does the audit find any. AVIFs hold the profile, or numbers that name the colors."""
    data = encode_image(noise(400, 300), "JPEG", exif=build_private_exif(1), comment=NOTE.encode())
    photo = process_bytes(data)
    assert {rendition.content_type for rendition in photo.renditions} == {JPEG, AVIF}
    assert find_secrets(photo) == []
    for rendition in photo.renditions:
        assert find_private_metadata(rendition.body) == set()
        image = open_image(rendition.body)
        assert not image.getexif()
        assert image.info.keys() <= {
            *("jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"),
            *("timestamp", "duration"),  # of an AVIF's only frame, from Pillow
        }


def test_minimal_exif_holds_orientation_and_gps() -> None:
    full = exif.read_exif(build_private_exif(6))
    again = exif.read_exif(exif.build_minimal(6, full))
    assert exif.read_orientation(again) == 6
    assert again.get_ifd(exif.GPS_IFD) == full.get_ifd(exif.GPS_IFD)
    assert not again.get_ifd(exif.EXIF_IFD)
    assert set(again) == {exif.ORIENTATION, exif.GPS_IFD}
    assert exif.build_minimal(1) == b""
