"""Damaged and unusual JPEG files."""

import pytest

from app.domain.errors import UnreadableImage
from tests.imaging.sample_files import encode_image, jpeg_segment, noise, process_bytes, quarters


@pytest.mark.parametrize("part", [0.5, 0.9, 0.999])
def test_a_progressive_jpeg_without_its_end_is_refused(part: float) -> None:
    data = encode_image(noise(200, 150), "JPEG", progressive=True)
    with pytest.raises(UnreadableImage):
        process_bytes(data[: int(len(data) * part)])


@pytest.mark.parametrize("blocks", [0, 2])
def test_a_jpeg_without_only_its_end_marker_is_accepted(blocks: int) -> None:
    data = encode_image(noise(200, 150), "JPEG", restart_marker_blocks=blocks)
    assert process_bytes(data[:-2]).original == process_bytes(data).original


def test_a_jpeg_with_two_frame_headers_is_refused() -> None:
    data = encode_image(quarters(), "JPEG")
    frame = data.index(b"\xff\xc0")
    with pytest.raises(UnreadableImage):
        process_bytes(data[:frame] + data[frame : frame + 19] + data[frame:])


def test_bytes_between_segments_are_left_out() -> None:
    data = encode_image(quarters(), "JPEG")
    assert (
        process_bytes(data[:20] + b"\0garbage" + jpeg_segment(0xEF, b"x") + data[20:]).original
        == data
    )


def jpeg_with_frame_header(marker: int, precision: int) -> bytes:
    data = bytearray(encode_image(quarters(), "JPEG"))
    start = data.index(b"\xff\xc0")
    data[start + 1], data[start + 4] = marker, precision
    return bytes(data)


@pytest.mark.parametrize(("marker", "precision"), [(0xC1, 12), (0xC3, 8), (0xC5, 8), (0xCB, 8)])
def test_other_kinds_of_jpeg_are_not_called_damaged(marker: int, precision: int) -> None:
    """12-bit, lossless and hierarchical JPEGs are whole files."""
    with pytest.raises(UnreadableImage, match="isn’t supported"):
        process_bytes(jpeg_with_frame_header(marker, precision))
