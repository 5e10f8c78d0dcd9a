"""Renditions and originals are upright in every format and orientation."""

import pytest
from PIL import Image, ImageOps

from app.domain.image.rendition_sizes import rendition_sizes
from tests.imaging.sample_files import (
    ENCODER_OPTIONS,
    build_private_exif,
    corners,
    encode_image,
    encode_oriented,
    is_close,
    is_upright,
    noise,
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


def turned_corners(quarter_turns: int) -> list[tuple[int, ...]]:
    """Return the corners of `quarters` after clockwise quarter turns."""
    clockwise = Image.Transpose.ROTATE_270
    image = quarters()
    for _ in range(quarter_turns):
        image = image.transpose(clockwise)
    return corners(image)


def are_similar(image: Image.Image, expected: list[tuple[int, ...]]) -> bool:
    return all(is_close(a, b, 25) for a, b in zip(corners(image), expected, strict=True))


CASES = [(kind, orientation) for kind in ENCODER_OPTIONS for orientation in range(1, 9)]


@pytest.mark.parametrize("quarter_turns", [1, 2, 3])
@pytest.mark.parametrize(("kind", "orientation"), [*CASES, ("GIF", 1)])
def test_a_photo_is_turned_in_every_format_and_orientation(
    kind: str, orientation: int, quarter_turns: int
) -> None:
    """Its renditions are turned, and its original where the format has an orientation.

    A second turn of the published original gives the same.
    """
    data = encode_oriented(kind, orientation)
    for start, turns in ((data, quarter_turns), (process_bytes(data).original, quarter_turns)):
        photo = process_bytes(start, quarter_turns=turns)
        expected = turned_corners(turns)
        assert (photo.width, photo.height) == ((64, 96) if turns % 2 else (96, 64))
        assert are_similar(open_image(photo.renditions[-1].body), expected)
        in_original = turned_corners(turns - photo.rotation)
        original = ImageOps.exif_transpose(open_image(photo.original))
        assert are_similar(original, in_original)
        assert photo.rotation == (turns if kind in ("GIF", "TIFF") else 0)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_turning_changes_no_pixel_of_the_original(kind: str) -> None:
    """The file differs in its EXIF alone, and four quarter turns show the same again."""
    original = process_bytes(encode_image(noise(96, 64), kind)).original
    turned = [original]
    for _ in range(4):
        turned.append(process_bytes(turned[-1], quarter_turns=1).original)
    if kind == "JPEG":  # a WebP keeps the header that an orientation needs
        assert turned[4] == original
    stored = open_image(original)
    for file, orientation in zip(turned, (1, 6, 3, 8, 1), strict=True):
        image = open_image(file)
        assert image.tobytes() == stored.tobytes()
        assert image.getexif().get(0x0112, 1) == orientation
