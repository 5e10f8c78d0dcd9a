"""Remove metadata from PNG and APNG files (PNG, Third Edition).

The result holds the chunks that the decoder needs, up to IEND.
"""

import struct
import zlib
from dataclasses import dataclass

from PIL import Image

from app.domain.errors import UnreadableImage
from app.imaging import rgb_profiles
from app.imaging.decoder_errors import DAMAGED
from app.imaging.metadata import exif, private_data
from app.imaging.metadata.iptc.kept import KeptMetadata, SelectKept
from app.imaging.metadata.png_streams import build_chunk, clean_profile, decode_texts, trim_pixels
from app.imaging.metadata.result import (
    MAX_OTHER_METADATA,
    MAX_PARTS,
    CleanFile,
    Data,
    check_frame_count,
)

_SIGNATURE = b"\x89PNG\r\n\x1a\n"  # section 5.2
_IEND = b"\0\0\0\0IEND\xaeB`\x82"
_CHUNK_HEADER = 8  # bytes: the length and the type (section 5.3)
_LENGTH = 4  # bytes of the length field
_CRC_LENGTH = 4  # bytes
_CHUNK_OVERHEAD = _CHUNK_HEADER + _CRC_LENGTH
_UNLIMITED = 1 << 31
# The keyword of XMP, not compressed, and no language and no translated keyword (section 11.3.3.4).
_XMP_HEADER = b"XML:com.adobe.xmp\0" + bytes(4)
_BIT_DEPTH, _COLOR_TYPE = 8, 9  # in IHDR (section 11.2.1)

# The chunks that stay, and the most bytes of data of each (sections 11.2 and 11.3). A longer chunk
# could hold other data after its fields.
_MAX_LENGTHS = {
    b"IHDR": 13,
    b"cHRM": 32,
    b"gAMA": 4,
    b"sRGB": 1,
    b"cICP": 4,
    b"mDCV": 24,
    b"cLLI": 8,
    b"pHYs": 9,
    b"acTL": 8,
    b"fcTL": 26,
    **dict.fromkeys((b"IDAT", b"fdAT", b"iCCP"), _UNLIMITED),  # zlib streams
}
# The most bytes of the chunks that depend on the color type (table 11.1).
_PALETTE = 3
_MAX_LENGTHS_BY_COLOR_TYPE = {
    0: {b"tRNS": 2, b"bKGD": 2, b"sBIT": 1},
    2: {b"tRNS": 6, b"bKGD": 6, b"sBIT": 3},
    _PALETTE: {b"PLTE": _UNLIMITED, b"bKGD": 1, b"sBIT": 3},
    4: {b"bKGD": 2, b"sBIT": 2},
    6: {b"bKGD": 6, b"sBIT": 4},
}
# Browsers ignore the other chunks if their CRC is wrong; Pillow refuses the file.
_REQUIRED = frozenset((b"IHDR", b"PLTE", b"IDAT", b"acTL", b"fcTL", b"fdAT"))
_MAX_INSPECTED_CHUNKS = 16  # removed chunks that are searched for private data


@dataclass(frozen=True, slots=True)
class _Chunk:
    type: bytes
    body: bytes  # with length, type and CRC

    @property
    def data(self) -> bytes:
        return self.body[_CHUNK_HEADER:-_CRC_LENGTH]

    @property
    def has_right_crc(self) -> bool:
        typed_data = self.body[_LENGTH:-_CRC_LENGTH]
        return zlib.crc32(typed_data) == int.from_bytes(self.body[-_CRC_LENGTH:])


def matches(header: bytes) -> bool:
    """Return whether a file with these first bytes is a PNG."""
    return header.startswith(_SIGNATURE)


def remove_metadata(data: Data, select_kept: SelectKept) -> CleanFile:
    """Return the chunks for decoding, and EXIF and XMP with the metadata that stays.

    Raises:
        UnreadableImage: The file is damaged or has too many frames.
    """
    chunks, trailer = _parse(bytes(data))
    header = _read_header(chunks)
    _check_animation(chunks)
    kept_chunks, removed_chunks = _separate(chunks, header)
    texts = _decode_texts(removed_chunks)
    original_exif = _read_exif(chunks, texts)
    removed = _kinds_in_chunks(removed_chunks, texts) | private_data.kinds_in_trailer(trailer)
    other_metadata = b"".join(texts)[:MAX_OTHER_METADATA]
    kept = select_kept(original_exif, other_metadata)
    if kept.located is not None:
        removed.discard("location")
    by_type = {chunk.type: chunk.data for chunk in kept_chunks}
    return CleanFile(
        body=_build_file(kept_chunks, header, _build_kept(kept)),
        format="PNG",
        content_type="image/png",
        size=struct.unpack_from(">II", header),
        animated=sum(chunk.type == b"fcTL" for chunk in kept_chunks) > 1,
        exif=original_exif,
        color_profile=rgb_profiles.profile_from_chunks(by_type),
        other_metadata=other_metadata,
        kept=kept,
        removed_metadata=frozenset(removed),
    )


def _parse(data: bytes) -> tuple[list[_Chunk], bytes]:
    """Return the chunks before IEND and the bytes after it.

    A missing IEND is no error here: the decoder reports missing pixels.
    """
    chunks: list[_Chunk] = []
    start = len(_SIGNATURE)
    while start < len(data):
        length, chunk_type = struct.unpack_from(">I4s", data, start)
        end = start + _CHUNK_OVERHEAD + length
        if chunk_type == b"IEND":
            return chunks, data[end:]
        if end > len(data) or len(chunks) == MAX_PARTS:
            raise UnreadableImage(DAMAGED)
        chunks.append(_Chunk(chunk_type, data[start:end]))
        start = end
    return chunks, b""


