"""EXIF is read with Pillow, and no damaged block raises an error.

Covers app.imaging.metadata.exif.
"""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from app.imaging import camera_info
from app.imaging.metadata import exif, private_data
from app.imaging.metadata.iptc.taken_at import read_taken
from tests.imaging.sample_files import build_private_exif

_WHOLE = build_private_exif(6)
_UNKNOWN_TYPE = 99
_IFD_TYPE = 13
ARTIST = 0x013B


def _block_with_iso(field_type: int) -> bytes:
    """An EXIF block whose ISO field has the given TIFF field type."""
    image_ifd = struct.pack(">HHHII", 1, exif.EXIF_IFD, 4, 1, 26) + bytes(4)
    exif_ifd = struct.pack(">HHHII", 1, 0x8827, field_type, 1, 400 << 16) + bytes(4)
    return b"MM\0*\0\0\0\x08" + image_ifd + exif_ifd


def _use_every_reader(data: bytes) -> None:
    block = exif.read_exif(data)
    orientation = exif.read_orientation(block)
    assert 1 <= orientation <= 8
    camera_info.read_camera_info(block)
    read_taken(block, data)
    private_data.kinds_in_exif(block)
    kept = exif.read_exif(exif.build_minimal(orientation, block))
    assert set(kept) <= {exif.ORIENTATION, exif.GPS_IFD}
    assert exif.read_orientation(kept) == orientation


@settings(max_examples=300, derandomize=True, database=None)
@given(
    flips=st.lists(
        st.tuples(st.integers(0, len(_WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=12
    ),
    length=st.integers(0, len(_WHOLE)),
)
def test_flipped_and_truncated_bytes_never_raise(flips: list[tuple[int, int]], length: int) -> None:
    damaged = bytearray(_WHOLE)
    for position, value in flips:
        damaged[position] = value
    _use_every_reader(bytes(damaged))
    _use_every_reader(bytes(damaged[:length]))


@pytest.mark.parametrize("field_type", [0, _IFD_TYPE, _UNKNOWN_TYPE, 0xFFFF])
def test_a_field_of_an_unknown_type_is_left_out(field_type: int) -> None:
    _use_every_reader(_block_with_iso(field_type))
    block = exif.read_exif(_block_with_iso(field_type))
    assert camera_info.read_camera_info(block).iso is None


def test_a_field_of_a_known_type_is_read() -> None:
    """The blocks of the test above are valid apart from the type."""
    assert camera_info.read_camera_info(exif.read_exif(_block_with_iso(3))).iso == 400


def test_a_block_with_a_truncated_end_has_no_thumbnail() -> None:
    """Pillow takes the first directory for the thumbnail's where the next offset is missing."""
    block = exif.read_exif(b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHH", 1, 0x0112, 3, 1, 6, 0))
    assert exif.read_orientation(block) == 6
    assert private_data.kinds_in_exif(block) == set()


def test_the_minimal_block_has_one_field() -> None:
    """A header, a directory of one field and the end: nothing else can ride along."""
    directory = struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 0)
    assert exif.build_minimal(6) == b"MM\0*\0\0\0\x08" + directory


def test_a_location_that_cannot_be_written_is_left_out() -> None:
    """Latitude is a rational number; Pillow does not write text in its place."""
    block = Image.Exif()
    block.get_ifd(exif.GPS_IFD).update({2: "52.1"})
    assert exif.build_minimal(6, block) == exif.build_minimal(6)
    assert exif.build_minimal(1, block) == b""


@pytest.mark.parametrize("field_type", [2, 129], ids=["ASCII", "UTF-8"])
def test_text_of_both_types_is_read(field_type: int) -> None:
    """EXIF 3.0 adds a type for UTF-8, which holds names as well."""
    name = "Zoë 사진\0".encode()
    image_ifd = struct.pack(">HHHII", 1, ARTIST, field_type, len(name), 26) + bytes(4)
    block = exif.read_exif(b"MM\0*\0\0\0\x08" + image_ifd + name)
    assert exif.as_text(block.get(ARTIST), 20) == "Zoë 사진"
    assert private_data.CREDIT in private_data.kinds_in_exif(block)


@settings(max_examples=300, derandomize=True, database=None)
@given(
    entries=st.lists(
        st.tuples(
            st.sampled_from([0x010F, ARTIST, exif.EXIF_IFD, exif.GPS_IFD, 0x8827, 0x9003, 0x829A]),
            st.integers(0, 255),
            st.integers(0, 40) | st.integers(0, 2**32 - 1),
            st.integers(0, 200) | st.integers(0, 2**32 - 1),
        ),
        max_size=6,
    ),
    order=st.sampled_from("<>"),
)
def test_fields_of_every_type_never_raise(
    entries: list[tuple[int, int, int, int]], order: str
) -> None:
    """Types that no standard defines, and counts and offsets outside of the block."""
    byte_order = b"II*\0" if order == "<" else b"MM\0*"
    fields = b"".join(struct.pack(f"{order}HHII", *entry) for entry in entries)
    directory = struct.pack(f"{order}H", len(entries)) + fields + bytes(4)
    _use_every_reader(byte_order + struct.pack(f"{order}I", 8) + directory + bytes(range(200)))


def gps_with(**fields: object) -> set[str]:
    block = Image.Exif()
    block.get_ifd(exif.GPS_IFD).update({int(tag[1:], 16): value for tag, value in fields.items()})
    return private_data.kinds_in_exif(exif.read_exif(block.tobytes()))


@pytest.mark.parametrize(
    "fields",
    [
        {"x2": (52.0, 31.0, 12.0)},
        {"x4": (13.0, 24.0, 18.0)},
        {"x1c": b"ASCII\0\0\0Berlin"},
    ],
)
def test_coordinates_and_places_are_a_location(fields: dict[str, object]) -> None:
    assert "location" in gps_with(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"x0": b"\2\3\0\0"},
        {"x1d": "2024:05:06", "x7": (7.0, 8.0, 9.0)},
        {"x1": "N", "x9": "V"},
        {"x2": (IFDRational(0, 0),) * 3, "x4": (IFDRational(0, 0),) * 3},
        {"x1c": b"        "},
    ],
)
def test_gps_fields_without_a_place_are_no_location(fields: dict[str, object]) -> None:
    """The page must not say that a location was removed."""
    assert "location" not in gps_with(**fields)


@pytest.mark.parametrize("blank", [" ", "\0", "   \0"])
def test_blank_names_are_no_owner(blank: str) -> None:
    block = Image.Exif()
    block[ARTIST], block[0x8298] = blank, blank
    assert "owner" not in private_data.kinds_in_exif(exif.read_exif(block.tobytes()))
