"""GIF: frames, their controls and the loop count; no comment, no text, no XMP. Blocks as in GIF89a."""

import struct
from dataclasses import dataclass

from app.domain.errors import UnreadableImage
from app.imaging.metadata import private_data
from app.imaging.metadata.result import DAMAGED, MAX_PARTS, CleanFile, check_frames

_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_CONTROL, _TEXT, _APPLICATION = 0xF9, 0x01, 0xFF
_MAX_SUB_BLOCKS = 1_000_000  # of one block; full ones would be 255 MB
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


@dataclass(frozen=True, slots=True)
class _Block:
    kind: int  # _IMAGE or an extension's label
    body: bytes


def recognises(data: bytes) -> bool:
    """Whether it begins as a GIF does."""
    return data.startswith((b"GIF87a", b"GIF89a"))


def clean(data: bytes, *, keep_location: bool) -> CleanFile:
    """The animation as it is; a GIF has no orientation and no EXIF to keep a place in."""
    del keep_location
    start = 13 + _table(data[10])
    blocks, trailer = _blocks(data, start)
    frames = [block.body for block in blocks if block.kind == _IMAGE]
    check_frames(len(frames))
    if not frames:
        raise UnreadableImage(DAMAGED)
    dropped = [block.body for block in blocks if not _kept(block)] + [trailer.strip(b"\0")]
    width, height = struct.unpack_from("<HH", data, 6)
    left, top, first_width, first_height = struct.unpack_from("<4H", frames[0], 1)
    return CleanFile(
        body=b"".join((data[:start], *map(_kept, blocks), bytes((_TRAILER,)))),
        format="GIF",
        content_type="image/gif",
        size=(max(width, left + first_width), max(height, top + first_height)),  # as Pillow sees it
        removed=frozenset(set().union(*map(private_data.kinds_in_bytes, filter(None, dropped)))),
    )


def _blocks(data: bytes, at: int) -> tuple[list[_Block], bytes]:
    """Every block, and what follows the trailer; a missing trailer is no loss."""
    blocks: list[_Block] = []
    while at < len(data) and data[at] != _TRAILER:
        start, kind = at, data[at]
        if kind == _IMAGE:
            at = _skipped(data, at + 11 + _table(data[at + 9]))
        elif kind == _EXTENSION:
            kind = data[at + 1]
            at = _skipped(data, at + 2)
        else:
            raise UnreadableImage(DAMAGED)
        blocks.append(_Block(kind, data[start:at]))
        if len(blocks) > MAX_PARTS:
            raise UnreadableImage(DAMAGED)
    return blocks, data[at + 1 :]


def _skipped(data: bytes, at: int) -> int:
    """The offset after the sub-blocks that begin at `at`."""
    for _ in range(_MAX_SUB_BLOCKS):
        length = data[at]
        at += 1 + length
        if not length:
            return at
    raise UnreadableImage(DAMAGED)


def _kept(block: _Block) -> bytes:
    if block.kind in (_IMAGE, _CONTROL):
        return block.body
    if (
        block.kind == _APPLICATION
        and block.body[3:14] in _LOOPS
        and block.body[14:16] == b"\x03\x01"
    ):
        return block.body[:18] + b"\0"  # the loop count alone, nothing that rides along
    return b""


def _table(packed: int) -> int:
    """Bytes of the colour table that a flags byte announces."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0
