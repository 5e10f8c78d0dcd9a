"""Color profiles keep the values that determine colors, and no name, text or serial number."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from app.domain.errors import UnreadableImage
from app.imaging import icc
from app.imaging.icc import clean_profile
from app.imaging.metadata import remove_metadata
from tests.imaging.sample_files import (
    OWNER,
    SERIAL,
    encode_image,
    noise,
    open_image,
    png_chunk,
    process_bytes,
    quarters,
)
from tests.imaging.test_color import ADOBE, LARGE, P3

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
KINDS = ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "TIFF"]


def with_tag(profile: bytes, name: bytes, data: bytes) -> bytes:
    """Return the profile with another tag."""
    count = int.from_bytes(profile[128:132])
    table_end = 132 + 12 * count
    entries = b""
    for start in range(132, table_end, 12):
        tag, offset, length = struct.unpack_from(">4sII", profile, start)
        entries += struct.pack(">4sII", tag, offset + 12, length)
    entries += struct.pack(">4sII", name, len(profile) + 12, len(data))
    body = struct.pack(">I", count + 1) + entries + profile[table_end:] + data
    return struct.pack(">I", 128 + len(body)) + profile[4:128] + body


def private_profile() -> bytes:
    """Return the profile of a display, as macOS writes it into screenshots."""
    named = with_tag(P3, b"dmdd", b"desc\0\0\0\0\0\0\0\x10S/N " + SERIAL.encode())
    named = with_tag(named, b"mmod", b"mmod" + SERIAL.encode().ljust(36))
    named = with_tag(named, b"cprt", b"text\0\0\0\0" + OWNER.encode() + b"\0")
    return named[:80] + b"OWNR" + named[84:]


PRIVATE = (SERIAL.encode(), OWNER.encode(), b"OWNR", b"mmod", b"Display P3", b"test")


def colors(profile: bytes) -> bytes:
    """Return noise as the profile shows it in sRGB."""
    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    target = ImageCms.createProfile("sRGB")
    image = Image.linear_gradient("L").resize((64, 64)).convert("RGB")
    return ImageCms.profileToProfile(image, source, target).tobytes()


@pytest.mark.parametrize("profile", [P3, ADOBE, LARGE, SRGB, private_profile()])
def test_a_clean_profile_shows_the_same_colors(profile: bytes) -> None:
    cleaned = clean_profile(profile)
    assert len(cleaned) <= len(profile)
    assert colors(cleaned) == colors(profile)
    assert clean_profile(cleaned) == cleaned


@pytest.mark.parametrize("kind", KINDS)
def test_no_published_object_names_the_display(kind: str) -> None:
    data = encode_image(noise(96, 64), kind, icc_profile=private_profile())
    photo = process_bytes(data)
    for body in (photo.original, *(rendition.body for rendition in photo.renditions)):
        profile = open_image(body).info["icc_profile"]
        assert [private for private in PRIVATE if private in profile + body] == []
        assert colors(profile) == colors(P3)
    again = process_bytes(photo.original)
    assert kind == "TIFF" or again.original == photo.original


def test_text_after_the_fields_of_a_tag_is_removed() -> None:
    longer = with_tag(P3, b"chad", b"sf32" + bytes(40))
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, 512) + OWNER.encode()
    hidden = with_tag(longer.replace(b"rTRC", b"xTRC"), b"rTRC", curve)
    assert OWNER.encode() in hidden
    assert OWNER.encode() not in clean_profile(hidden)


IDENTITY = b"curv" + bytes(8)  # a curve of no points
CORNERS = bytes(255 * (number >> axis & 1) for number in range(8) for axis in (2, 1, 0))
RAMP = bytes(range(256))


def lut8(text: bytes) -> bytes:
    """Return a table of 8 bits for RGB, with a text after it."""
    matrix = struct.pack(">9i", *(0x10000 if index in (0, 4, 8) else 0 for index in range(9)))
    header = b"mft1" + bytes(4) + bytes((3, 3, 2, 0)) + matrix
    return header + RAMP * 3 + CORNERS + RAMP * 3 + text


def lut16(text: bytes) -> bytes:
    """Return a table of 16 bits for RGB, with a text after it."""
    matrix = struct.pack(">9i", *(0x10000 if index in (0, 4, 8) else 0 for index in range(9)))
    header = b"mft2" + bytes(4) + bytes((3, 3, 2, 0)) + matrix + struct.pack(">HH", 2, 2)
    ramp = struct.pack(">HH", 0, 65_535)
    return header + ramp * 3 + bytes(byte for byte in CORNERS for _ in range(2)) + ramp * 3 + text


def lut_a_to_b(text: bytes) -> bytes:
    """Return a table with curves and a matrix for RGB, and a text between all elements."""
    text += bytes(-len(text) % 4)
    matrix = struct.pack(">12i", *(0x10000 if index in (0, 4, 8) else 0 for index in range(12)))
    grid = (bytes((2, 2, 2)) + text)[:16].ljust(16, b"\0") + b"\1" + b"txt" + CORNERS
    elements = (IDENTITY * 3, matrix, IDENTITY * 3, grid, IDENTITY * 3)
    offsets, body, position = [], b"", 32
    for element in elements:
        offsets.append(position + len(text))
        body += text + element
        position = 32 + len(body)
    return b"mAB " + bytes(4) + bytes((3, 3, 0, 0)) + struct.pack(">5I", *offsets) + body + text


@pytest.mark.parametrize("build", [lut8, lut16, lut_a_to_b])
def test_text_around_the_elements_of_a_table_is_removed(build: Callable[[bytes], bytes]) -> None:
    hidden = with_tag(P3, b"A2B0", build(OWNER.encode()))
    cleaned = clean_profile(hidden)
    assert OWNER[:8].encode() not in cleaned
    assert build(b"")[:4] in cleaned
    assert colors(cleaned) == colors(hidden)
    assert clean_profile(cleaned) == cleaned


@pytest.mark.parametrize("build", [lut8, lut16, lut_a_to_b])
def test_a_table_that_is_cut_off_is_left_out(build: Callable[[bytes], bytes]) -> None:
    cleaned = clean_profile(with_tag(P3, b"A2B0", build(b"")[:-20]))
    assert b"A2B0" not in cleaned
    assert colors(cleaned) == colors(P3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("junk", [b"junk", P3[:200], bytes(300)])
def test_a_damaged_profile_is_left_out(kind: str, junk: bytes) -> None:
    photo = process_bytes(encode_image(quarters(), kind, icc_profile=junk))
    assert not open_image(photo.original).info.get("icc_profile")
    assert junk.rstrip(b"\0") not in photo.original or not junk.strip(b"\0")


def huge_png() -> bytes:
    data = encode_image(quarters(), "PNG")
    profile = zlib.compress(bytes(icc.MAX_PROFILE + 1))
    return data[:33] + png_chunk(b"iCCP", b"name\0\0" + profile) + data[33:]


def test_a_huge_profile_is_refused_in_every_format() -> None:
    """4 MB are more than any profile needs, and every visitor would load them."""
    huge = with_tag(P3, b"A2B0", bytes(icc.MAX_PROFILE))
    files = [encode_image(quarters(), kind, icc_profile=huge) for kind in ("JPEG", "WEBP", "HEIF")]
    for data in (*files, huge_png()):
        with pytest.raises(UnreadableImage, match="color profile is too large"):
            remove_metadata(data)


@settings(max_examples=300)
@given(
    flips=st.lists(st.tuples(st.integers(0, len(P3) - 1), st.integers(0, 255)), max_size=8),
    length=st.integers(0, len(P3)),
)
def test_a_damaged_profile_never_raises(flips: list[tuple[int, int]], length: int) -> None:
    damaged = bytearray(P3)
    for position, value in flips:
        damaged[position] = value
    cleaned = clean_profile(bytes(damaged[:length]))
    assert len(cleaned) <= length
    assert clean_profile(cleaned) == cleaned


@pytest.mark.parametrize("tag", [b"wtpt", b"chad", b"cicp"])
def test_a_tag_of_another_type_is_left_out(tag: bytes) -> None:
    """A text may stand under any name."""
    hidden = with_tag(P3.replace(b"wtpt", b"xtpt"), tag, b"text\0\0\0\0" + OWNER.encode())
    assert OWNER.encode() not in clean_profile(hidden)
    assert colors(clean_profile(hidden)) == colors(P3)
