"""Remove metadata from WebP files (RFC 9649).

The result holds the RIFF chunks that the decoder needs. Chunks inside animation frames are cleaned
too.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from app.domain.errors import UnreadableImage
from app.imaging import icc
from app.imaging.decoder_errors import DAMAGED
from app.imaging.metadata import exif, private_data
from app.imaging.metadata.iptc.kept import KeptMetadata, SelectKept
from app.imaging.metadata.result import (
    MAX_OTHER_METADATA,
    MAX_PARTS,
    CleanFile,
    Data,
    check_frame_count,
)

_BITSTREAMS = (b"VP8 ", b"VP8L")
_READ_CHUNKS = frozenset((b"EXIF", b"ICCP"))
_FILE_HEADER = 12  # bytes: "RIFF", the size and "WEBP" (section 2.4)
_CHUNK_HEADER = 8  # bytes: the FourCC and the size (section 2.3)
_FRAME_HEADER = 16  # bytes of an ANMF chunk before its sub-chunks (section 2.7.1.1)
_VP8X_LENGTH = 10  # bytes (section 2.7)
_ANIM_LENGTH = 6  # bytes: the background color and the loop count (section 2.7.1.1)
_ICC_FLAG, _ALPHA_FLAG, _EXIF_FLAG, _XMP_FLAG = 0x20, 0x10, 0x08, 0x04  # of VP8X


@dataclass(frozen=True, slots=True)
class _Chunk:
    fourcc: bytes
    payload: bytes

    def to_bytes(self) -> bytes:
        size = struct.pack("<I", len(self.payload))
        padding = b"\0" * (len(self.payload) % 2)
        return self.fourcc + size + self.payload + padding


def matches(header: bytes) -> bool:
    """Return whether a file with these first bytes is a WebP."""
    return header.startswith(b"RIFF") and header[8:12] == b"WEBP"


def remove_metadata(data: Data, select_kept: SelectKept) -> CleanFile:
    """Return the chunks for decoding, and EXIF and XMP with the metadata that stays.

    Raises:
        UnreadableImage: The file is damaged or has too many frames.
    """
    chunks, trailer = _parse(bytes(data))
    frames = sum(chunk.fourcc == b"ANMF" for chunk in chunks)
    check_frame_count(frames)
    kept_chunks = _select_chunks(chunks)
    original_exif = _read_exif(chunks)
    removed = _find_removed(chunks, kept_chunks, original_exif, trailer)
    other_metadata = _read_xmp(chunks)[:MAX_OTHER_METADATA]
    kept = select_kept(original_exif, other_metadata)
    if kept.located is not None:
        removed.discard("location")
    return CleanFile(
        body=_build_file(kept_chunks, _clean_profile(chunks), kept),
        format="WEBP",
        content_type="image/webp",
        size=_read_size(chunks[0]),
        exif=original_exif,
        other_metadata=other_metadata,
        kept=kept,
        removed_metadata=frozenset(removed),
        animated=frames > 1,
    )


def _parse(data: bytes) -> tuple[list[_Chunk], bytes]:
    """Return the chunks of the file and the bytes after them.

    Browsers open a still image whose RIFF size is too large. An animation may lack frames then.
    """
    (riff_size,) = struct.unpack_from("<I", data, 4)
    end = 8 + int(riff_size)
    chunks = list(_iterate_chunks(data[_FILE_HEADER:end]))
    is_animation = any(chunk.fourcc == b"ANMF" for chunk in chunks)
    if is_animation and end > len(data) + 1:  # some programs omit the padding of the last chunk
        raise UnreadableImage(DAMAGED)
    return chunks, data[end:]


def _iterate_chunks(data: bytes) -> Iterator[_Chunk]:
    start, count = 0, 0
    while start + _CHUNK_HEADER <= len(data):
        fourcc, length = struct.unpack_from("<4sI", data, start)
        payload_start = start + _CHUNK_HEADER
        payload_end = payload_start + length
        start = payload_end + length % 2
        count += 1
        if start > len(data) + 1 or count > MAX_PARTS:
            raise UnreadableImage(DAMAGED)
        yield _Chunk(fourcc, data[payload_start:payload_end])


def _select_chunks(chunks: list[_Chunk]) -> list[_Chunk]:
    """Return the chunks for decoding, cleaned: one image, or the frames of an animation."""
    header, others = chunks[:1], chunks[1:]
    if header[0].fourcc != b"VP8X":
        return _select_image(header)
    frames = [chunk for chunk in others if chunk.fourcc == b"ANMF"]
    if not frames:
        return header + _select_image(others)
    animations = [chunk for chunk in others if chunk.fourcc == b"ANIM"][:1]
    return (
        header
        + [_clean_animation(each) for each in animations]
        + [_clean_frame(frame) for frame in frames]
    )


def _select_image(chunks: list[_Chunk]) -> list[_Chunk]:
    """Return the first bitstream and the first alpha plane before it."""
    bitstreams = [index for index, chunk in enumerate(chunks) if chunk.fourcc in _BITSTREAMS]
    end = bitstreams[0] if bitstreams else len(chunks)
    alpha_planes = [chunk for chunk in chunks[:end] if chunk.fourcc == b"ALPH"]
    return alpha_planes[:1] + chunks[end : end + 1]


def _read_exif(chunks: list[_Chunk]) -> Image.Exif:
    for chunk in chunks:
        if chunk.fourcc == b"EXIF":
            return exif.read_exif(chunk.payload)
    return Image.Exif()


def _read_xmp(chunks: list[_Chunk]) -> bytes:
    return b"".join(chunk.payload for chunk in chunks if chunk.fourcc == b"XMP ")


def _find_removed(
    chunks: list[_Chunk],
    kept_chunks: list[_Chunk],
    original_exif: Image.Exif,
    trailer: bytes,
) -> set[str]:
    """Return the kinds of private data that the result does not have."""
    removed = private_data.kinds_in_exif(original_exif)
    kept_ids = set(map(id, kept_chunks))
    for chunk in chunks:
        is_whole = id(chunk) in kept_ids or _is_clean_frame(chunk)
        if not is_whole and chunk.fourcc not in _READ_CHUNKS:
            removed |= private_data.kinds_in_bytes(chunk.payload)
    if trailer:
        removed |= private_data.kinds_in_bytes(trailer)
    return removed


def _clean_profile(chunks: list[_Chunk]) -> bytes:
    return icc.clean_profile(b"".join(each.payload for each in chunks if each.fourcc == b"ICCP"))


def _build_file(kept_chunks: list[_Chunk], profile: bytes, kept: KeptMetadata) -> bytes:
    """Return the file; only an extended one has a profile, EXIF and XMP."""
    if kept_chunks[0].fourcc != b"VP8X":
        if not (kept.exif or kept.xmp):
            return _build_riff(kept_chunks)
        kept_chunks = [_build_extended_header(kept_chunks[0]), *kept_chunks]
    header, *others = kept_chunks
    optional = ((_ICC_FLAG, profile), (_EXIF_FLAG, kept.exif), (_XMP_FLAG, kept.xmp))
    flags = sum(flag for flag, payload in optional if payload)
    profile_chunks = [_Chunk(b"ICCP", profile)] if profile else []  # before the image data
    metadata = ((b"EXIF", kept.exif), (b"XMP ", kept.xmp))
    metadata_chunks = [_Chunk(fourcc, payload) for fourcc, payload in metadata if payload]
    header = _clean_extended_header(header, flags)
    return _build_riff([header, *profile_chunks, *others, *metadata_chunks])


def _build_extended_header(image: _Chunk) -> _Chunk:
    """Return the VP8X chunk of a file with one chunk, whose alpha is part of it (section 2.7)."""
    width, height = _read_size(image)
    has_alpha = image.fourcc == b"VP8L" and image.payload[4] >> 4 & 1
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _Chunk(b"VP8X", bytes((has_alpha * _ALPHA_FLAG, 0, 0, 0)) + size)


def _build_riff(chunks: list[_Chunk]) -> bytes:
    return _Chunk(b"RIFF", b"WEBP" + _join(chunks)).to_bytes()


def _join(chunks: list[_Chunk]) -> bytes:
    return b"".join(chunk.to_bytes() for chunk in chunks)


def _clean_extended_header(chunk: _Chunk, flags: int) -> _Chunk:
    """Return the VP8X chunk with `flags` for the optional chunks."""
    other_flags = chunk.payload[0] & ~(_EXIF_FLAG | _XMP_FLAG | _ICC_FLAG)
    reserved = bytes(3)
    size = chunk.payload[4:_VP8X_LENGTH]
    return _Chunk(b"VP8X", bytes((other_flags | flags,)) + reserved + size)


def _clean_animation(chunk: _Chunk) -> _Chunk:
    is_clean = len(chunk.payload) <= _ANIM_LENGTH
    return chunk if is_clean else _Chunk(b"ANIM", chunk.payload[:_ANIM_LENGTH])


def _is_clean_frame(chunk: _Chunk) -> bool:
    """Return whether a chunk is a frame of which nothing is removed."""
    if chunk.fourcc != b"ANMF":
        return False
    return len(_clean_frame(chunk).payload) >= len(chunk.payload)


def _clean_frame(chunk: _Chunk) -> _Chunk:
    """Return a frame with one image."""
    header, rest = chunk.payload[:_FRAME_HEADER], chunk.payload[_FRAME_HEADER:]
    image = _select_image(list(_iterate_chunks(rest)))
    return _Chunk(b"ANMF", header + _join(image))


def _read_size(first: _Chunk) -> tuple[int, int]:
    """Return width and height from the first chunk."""
    match first.fourcc:
        case b"VP8X":  # section 2.7
            width = 1 + int.from_bytes(first.payload[4:7], "little")
            height = 1 + int.from_bytes(first.payload[7:10], "little")
        case b"VP8 ":  # RFC 6386 section 9.1: the upper two bits are the scale
            width, height = struct.unpack_from("<HH", first.payload, 6)
            width, height = width & 0x3FFF, height & 0x3FFF
        case b"VP8L":  # section 3.4: 14 bits each
            bits = int.from_bytes(first.payload[1:5], "little")
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case _:
            raise UnreadableImage(DAMAGED)
    return width, height
