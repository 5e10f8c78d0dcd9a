"""Remove metadata from GIF files (GIF89a).

The result holds the frames, their graphic controls, the loop count, and XMP with the credit that
stays. It has no comments and no plain text.
"""

import struct
from dataclasses import dataclass

from PIL import Image

from app.domain.errors import UnreadableImage
from app.imaging.decoder_errors import DAMAGED
from app.imaging.metadata import private_data
from app.imaging.metadata.iptc.kept import SelectKept
from app.imaging.metadata.result import (
    MAX_OTHER_METADATA,
    MAX_PARTS,
    CleanFile,
    Data,
    check_frame_count,
)

# Block labels, GIF89a appendix A.
_IMAGE_DESCRIPTOR, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_GRAPHIC_CONTROL, _APPLICATION = 0xF9, 0xFF
_SCREEN_DESCRIPTOR_END = 13  # bytes: the header and the logical screen descriptor (17, 18)
_IMAGE_DESCRIPTOR_LENGTH = 10  # bytes (20)
_MAX_SUB_BLOCKS = 1_000_000  # of one block: 255 MB if all of them are full
_GRAPHIC_CONTROL_FIELDS = 4  # bytes (23)
_XMP_APPLICATION = b"XMP DataXMP"
_VERSION_WITH_EXTENSIONS = b"GIF89a"
_LOOP_APPLICATIONS = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")  # with the length
_LOOP_SUB_BLOCK = b"\x03\x01"  # the length, and the identifier of the loop count
_LOOP_EXTENSION_LENGTH = 18  # bytes before the block terminator


@dataclass(frozen=True, slots=True)
class _Block:
    label: int  # _IMAGE_DESCRIPTOR, or the label of an extension
    body: bytes


def matches(header: bytes) -> bool:
    """Return whether a file with these first bytes is a GIF."""
    return header.startswith((b"GIF87a", b"GIF89a"))


def remove_metadata(data: Data, select_kept: SelectKept) -> CleanFile:
    """Return the animation without its metadata. A GIF has no EXIF, so it keeps no location.

    Raises:
        UnreadableImage: The file is damaged or has too many frames.
    """
    data = bytes(data)
    blocks_start = _SCREEN_DESCRIPTOR_END + _color_table_length(data[10])
    blocks, trailer = _parse_blocks(data, blocks_start)
    frames = [block for block in blocks if block.label == _IMAGE_DESCRIPTOR]
    check_frame_count(len(frames))
    if not frames:
        raise UnreadableImage(DAMAGED)
    other_metadata = _read_xmp(blocks)[:MAX_OTHER_METADATA]
    kept = select_kept(Image.Exif(), other_metadata)
    clean_blocks = [*map(_clean_block, blocks), _build_xmp(kept.xmp), bytes((_TRAILER,))]
    header = _VERSION_WITH_EXTENSIONS + data[6:blocks_start] if kept.xmp else data[:blocks_start]
    return CleanFile(
        body=b"".join((header, *clean_blocks)),
        format="GIF",
        content_type="image/gif",
        size=_read_size(data, frames[0]),
        frame=_read_frame(frames[0]),
        other_metadata=other_metadata,
        kept=kept,
        removed_metadata=frozenset(_find_removed(blocks, trailer)),
        animated=len(frames) > 1,
    )


def _parse_blocks(data: bytes, start: int) -> tuple[list[_Block], bytes]:
    """Return the blocks from `start` on and the bytes after the trailer, which may be missing."""
    blocks: list[_Block] = []
    while start < len(data) and data[start] != _TRAILER:
        label, end = _find_block_end(data, start)
        blocks.append(_Block(label, data[start:end]))
        if len(blocks) > MAX_PARTS:
            raise UnreadableImage(DAMAGED)
        start = end
    return blocks, data[start + 1 :]


