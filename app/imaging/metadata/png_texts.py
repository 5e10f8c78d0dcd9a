"""Decode the texts of PNG chunks (section 11.3.3) to search them for metadata."""

import zlib
from collections.abc import Iterator

_MAX_TEXT_LENGTH = 1 << 20  # bytes inflated of one text chunk
_ZLIB_HEADER = b"\x78"


def decode_texts(chunk_type: bytes, data: bytes) -> Iterator[bytes]:
    """Yield the text of a tEXt, zTXt or iTXt chunk, inflated; any other chunk as it is.

    ImageMagick writes EXIF and IPTC as hexadecimal text after the keyword "Raw profile type".
    """
    keyword, _, text = data.partition(b"\0")
    compressed_at = text.find(_ZLIB_HEADER, 0, 64)
    if chunk_type in (b"zTXt", b"iTXt") and compressed_at >= 0:
        inflated = inflate(text[compressed_at:], _MAX_TEXT_LENGTH)
        yield inflated or text
        text = inflated
    else:
        yield text
    if keyword.startswith(b"Raw profile type"):
        hexadecimal = text.split(b"\n", 3)[-1]
        yield _decode_hexadecimal(hexadecimal)


def inflate(compressed: bytes, max_length: int) -> bytes:
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
