"""Scans of JPEGs are published byte for byte, or the file is refused.

Covers app.imaging.metadata.jpeg, app.imaging.metadata.jpeg_scans,
app.imaging.metadata.jpeg_segments.
"""

import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from app.domain.errors import InvalidUpload, UnreadableImage
from app.imaging.metadata import remove_metadata
from tests.imaging.sample_files import encode_image, jpeg_segment, noise, open_image, process_bytes

EOI = b"\xff\xd9"
ENCODINGS = {
    "baseline": {},
    "restart markers": {"restart_marker_blocks": 2},
    "progressive": {"progressive": True},
}


@cache
def jpeg(encoding: str) -> bytes:
    return encode_image(noise(160, 120), "JPEG", **ENCODINGS[encoding])


def first_scan(data: bytes) -> int:
    """Return the offset of the entropy-coded data of the first scan."""
    start = data.index(b"\xff\xda")
    return start + 2 + int.from_bytes(data[start + 2 : start + 4])


def is_same_image(one: bytes, other: bytes) -> bool:
    return open_image(one).tobytes() == open_image(other).tobytes()


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=300)
@given(
    where=st.floats(0, 1),
    damage=st.one_of(
        st.binary(min_size=1, max_size=3),
        st.binary(min_size=1, max_size=1).map(lambda code: b"\xff" + code),
    ),
)
def test_a_damaged_scan_is_published_whole_or_refused(
    encoding: str, where: float, damage: bytes
) -> None:
    """A byte that looks like a marker never removes the rest of the picture.

    Bytes that decoders skip may become zeros.
    """
    data = jpeg(encoding)
    start = first_scan(data)
    start += int(where * (len(data) - start - len(damage) - 2))
    damaged = data[:start] + damage + data[start + len(damage) :]
    try:
        original = process_bytes(damaged).original
    except InvalidUpload:
        return
    assert len(original) == len(damaged)
    if original != damaged:
        assert is_same_image(original, damaged)


def find_markers(encoding: str, codes: bytes) -> list[int]:
    """Return the offsets of the markers with these codes after the start of the first scan."""
    data = jpeg(encoding)
    pattern = re.compile(rb"\xff[" + re.escape(codes) + rb"]")
    return [match.start() for match in pattern.finditer(data, first_scan(data))]


@pytest.mark.parametrize(
    ("encoding", "offsets"),
    [
        ("restart markers", find_markers("restart markers", bytes(range(0xD0, 0xD8)))[-20:]),
        ("progressive", find_markers("progressive", b"\xda")),
    ],
    ids=["restart intervals", "scans"],
)
def test_a_file_that_lacks_whole_intervals_or_scans_is_refused(
    encoding: str, offsets: list[int]
) -> None:
    """The data before the missing part is whole, so the decoder reports no damage."""
    data = jpeg(encoding)
    assert len(offsets) > 4
    for offset in offsets:
        cut_off = data[:offset]
        with_end_marker = cut_off + EOI + data[offset + len(EOI) :]
        for damaged in (cut_off, with_end_marker):
            with pytest.raises(UnreadableImage):
                process_bytes(damaged)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("code", [0xC0, 0xC4, 0xD8, 0xDB, 0xDD, 0xE1, 0xF0, 0xFE])
def test_a_marker_in_a_scan_leads_to_another_marker(encoding: str, code: int) -> None:
    """Otherwise a damaged byte made it, and libjpeg shows gray from there on."""
    data = jpeg(encoding)
    middle = first_scan(data) + 40
    with pytest.raises(UnreadableImage):
        remove_metadata(data[:middle] + bytes((0xFF, code, 0, 9)) + data[middle + 4 :])


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_end_marker_in_the_middle_of_a_scan_is_damage(encoding: str) -> None:
    data = jpeg(encoding)
    middle = (first_scan(data) + len(data)) // 2
    with pytest.raises(UnreadableImage):
        process_bytes(data[:middle] + EOI + data[middle + 2 :])


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_file_that_lacks_only_its_end_marker_is_published(encoding: str) -> None:
    """Browsers show the whole picture, and the original gets the marker."""
    data = jpeg(encoding)
    assert data.endswith(EOI)
    assert process_bytes(data.removesuffix(EOI)).original == data


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("missing", [30, 300])
def test_a_file_that_lacks_the_end_of_its_scan_is_refused(encoding: str, missing: int) -> None:
    with pytest.raises(UnreadableImage):
        process_bytes(jpeg(encoding)[:-missing])


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "trailer",
    [
        b"\0" * 100,
        jpeg("baseline"),
        b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1700000000000SEFHSEFT",
        b"\0\0\0\x18ftypmp42\xff\xd9" + b"\xff\x00" * 40,
    ],
    ids=["padding", "second image", "Samsung", "video"],
)
def test_bytes_after_the_image_are_removed(encoding: str, trailer: bytes) -> None:
    data = jpeg(encoding)
    assert process_bytes(data + trailer).original == data


def test_segments_between_scans_are_read() -> None:
    """A comment between two scans is removed, the tables stay."""
    data = jpeg("progressive")
    second = data.index(b"\xff\xda", first_scan(data))
    tables = data.rindex(b"\xff\xc4", 0, second)
    original = process_bytes(data[:tables] + jpeg_segment(0xFE, b"a note") + data[tables:]).original
    assert original == data
    difference = ImageChops.difference(open_image(original), open_image(data))
    assert difference.getbbox() is None
