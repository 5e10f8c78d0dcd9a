"""Renditions have the colors that a browser should show, from every mode and profile."""

import struct
from io import BytesIO

import pytest
from PIL import ExifTags, Image, ImageCms

from app.domain.image.processed_image import ProcessedImage
from app.domain.image.rendition_sizes import AVIF, JPEG
from app.imaging.icc import clean_profile
from tests.imaging.sample_files import (
    GREEN,
    RED,
    encode_image,
    is_close,
    open_image,
    process_bytes,
    quarters,
)


def matrix_profile(
    name: str, primaries: tuple[tuple[float, float, float], ...], gamma: float = 2.2
) -> bytes:
    """Return an ICC profile of version 2 from XYZ columns adapted to D50.

    A gamma of 0 stands for a table of 4096 numbers, which makes the profile large.
    """
    text = name.encode() + b"\0"
    description = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + b"\0" * 78
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    if not gamma:
        numbers = [round(65_535 * (number / 4095) ** 2.2) for number in range(4096)]
        curve = b"curv\0\0\0\0" + struct.pack(">I4096H", 4096, *numbers)
    tags = [(b"desc", description), (b"wtpt", _xyz((0.9642, 1.0, 0.8249)))]
    columns = zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)
    tags += [(tag, _xyz(column)) for tag, column in columns]
    tags += [(tag, curve) for tag in (b"rTRC", b"gTRC", b"bTRC")]
    table, body = b"", b""
    for tag, value in tags:
        table += tag + struct.pack(">II", 132 + 12 * len(tags) + len(body), len(value))
        body += value + b"\0" * (-len(value) % 4)
    rest = struct.pack(">I", len(tags)) + table + body
    head = struct.pack(
        ">I4sI4s4s4s12x4s", 128 + len(rest), b"test", 0x02200000, b"mntr", b"RGB ", b"XYZ ", b"acsp"
    )
    return head.ljust(68, b"\0") + struct.pack(">3I", 0xF6D6, 0x10000, 0xD32D) + b"\0" * 48 + rest


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


P3 = matrix_profile(
    "Display P3", ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
)
ADOBE = matrix_profile(
    "Adobe RGB", ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))
)

SRGB_PRIMARIES = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7139))
LARGE = matrix_profile(
    "Large", ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446)), 0
)


def in_srgb(image: Image.Image) -> Image.Image:
    """Return the image as a browser shows it, converted by its profile."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image.convert("RGB")
    return ImageCms.profileToProfile(
        image, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
    )


def smallest(photo: ProcessedImage) -> Image.Image:
    return open_image(photo.renditions[0].body)


@pytest.mark.parametrize("profile", [P3, ADOBE], ids=["Display P3", "Adobe RGB"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "TIFF"])
def test_a_small_wide_gamut_profile_is_kept(kind: str, profile: bytes) -> None:
    data = encode_image(quarters(), kind, icc_profile=profile)
    photo = process_bytes(data)
    kept = open_image(photo.original).info["icc_profile"].rstrip(b"\0")
    assert kept == clean_profile(profile).rstrip(b"\0")
    assert smallest(photo).info["icc_profile"].rstrip(b"\0") == kept
    expected = in_srgb(open_image(data)).getpixel((10, 10))
    assert is_close(in_srgb(smallest(photo)).getpixel((10, 10)), expected, 6)


@pytest.mark.parametrize("profile", [P3, ADOBE, LARGE], ids=["Display P3", "Adobe RGB", "large"])
def test_jpeg_and_avif_show_the_same_colors(profile: bytes) -> None:
    """A rendition shows the original's colors, whichever format a browser chooses."""
    data = encode_image(Image.new("RGB", (320, 240), (60, 160, 90)), "JPEG", icc_profile=profile)
    expected = in_srgb(open_image(data)).getpixel((20, 20))
    renditions = process_bytes(data).renditions
    assert [rendition.content_type for rendition in renditions] == [AVIF, JPEG]
    for rendition in renditions:
        assert is_close(in_srgb(open_image(rendition.body)).getpixel((20, 20)), expected, 4)


def test_an_image_with_a_large_profile_is_converted_to_srgb() -> None:
    data = encode_image(Image.new("RGB", (64, 64), (60, 160, 90)), "JPEG", icc_profile=LARGE)
    still = smallest(process_bytes(data))
    assert "icc_profile" not in still.info
    assert is_close(still.getpixel((20, 20)), in_srgb(open_image(data)).getpixel((20, 20)), 4)


@pytest.mark.parametrize("gamma", [1.0, 1.8])
def test_a_profile_is_not_believed_to_be_srgb_for_its_name(gamma: float) -> None:
    """Linear profiles are sold under the name of sRGB."""
    named = matrix_profile("sRGB-elle-V2", SRGB_PRIMARIES, gamma)
    data = encode_image(Image.new("RGB", (64, 64), (60, 160, 90)), "JPEG", icc_profile=named)
    shown = in_srgb(smallest(process_bytes(data)))
    assert is_close(shown.getpixel((20, 20)), in_srgb(open_image(data)).getpixel((20, 20)), 4)


