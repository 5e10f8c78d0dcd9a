"""Build PNG chunks, and inflate their zlib streams: texts (section 11.3.3), profiles, pixels."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress

from app.imaging import icc

_MAX_TEXT_LENGTH = 1 << 20  # bytes inflated of one text chunk
_ZLIB_HEADER = b"\x78"
_BLOCK = 1 << 18  # bytes inflated at a time
_MAX_PIXEL_BYTES = 600_000_000  # decode.py refuses a PNG that needs more memory
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by color type (table 11.1)
# The first column and row of each pass of Adam7, and the steps to the next ones (section 8.1).
_ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


def build_chunk(chunk_type: bytes, data: bytes) -> bytes:
    """Return a chunk with its length and its CRC (section 5.3)."""
    typed_data = chunk_type + data
    length = struct.pack(">I", len(data))
    checksum = struct.pack(">I", zlib.crc32(typed_data))
    return length + typed_data + checksum


def decode_texts(chunk_type: bytes, data: bytes) -> Iterator[bytes]:
    """Yield the text of a tEXt, zTXt or iTXt chunk, inflated; any other chunk as it is.

    ImageMagick writes EXIF and IPTC as hexadecimal text after the keyword "Raw profile type".
    """
    keyword, _, text = data.partition(b"\0")
    compressed_at = text.find(_ZLIB_HEADER, 0, 64)
    if chunk_type in (b"zTXt", b"iTXt") and compressed_at >= 0:
        inflated = _inflate(text[compressed_at:], _MAX_TEXT_LENGTH)
        yield inflated or text
        text = inflated
    else:
        yield text
    if keyword.startswith(b"Raw profile type"):
        hexadecimal = text.split(b"\n", 3)[-1]
        yield _decode_hexadecimal(hexadecimal)


def _inflate(compressed: bytes, max_length: int) -> bytes:
    """Return at most `max_length` bytes of a zlib stream; nothing if it is damaged."""
    try:
        return zlib.decompressobj().decompress(compressed, max_length)
    except zlib.error:
        return b""


def _decode_hexadecimal(text: bytes) -> bytes:
    try:
        return bytes.fromhex(text.decode("ascii"))
    except ValueError:
        return b""


def clean_profile(data: bytes) -> bytes:
    """Return the data of an iCCP chunk (section 11.3.2.3) without names; empty if unusable."""
    _name, _, compressed = data.partition(b"\0")
    profile = icc.clean_profile(_inflate(compressed[1:], icc.MAX_PROFILE + 1))
    return b"ICC\0\0" + zlib.compress(profile, 9) if profile else b""


def _count_pixel_bytes(header: bytes) -> int:
    """Return the length of the inflated pixels of an image with this IHDR (sections 7.2, 8.1)."""
    width, height, depth, color_type, _, _, interlace = struct.unpack(">IIBBBBB", header)
    bits = _CHANNELS[color_type] * depth
    passes = _ADAM7 if interlace else ((0, 0, 1, 1),)
    total = 0
    for column, row, column_step, row_step in passes:
        columns = max(0, -((column - width) // column_step))
        rows = max(0, -((row - height) // row_step)) if columns else 0
        filter_type = 1
        total += rows * (filter_type + -(-columns * bits // 8))
    return total


def trim_pixels(compressed: bytes, header: bytes) -> bytes:
    """Return the zlib stream of an image with this IHDR without bytes after its end.

    A stream of more than the pixels is compressed again. One that is cut off or damaged is returned
    as it is, since the decoder refuses it.
    """
    length = _count_pixel_bytes(header)
    if length > _MAX_PIXEL_BYTES:
        return compressed
    inflated = 0
    with suppress(zlib.error):
        for block, end in _inflate_blocks(compressed):
            inflated += len(block)
            if inflated > length:
                return _recompress(compressed, length)
            if end:
                return compressed[:end]
    return compressed


def _recompress(compressed: bytes, length: int) -> bytes:
    """Return a stream of the first `length` bytes of another stream."""
    compressor = zlib.compressobj()
    parts = []
    for block, _end in _inflate_blocks(compressed):
        parts.append(compressor.compress(block[:length]))
        length -= len(block)
        if length <= 0:
            break
    return b"".join((*parts, compressor.flush()))


def _inflate_blocks(compressed: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the inflated blocks of a stream, each with the offset of its end; 0 before the last."""
    decompressor = zlib.decompressobj()
    for start in range(0, len(compressed), _BLOCK):
        pending = compressed[start : start + _BLOCK]
        next_start = start + len(pending)
        is_full = True
        while is_full:
            block = decompressor.decompress(pending, _BLOCK)
            pending = decompressor.unconsumed_tail
            is_full = len(block) == _BLOCK and not decompressor.eof
            yield block, next_start - len(decompressor.unused_data) if decompressor.eof else 0
        if decompressor.eof:
            return
