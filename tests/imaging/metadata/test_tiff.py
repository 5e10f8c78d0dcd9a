"""TIFFs of every layout have the right colors, or are refused by name.

Covers app.imaging.metadata.tiff.
"""

import struct
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image

from app.domain.errors import ImageTooLarge, UnreadableImage
from app.imaging.metadata import tiff
from tests.imaging.sample_files import encode_image, is_close, open_image, process_bytes, quarters

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, LAB = 0, 1, 2, 3, 5, 8
SIDE = 16  # pixels
COLORS = ((220, 20, 20), (20, 180, 20))  # of the left and the right half
GRAYS = (50, 200)


def directory(offset: int, fields: dict[int, Sequence[int]], following: int = 0) -> bytes:
    """Return a TIFF directory at `offset`, whose values are LONGs, with its longer values."""
    entries, values = b"", b""
    values_start = offset + 2 + 12 * len(fields) + 4
    for tag, numbers in sorted(fields.items()):
        packed = struct.pack(f"<{len(numbers)}I", *numbers)
        if len(packed) > 4:
            values, packed = values + packed, struct.pack("<I", values_start + len(values))
        entries += struct.pack("<HHI", tag, 4, len(numbers)) + packed
    return struct.pack("<H", len(fields)) + entries + struct.pack("<I", following) + values


def build(photometric: int, bits: Sequence[int], samples: bytes, **extra: Sequence[int]) -> bytes:
    """Return an uncompressed TIFF of SIDE × SIDE pixels. `extra` has fields such as x11c=[2]."""
    fields = {
        256: [SIDE],
        257: [SIDE],
        258: list(bits),
        259: [1],
        262: [photometric],
        273: [8],
        277: [len(bits)],
        278: [SIDE],
        279: [len(samples)],
    } | {int(tag[1:], 16): value for tag, value in extra.items()}
    if fields.get(284) == [2]:  # separate planes have a strip each
        plane = len(samples) // len(bits)
        fields[273] = [8 + number * plane for number in range(len(bits))]
        fields[279] = [plane] * len(bits)
    start = 8 + len(samples)
    return b"II*\0" + struct.pack("<I", start) + samples + directory(start, fields)


