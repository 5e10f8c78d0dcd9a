"""A PNG that names its color space by numbers has the colors that browsers show.

Covers app.imaging.rgb_profiles.
"""

import struct
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from app.imaging import rgb_profiles
from tests.imaging.sample_files import (
    encode_image,
    is_close,
    open_image,
    png_chunk,
    process_bytes,
)
from tests.imaging.test_color import P3, in_srgb
from tests.imaging.test_icc import SRGB

COLOR = (60, 160, 90)
BT709, BT2020, DISPLAY_P3 = 1, 9, 12  # primaries of H.273
LINEAR, SRGB_CURVE, PQ, HLG = 8, 13, 16, 18  # transfer characteristics


def shown(*chunks: bytes, color: tuple[int, ...] = COLOR, profile: bytes = b"") -> tuple[int, ...]:
    """Return the color of a PNG with these chunks, as its rendition shows it in sRGB."""
    options = {"icc_profile": profile} if profile else {}
    data = encode_image(Image.new("RGB", (64, 64), color), "PNG", **options)
    photo = process_bytes(data[:33] + b"".join(chunks) + data[33:])
    for chunk in chunks:
        assert chunk in photo.original
    rendition = in_srgb(open_image(photo.renditions[0].body))
    return rendition.getpixel((20, 20))  # type: ignore[return-value]


def cicp(primaries: int, transfer: int) -> bytes:
    return png_chunk(b"cICP", bytes((primaries, transfer, 0, 1)))


def gama(value: float) -> bytes:
    return png_chunk(b"gAMA", struct.pack(">I", round(value * 100_000)))


def chrm(*values: float) -> bytes:
    return png_chunk(b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in values)))


def with_profile(profile: bytes) -> tuple[int, ...]:
    image = open_image(encode_image(Image.new("RGB", (9, 9), COLOR), "PNG", icc_profile=profile))
    return in_srgb(image).getpixel((4, 4))  # type: ignore[return-value]


def test_display_p3_code_points_are_display_p3() -> None:
    """The profile that programs embed for Display P3 has almost the same curve."""
    assert is_close(shown(cicp(DISPLAY_P3, SRGB_CURVE)), with_profile(P3), 4)


def test_srgb_code_points_and_chunks_change_nothing() -> None:
    assert is_close(shown(cicp(BT709, SRGB_CURVE)), COLOR, 2)
    assert is_close(shown(gama(0.45455)), COLOR, 2)
    assert is_close(shown(png_chunk(b"sRGB", b"\0"), gama(1.0)), COLOR, 2)
    assert is_close(shown(gama(0.45455), chrm(*rgb_profiles.SRGB_CHROMATICITIES)), COLOR, 3)


def test_linear_light_is_brightened() -> None:
    """An sRGB value of half the light is 188."""
    for chunk in (gama(1.0), cicp(BT709, LINEAR)):
        assert is_close(shown(chunk, color=(128, 128, 128)), (188,) * 3, 2)


def test_code_points_come_before_the_profile_and_the_profile_before_gamma() -> None:
    assert is_close(shown(cicp(BT709, SRGB_CURVE), profile=P3), COLOR, 2)
    assert is_close(shown(gama(1.0), profile=P3), with_profile(P3), 3)


def test_chromaticities_turn_into_the_matrix_of_srgb() -> None:
    """The colors of a built profile and of lcms's own differ by rounding only."""
    built = rgb_profiles.profile_from_code_points(BT709, 4)  # gamma 2.2
    image = Image.linear_gradient("L").resize((32, 32)).convert("RGB")
    source = ImageCms.ImageCmsProfile(BytesIO(built))
    target = ImageCms.ImageCmsProfile(BytesIO(SRGB))
    converted = ImageCms.profileToProfile(image, source, target)
    for before, after in zip(
        image.get_flattened_data(), converted.get_flattened_data(), strict=True
    ):
        assert is_close(before, after, 12)
        assert max(after) - min(after) <= 1  # gray stays gray


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_high_dynamic_range_is_neither_black_nor_clipped(transfer: int) -> None:
    """Tones keep their order, and the steps up to 1000 cd/m² stay apart."""
    tones = [shown(cicp(BT2020, transfer), color=(level,) * 3)[0] for level in range(20, 190, 20)]
    assert tones == sorted(set(tones))
    assert tones[-1] > 170


@pytest.mark.parametrize(
    "chunk",
    [
        cicp(2, 2),
        cicp(255, 13),
        gama(0),
        gama(20_000),
        gama(1.0) + chrm(*[0.0] * 8),
        gama(1.0) + chrm(0.3127, 0.3290, *[0.3, 0.3] * 3),
        gama(1.0) + chrm(*[20_000.0] * 8),
    ],
)
def test_invalid_numbers_count_as_srgb(chunk: bytes) -> None:
    assert is_close(shown(chunk), COLOR, 2)


@pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
def test_gray_has_the_gamma_of_the_file(mode: str) -> None:
    """Gray and color of the same numbers look the same."""
    gray = {"L": 128, "LA": (128, 255), "I;16": 128 * 257}[mode]
    data = encode_image(Image.new(mode, (64, 64), gray), "PNG")
    photo = process_bytes(data[:33] + gama(1.0) + data[33:])
    color = in_srgb(open_image(photo.renditions[0].body)).getpixel((20, 20))
    assert is_close(color, (188,) * 3, 3)
