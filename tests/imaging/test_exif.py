"""EXIF is read with Pillow, and no damaged block raises an error.

Covers app.imaging.metadata.exif.
"""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.imaging import camera_info
from app.imaging.metadata import exif, private_data
from tests.imaging.sample_files import build_private_exif

_WHOLE = build_private_exif(6)
_UNKNOWN_TYPE = 99
_IFD_TYPE = 13


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
    camera_info.read_taken_at(block)
    private_data.kinds_in_exif(block)
    kept = exif.read_exif(exif.build_minimal(orientation, block))
    assert set(kept) <= {exif.ORIENTATION, exif.GPS_IFD}
    assert exif.read_orientation(kept) == orientation


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
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
