"""Renditions and originals are upright in every format and orientation."""

import pytest
from PIL import Image, ImageOps

from app.domain.image.rendition_sizes import rendition_sizes
from tests.imaging.sample_files import (
    ENCODER_OPTIONS,
    build_private_exif,
    encode_image,
    encode_oriented,
    is_upright,
    open_image,
    process_bytes,
    quarters,
    sizes_of,
)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ENCODER_OPTIONS)
def test_every_orientation_becomes_upright(kind: str, orientation: int) -> None:
    photo = process_bytes(encode_oriented(kind, orientation))
    assert (photo.width, photo.height) == (96, 64)
    assert sizes_of(photo) == ((96, 64, "image/jpeg"),)
    assert is_upright(open_image(photo.renditions[0].body))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ENCODER_OPTIONS)
def test_the_cleaned_original_is_shown_upright(kind: str, orientation: int) -> None:
    original = open_image(process_bytes(encode_oriented(kind, orientation)).original)
    assert is_upright(ImageOps.exif_transpose(original))


def test_a_rotated_photo_gets_the_sizes_of_the_upright_one() -> None:
    side = quarters(3000, 2000).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = process_bytes(encode_image(side, "JPEG", exif=exif.tobytes()))
    assert sizes_of(photo) == rendition_sizes(3000, 2000)
    assert all(is_upright(open_image(r.body)) for r in photo.renditions)


def test_an_invalid_orientation_is_ignored() -> None:
    exif = Image.Exif()
    exif[0x0112] = 9
    photo = process_bytes(encode_image(quarters(), "JPEG", exif=exif.tobytes()))
    assert is_upright(open_image(photo.renditions[0].body))
    assert b"Exif" not in photo.original


def test_only_a_photo_that_is_not_upright_keeps_an_orientation() -> None:
    assert (
        b"Exif"
        not in process_bytes(encode_image(quarters(), "JPEG", exif=build_private_exif(1))).original
    )
    kept = open_image(
        process_bytes(encode_image(quarters(), "JPEG", exif=build_private_exif(8))).original
    ).getexif()
    assert dict(kept) == {0x0112: 8}