def _read_header(chunks: list[_Chunk]) -> bytes:
    """Return the data of IHDR, which comes first and only once."""
    (header,) = (chunk for chunk in chunks if chunk.type == b"IHDR")
    if header is not chunks[0] or len(header.data) != _MAX_LENGTHS[b"IHDR"]:
        raise UnreadableImage(DAMAGED)
    return header.data


def _separate(chunks: list[_Chunk], header: bytes) -> tuple[list[_Chunk], list[_Chunk]]:
    """Return the chunks that stay and the others."""
    max_lengths = _MAX_LENGTHS | _MAX_LENGTHS_BY_COLOR_TYPE[header[_COLOR_TYPE]]
    if header[_COLOR_TYPE] == _PALETTE:
        max_lengths[b"tRNS"] = max(_color_count(chunk) for chunk in chunks)
    kept: list[_Chunk] = []
    removed: list[_Chunk] = []
    for chunk in chunks:
        is_short = len(chunk.data) <= max_lengths.get(chunk.type, -1)
        is_broken = chunk.type not in _REQUIRED and not chunk.has_right_crc
        (kept if is_short and not is_broken else removed).append(chunk)
    return kept, removed


def _check_animation(chunks: list[_Chunk]) -> None:
    """Check the frames that the file has, and the number that acTL announces."""
    frame_controls = [chunk for chunk in chunks if chunk.type == b"fcTL"]
    check_frame_count(len(frame_controls))
    if any(len(chunk.data) != _MAX_LENGTHS[b"fcTL"] for chunk in frame_controls):
        raise UnreadableImage(DAMAGED)
    for chunk in chunks:
        if chunk.type == b"acTL":
            check_frame_count(int.from_bytes(chunk.data[:4]))


def _read_exif(chunks: list[_Chunk], texts: list[bytes]) -> Image.Exif:
    """Return the EXIF of the eXIf chunk or of a raw profile.

    Browsers apply the orientation only of an eXIf chunk before the pixels.
    """
    types = [chunk.type for chunk in chunks]
    pixels_start = types.index(b"IDAT") if b"IDAT" in types else len(types)
    for index, chunk in enumerate(chunks):
        if chunk.type == b"eXIf":
            found = exif.read_exif(chunk.data)
            return found if index < pixels_start else _without_orientation(found)
    for text in texts:
        for block in private_data.find_exif_blocks(text):
            return _without_orientation(exif.read_exif(block))
    return Image.Exif()


def _without_orientation(block: Image.Exif) -> Image.Exif:
    block.pop(exif.ORIENTATION, None)
    return block


def _kinds_in_chunks(chunks: list[_Chunk], texts: list[bytes]) -> set[str]:
    """Return the kinds of private data in removed chunks, whose decoded texts are `texts`."""
    found: set[str] = set()
    for chunk in chunks:
        if chunk.type == b"eXIf":
            found |= private_data.kinds_in_exif(exif.read_exif(chunk.data))
        else:
            found.add("metadata")
    for text in texts:
        found |= private_data.kinds_in_bytes(text)
    return found


def _decode_texts(chunks: list[_Chunk]) -> list[bytes]:
    """Return the texts of the first chunks that are no eXIf."""
    inspected = [chunk for chunk in chunks if chunk.type != b"eXIf"][:_MAX_INSPECTED_CHUNKS]
    return [text for chunk in inspected for text in decode_texts(chunk.type, chunk.data)]


def _build_file(kept_chunks: list[_Chunk], header: bytes, metadata: bytes) -> bytes:
    compressed = b"".join(chunk.data for chunk in kept_chunks if chunk.type == b"IDAT")
    pixels = trim_pixels(compressed, header)
    if pixels != compressed:
        kept_chunks = _replace_pixels(kept_chunks, pixels)
    first, *others = (_clean_chunk(chunk, header) for chunk in kept_chunks)
    return b"".join((_SIGNATURE, first, metadata, *others, _IEND))


def _build_kept(kept: KeptMetadata) -> bytes:
    """Return the chunks of the EXIF and the XMP that stay."""
    chunks = ((b"eXIf", b"", kept.exif), (b"iTXt", _XMP_HEADER, kept.xmp))
    return b"".join(build_chunk(name, header + body) for name, header, body in chunks if body)


def _replace_pixels(chunks: list[_Chunk], pixels: bytes) -> list[_Chunk]:
    """Return the chunks with one IDAT chunk in place of all of them."""
    index = [chunk.type for chunk in chunks].index(b"IDAT")
    others = [chunk for chunk in chunks if chunk.type != b"IDAT"]
    return [*others[:index], _Chunk(b"IDAT", build_chunk(b"IDAT", pixels)), *others[index:]]


def _clean_chunk(chunk: _Chunk, header: bytes) -> bytes:
    if chunk.type == b"PLTE":
        return _clean_palette(chunk, header[_BIT_DEPTH])
    if chunk.type == b"iCCP":
        profile = clean_profile(chunk.data)
        return build_chunk(b"iCCP", profile) if profile else b""
    return chunk.body


def _color_count(chunk: _Chunk) -> int:
    """Return the number of colors in a PLTE chunk; 0 for any other."""
    return len(chunk.data) // 3 if chunk.type == b"PLTE" else 0


def _clean_palette(chunk: _Chunk, bit_depth: int) -> bytes:
    """Return a PLTE chunk with the colors that samples can name (section 11.2.2)."""
    length = 3 * min(_color_count(chunk), 1 << bit_depth)
    return chunk.body if length == len(chunk.data) else build_chunk(b"PLTE", chunk.data[:length])