def _find_block_end(data: bytes, start: int) -> tuple[int, int]:
    """Return the label of the block at `start` and the offset after it."""
    if data[start] == _IMAGE_DESCRIPTOR:
        table_length = _color_table_length(data[start + _IMAGE_DESCRIPTOR_LENGTH - 1])
        code_size_length = 1
        sub_blocks = start + _IMAGE_DESCRIPTOR_LENGTH + table_length + code_size_length
        return _IMAGE_DESCRIPTOR, _skip_sub_blocks(data, sub_blocks)
    if data[start] == _EXTENSION:
        return data[start + 1], _skip_sub_blocks(data, start + 2)
    raise UnreadableImage(DAMAGED)


def _skip_sub_blocks(data: bytes, position: int) -> int:
    """Return the offset after the sub-blocks that begin at `position` (GIF89a sections 15, 16)."""
    for _ in range(_MAX_SUB_BLOCKS):
        length = data[position]
        position += 1 + length
        if not length:
            return position
    raise UnreadableImage(DAMAGED)


def _color_table_length(flags: int) -> int:
    """Return the bytes of the color table that a packed field announces (sections 18, 20)."""
    has_table = flags & 0x80
    return 3 << (flags & 7) + 1 if has_table else 0


def _read_size(data: bytes, first_frame: _Block) -> tuple[int, int]:
    """Return width and height as Pillow does: a screen that is large enough for the first frame."""
    width, height = struct.unpack_from("<HH", data, 6)
    _left, _top, right, bottom = _read_frame(first_frame)
    return max(width, right), max(height, bottom)


def _read_frame(frame: _Block) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a frame on the screen (20)."""
    left, top, width, height = struct.unpack_from("<4H", frame.body, 1)
    return left, top, left + width, top + height


def _clean_block(block: _Block) -> bytes:
    """Return a block without metadata; empty if nothing stays."""
    if block.label == _IMAGE_DESCRIPTOR:
        return block.body
    if block.label == _GRAPHIC_CONTROL:
        return _clean_graphic_control(block)
    if _is_loop_extension(block):
        return block.body[:_LOOP_EXTENSION_LENGTH] + b"\0"
    return b""


def _clean_graphic_control(block: _Block) -> bytes:
    """Return the extension with its four bytes of fields (23); empty without fields."""
    length = block.body[2]
    fields = block.body[3 : 3 + min(length, _GRAPHIC_CONTROL_FIELDS)]
    if not fields:
        return b""
    fields = fields.ljust(_GRAPHIC_CONTROL_FIELDS, b"\0")
    return bytes((_EXTENSION, _GRAPHIC_CONTROL, len(fields))) + fields + b"\0"


def _is_loop_extension(block: _Block) -> bool:
    return (
        block.label == _APPLICATION
        and block.body[2:14] in _LOOP_APPLICATIONS
        and block.body[14:16] == _LOOP_SUB_BLOCK
    )


def _read_xmp(blocks: list[_Block]) -> bytes:
    """Return the XMP, which stands in its extension without the lengths of sub-blocks."""
    extensions = [block.body for block in blocks if block.label == _APPLICATION]
    return b"".join(body for body in extensions if body[3:14] == _XMP_APPLICATION)


def _build_xmp(packet: bytes) -> bytes:
    """Return the extension with a packet (XMP part 3, 1.1.2); nothing without one.

    Readers of sub-blocks take the packet's bytes for lengths. Wherever that ends, the trailer
    leads them to its last byte.
    """
    if not packet:
        return b""
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return bytes((_EXTENSION, _APPLICATION, 11)) + _XMP_APPLICATION + packet + trailer


def _find_removed(blocks: list[_Block], trailer: bytes) -> set[str]:
    """Return the kinds of private data that the result does not have."""
    removed = private_data.kinds_in_trailer(trailer)
    for block in blocks:
        if _clean_block(block) != block.body:
            removed |= private_data.kinds_in_bytes(block.body)
    return removed