def test_a_profile_without_a_required_tag_counts_as_srgb() -> None:
    """Lcms cannot use it, and browsers ignore it."""
    broken = matrix_profile("Broken", SRGB_PRIMARIES, 1.0).replace(b"gTRC", b"xTRC", 1)
    photo = process_bytes(encode_image(quarters(), "JPEG", icc_profile=broken))
    assert is_close(smallest(photo).getpixel((10, 10)), RED)
    assert "icc_profile" not in open_image(photo.original).info


def test_an_srgb_profile_is_left_out() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert (
        "icc_profile"
        not in smallest(process_bytes(encode_image(quarters(), "JPEG", icc_profile=srgb))).info
    )


@pytest.mark.parametrize("junk", [b"junk", P3[:200], b"\0" * 300])
def test_a_broken_profile_is_ignored(junk: bytes) -> None:
    still = smallest(process_bytes(encode_image(quarters(), "JPEG", icc_profile=junk)))
    assert "icc_profile" not in still.info
    assert is_close(still.getpixel((10, 10)), RED)


def test_a_profile_for_another_kind_of_image_is_ignored() -> None:
    still = smallest(process_bytes(encode_image(quarters().convert("L"), "JPEG", icc_profile=P3)))
    assert is_close(still.getpixel((10, 10)), (80, 80, 80), 6)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_becomes_rgb(kind: str) -> None:
    still = smallest(process_bytes(encode_image(quarters().convert("CMYK"), kind)))
    assert still.mode == "RGB"
    assert is_close(still.getpixel((10, 10)), RED, 20)


def test_lab_becomes_rgb() -> None:
    lab = ImageCms.profileToProfile(
        quarters(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert is_close(smallest(process_bytes(encode_image(lab, "TIFF"))).getpixel((10, 10)), RED, 20)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_and_not_clipped(kind: str) -> None:
    deep = Image.new("I;16", (64, 64))
    deep.paste(32_896, (0, 0, 64, 64))
    assert is_close(
        smallest(process_bytes(encode_image(deep, kind))).getpixel((9, 9)), (128, 128, 128), 2
    )


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    still = smallest(
        process_bytes(encode_image(quarters().convert("L").convert("RGB").convert(mode), "PNG"))
    )
    assert still.mode == "RGB"
    assert still.size == (96, 64)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "TIFF"])
def test_transparent_pixels_become_white(kind: str) -> None:
    image = quarters().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 48, 32))
    still = smallest(process_bytes(encode_image(image, kind)))
    assert is_close(still.getpixel((10, 10)), (255, 255, 255))
    assert is_close(still.getpixel((80, 10)), GREEN, 20)


def test_a_transparent_palette_color_becomes_white() -> None:
    image = quarters().quantize(8)
    data = encode_image(image, "PNG", transparency=image.getpixel((10, 10)))
    assert is_close(smallest(process_bytes(data)).getpixel((10, 10)), (255, 255, 255))


def test_a_resized_one_bit_image_has_grays() -> None:
    stripes = Image.new("1", (4096, 64))
    stripes.paste(1, (0, 0, 4096, 32))
    still = smallest(process_bytes(encode_image(stripes, "PNG")))
    mean = still.resize((1, 1), Image.Resampling.BOX)
    assert is_close(mean.getpixel((0, 0)), (127,) * 3)


def test_the_placeholder_is_the_dominant_color_in_srgb() -> None:
    image = quarters()
    image.paste(GREEN, (0, 0, 96, 50))
    assert is_close(bytes.fromhex(process_bytes(encode_image(image, "PNG")).placeholder[1:]), GREEN)
    in_p3 = encode_image(Image.new("RGB", (64, 64), (60, 160, 90)), "PNG", icc_profile=P3)
    expected = in_srgb(open_image(in_p3)).getpixel((0, 0))
    assert is_close(bytes.fromhex(process_bytes(in_p3).placeholder[1:]), expected, 6)


@pytest.mark.parametrize("orientation", [1, 3])
def test_the_color_grid_shows_the_upright_photo_in_srgb(orientation: int) -> None:
    """It has the colors of 4 columns and 3 rows, from the top left."""
    colors = [(17 * row, 17 * column, 255) for row in range(3) for column in range(4)]
    image = Image.new("RGB", (4, 3))
    image.putdata(colors if orientation == 1 else colors[::-1])
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    large = image.resize((400, 300), Image.Resampling.NEAREST)
    digits = process_bytes(encode_image(large, "PNG", exif=exif)).colors
    assert digits == "".join(f"{row:x}{column:x}f" for row in range(3) for column in range(4))
