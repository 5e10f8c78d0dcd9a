"""Remove metadata from PNG and APNG files, as in PNG (Third Edition).

The result holds the chunks that the decoder needs, up to IEND.
"""

import struct
import zlib
from dataclasses import dataclass

from PIL import Image

from app.domain.errors import UnreadableImage
from app.imaging.metadata import exif, icc, private_data, rgb_profiles
from app.imaging.metadata.png_texts import decode_texts, inflate
from app.imaging.metadata.result import (
    DAMAGED,
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

# The chunks that stay, and the most bytes of data of each (sections 11.2 and 11.3). A longer chunk
# could hold other data after its fields.
_MAX_LENGTHS = {
    b"IHDR": 13,
    b"PLTE": 768,
    b"IDAT": _UNLIMITED,
    b"tRNS": 256,
    b"cHRM": 32,
    b"gAMA": 4,
    b"iCCP": _UNLIMITED,
    b"sBIT": 4,
    b"sRGB": 1,
    b"cICP": 4,
    b"mDCV": 24,
    b"cLLI": 8,
    b"bKGD": 6,
    b"pHYs": 9,
    b"acTL": 8,
    b"fcTL": 26,
    b"fdAT": _UNLIMITED,
}
# Browsers ignore these chunks if their CRC is wrong; Pillow refuses the file.
_IGNORED_IF_BROKEN = frozenset(
    (
        b"tRNS",
        b"cHRM",
        b"gAMA",
        b"iCCP",
        b"sBIT",
        b"sRGB",
        b"cICP",
        b"mDCV",
        b"cLLI",
        b"bKGD",
        b"pHYs",
    )
)
_MAX_INSPECTED_CHUNKS = 16  # removed chunks that are searched for private data


@dataclass(frozen=True, slots=True)
class _Chunk:
    type: bytes
    body: bytes  # with length, type and CRC

    @property
    def data(self) -> bytes:
        return self.body[_CHUNK_HEADER:-_CRC_LENGTH]

    @property
    def is_kept(self) -> bool:
        is_short = len(self.body) - _CHUNK_OVERHEAD <= _MAX_LENGTHS.get(self.type, -1)
        return is_short and (self.type not in _IGNORED_IF_BROKEN or self._has_right_crc)

    @property
    def _has_right_crc(self) -> bool:
        typed_data = self.body[_LENGTH:-_CRC_LENGTH]
        return zlib.crc32(typed_data) == int.from_bytes(self.body[-_CRC_LENGTH:])


def matches(header: bytes) -> bool:
    """Return whether a file with these first bytes is a PNG."""
    return header.startswith(_SIGNATURE)


def remove_metadata(data: Data, *, keep_location: bool) -> CleanFile:
    """Return the chunks for decoding, and EXIF with the orientation and, if kept, the location.

    Raises:
        UnreadableImage: The file is damaged or has too many frames.
    """
    chunks, trailer = _parse(bytes(data))
    size = _read_size(chunks)
    _check_animation(chunks)
    removed_chunks = [chunk for chunk in chunks if not chunk.is_kept]
    texts = _decode_texts(removed_chunks)
    original_exif = _read_exif(chunks, texts)
    removed = _kinds_in_chunks(removed_chunks, texts) | private_data.kinds_in_trailer(trailer)
    if keep_location:
        removed.discard("location")
    location_source = original_exif if keep_location else None
    orientation = exif.read_orientation(original_exif)
    exif_chunk = _build_exif_chunk(exif.build_minimal(orientation, location_source))
    return CleanFile(
        body=_build_file(chunks, exif_chunk),
        format="PNG",
        content_type="image/png",
        size=size,
        exif=original_exif,
        color_profile=rgb_profiles.profile_from_chunks(
            {chunk.type: chunk.data for chunk in chunks if chunk.is_kept}
        ),
        other_metadata=b"".join(texts)[:MAX_OTHER_METADATA],
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


def _read_size(chunks: list[_Chunk]) -> tuple[int, int]:
    """Return width and height from IHDR, which comes first and only once."""
    headers = [chunk for chunk in chunks if chunk.type == b"IHDR"]
    if len(headers) != 1 or headers[0] is not chunks[0]:
        raise UnreadableImage(DAMAGED)
    width, height = struct.unpack_from(">II", headers[0].data)
    return width, height


def _check_animation(chunks: list[_Chunk]) -> None:
    """Check the frames that the file has, and the number that acTL announces."""
    check_frame_count(sum(chunk.type == b"fcTL" for chunk in chunks))
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
    others = [chunk for chunk in chunks if chunk.type != b"eXIf"]
    inspected = others[:_MAX_INSPECTED_CHUNKS]
    return [text for chunk in inspected for text in decode_texts(chunk.type, chunk.data)]


def _build_file(chunks: list[_Chunk], exif_chunk: bytes) -> bytes:
    header, *others = (_clean_chunk(chunk) for chunk in chunks if chunk.is_kept)
    return b"".join((_SIGNATURE, header, exif_chunk, *others, _IEND))


def _clean_chunk(chunk: _Chunk) -> bytes:
    return _clean_profile(chunk) if chunk.type == b"iCCP" else chunk.body


def _clean_profile(chunk: _Chunk) -> bytes:
    """Return an iCCP chunk (section 11.3.2.3) without names; empty if the profile is unusable."""
    _name, _, compressed = chunk.data.partition(b"\0")
    profile = icc.clean_profile(inflate(compressed[1:], icc.MAX_PROFILE + 1))
    if not profile:
        return b""
    return _build_chunk(b"iCCP", b"ICC\0\0" + zlib.compress(profile, 9))


def _build_exif_chunk(block: bytes) -> bytes:
    return _build_chunk(b"eXIf", block) if block else b""


def _build_chunk(chunk_type: bytes, data: bytes) -> bytes:
    typed_data = chunk_type + data
    length = struct.pack(">I", len(data))
    checksum = struct.pack(">I", zlib.crc32(typed_data))
    return length + typed_data + checksum