def halves(left: bytes, right: bytes) -> bytes:
    """Return contiguous samples: each row has a left and a right half."""
    return (left * (SIDE // 2) + right * (SIDE // 2)) * SIDE


def gray_samples(bits: int, *, white_is_zero: bool) -> bytes:
    most = 2**bits - 1
    levels = [round(gray / 255 * most) for gray in GRAYS]
    if white_is_zero:
        levels = [most - level for level in levels]
    if bits == 16:
        return halves(*(struct.pack("<H", level) for level in levels))
    row = "".join(f"{level:0{bits}b}" * (SIDE // 2) for level in levels)
    return int(row, 2).to_bytes(len(row) // 8) * SIDE


def planes(*pixels: Sequence[int]) -> bytes:
    left, right = pixels
    pairs = zip(left, right, strict=True)
    return b"".join(halves(bytes((one,)), bytes((other,))) for one, other in pairs)


def wide(pixel: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(pixel)}H", *(257 * value for value in pixel))


def inverse(pixel: Sequence[int]) -> bytes:
    """Return a pixel of CMYK without black."""
    return bytes((*(255 - value for value in pixel), 0))


COLOR_MAP = [257 * COLORS[n % 2][band] if n < 2 else 0 for band in range(3) for n in range(256)]
COLORED = {
    "RGB, 8 bits": build(RGB, (8,) * 3, halves(*map(bytes, COLORS))),
    "RGB, 8 bits, planar": build(RGB, (8,) * 3, planes(*COLORS), x11c=[2]),
    "RGBA, 8 bits": build(
        RGB, (8,) * 4, halves(*(bytes((*color, 255)) for color in COLORS)), x152=[2]
    ),
    "RGB, 16 bits": build(RGB, (16,) * 3, halves(*map(wide, COLORS))),
    "palette": build(PALETTE, (8,), halves(b"\0", b"\1"), x140=COLOR_MAP),
    "CMYK": build(CMYK, (8,) * 4, halves(*map(inverse, COLORS))),
}


def halves_of(data: bytes) -> list[tuple[int, ...]]:
    """Return the colors of the left and the right half of the largest rendition."""
    photo = process_bytes(data)
    image = open_image(photo.renditions[-1].body).convert("RGB")
    original = open_image(photo.original).convert("RGB")
    assert (image.width, original.size) == (SIDE, (SIDE, SIDE))
    return [image.getpixel((SIDE * quarter // 4, SIDE // 2)) for quarter in (1, 3)]


@pytest.mark.parametrize("layout", COLORED)
def test_colors_are_right(layout: str) -> None:
    for color, expected in zip(halves_of(COLORED[layout]), COLORS, strict=True):
        assert is_close(color, expected, 25)


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("photometric", [WHITE_IS_ZERO, BLACK_IS_ZERO])
def test_grays_are_right_or_refused(photometric: int, bits: int) -> None:
    data = build(photometric, (bits,), gray_samples(bits, white_is_zero=not photometric))
    if (photometric, bits) == (WHITE_IS_ZERO, 16):  # Pillow does not invert it
        with pytest.raises(UnreadableImage, match="isn’t supported"):
            process_bytes(data)
        return
    most = 2**bits - 1
    for color, gray in zip(halves_of(data), GRAYS, strict=True):
        expected = round(round(gray / 255 * most) / most * 255)
        assert is_close(color, (expected,) * 3, 8)


UNSUPPORTED = {
    "RGB, 16 bits, planar": build(RGB, (16,) * 3, bytes(6 * SIDE * SIDE), x11c=[2]),
    "palette of 8 bits": build(
        PALETTE, (8,), halves(b"\0", b"\1"), x140=[value // 257 for value in COLOR_MAP]
    ),
    "32-bit integers": build(BLACK_IS_ZERO, (32,), bytes(4 * SIDE * SIDE)),
    "signed integers": build(BLACK_IS_ZERO, (8,), bytes(SIDE * SIDE), x153=[2]),
    "floating point": build(RGB, (32,) * 3, bytes(12 * SIDE * SIDE), x153=[3, 3, 3]),
    "half floats": build(BLACK_IS_ZERO, (16,), bytes(2 * SIDE * SIDE), x153=[3]),
}


@pytest.mark.parametrize("layout", UNSUPPORTED)
def test_other_layouts_are_refused_by_name(layout: str) -> None:
    """They are whole files, so they are not called damaged."""
    with pytest.raises(UnreadableImage) as refusal:
        process_bytes(UNSUPPORTED[layout])
    assert refusal.value.message == tiff.UNSUPPORTED


def pages(*images: Image.Image, previews: Sequence[int] = ()) -> bytes:
    """Return a TIFF of these pages, of which `previews` have a reduced resolution."""
    body = BytesIO()
    with_types = []
    for number, image in enumerate(images):
        page = image.copy()
        fields = {254: int(number in previews)}
        page.encoderinfo = {"tiffinfo": fields}  # type: ignore[attr-defined]
        with_types.append(page)
    first, *others = with_types
    first.save(
        body, "TIFF", save_all=True, append_images=others, tiffinfo={254: int(0 in previews)}
    )
    return body.getvalue()


def test_a_preview_before_the_photo_is_skipped() -> None:
    photo = process_bytes(pages(Image.new("RGB", (12, 8)), quarters(), previews=[0]))
    assert (photo.width, photo.height) == (96, 64)
    assert photo.left_out.pages == 0


def test_further_pages_are_counted() -> None:
    photo = process_bytes(pages(quarters(), Image.new("RGB", (9, 9)), Image.new("L", (9, 9))))
    assert (photo.width, photo.height) == (96, 64)
    assert photo.left_out.pages == 2


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff, "_MAX_PAGES", 2)
    assert process_bytes(pages(*[quarters()] * 2)).left_out.pages == 1
    with pytest.raises(UnreadableImage, match="more than 2 pages"):
        process_bytes(pages(*[quarters()] * 3))


def test_pixels_are_not_taken_for_metadata() -> None:
    """Patterns of location and owner in the pixels are no metadata."""
    patterns = (
        b"GPSLatitude dc:creator Exif\0\0MM\0*\0\0\0\x08 SerialNumber \x1c\x02\x5a\x1c\x02\x50"
    )
    samples = (patterns * 40)[: 3 * SIDE * SIDE]
    assert process_bytes(build(RGB, (8,) * 3, samples)).removed_metadata == ()


def test_long_xmp_is_read_whole() -> None:
    """Private data after the first kilobytes of a tag is named."""
    body = encode_image(quarters(), "TIFF", tiffinfo={700: b" " * 9000 + b"dc:creator"})
    assert "owner" in process_bytes(body).removed_metadata


def with_field(data: bytes, tag: int, field_type: int) -> bytes:
    """Return a TIFF in which the field `tag` has another type."""
    changed = bytearray(data)
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        if struct.unpack_from("<H", data, entry)[0] == tag:
            struct.pack_into("<H", changed, entry + 2, field_type)
    return bytes(changed)


@pytest.mark.parametrize("tag", [254, 256, 258, 259, 262, 273, 277, 278, 279, 284, 320, 339, 34675])
@pytest.mark.parametrize("field_type", [2, 3, 5, 7, 11, 12])
def test_fields_of_a_wrong_type_are_no_fault_of_ours(tag: int, field_type: int) -> None:
    """The file is processed or refused, and no error of another kind escapes."""
    extra = {"xfe": [0], "x11c": [1], "x153": [1, 1, 1], "x140": COLOR_MAP, "x8773": [1, 2, 3, 4]}
    data = build(RGB, (8,) * 3, halves(*map(bytes, COLORS)), **extra)
    with suppress(UnreadableImage, ImageTooLarge):
        process_bytes(with_field(data, tag, field_type))
