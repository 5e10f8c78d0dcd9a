"""WebP: the RIFF chunks that make the picture and nothing else, inside animation frames too.

Chunks as in RFC 9649.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from app.domain.errors import UnreadableImage
from app.imaging.metadata import exif, private_data
from app.imaging.metadata.result import DAMAGED, MAX_PARTS, CleanFile, check_frames

_IMAGE = (b"VP8 ", b"VP8L", b"ALPH")
_PICTURE = frozenset((*_IMAGE, b"VP8X", b"ANIM", b"ANMF", b"ICCP"))
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04
_FRAME_HEADER = 16  # bytes of an ANMF before the chunks in it


@dataclass(frozen=True, slots=True)
class _Chunk:
    name: bytes
    payload: bytes

    def packed(self) -> bytes:
        return (
            self.name
            + struct.pack("<I", len(self.payload))
            + self.payload
            + b"\0" * (len(self.payload) % 2)
        )


def recognises(data: bytes) -> bool:
    """Whether it begins as a WebP does."""
    return data.startswith(b"RIFF") and data[8:12] == b"WEBP"


def clean(data: bytes, *, keep_location: bool) -> CleanFile:
    """The picture's chunks as they are, with the orientation (and the place, where it stays) as the only EXIF."""
    end = 8 + int(struct.unpack_from("<I", data, 4)[0])
    if end > len(data) + 1:  # the last byte may be padding that was left out
        raise UnreadableImage(DAMAGED)
    chunks = list(_chunks(data[12:end]))
    check_frames(sum(chunk.name == b"ANMF" for chunk in chunks))
    dropped = [chunk.payload for chunk in chunks if chunk.name not in _PICTURE | {b"EXIF"}]
    block = next(
        (exif.read_exif(chunk.payload) for chunk in chunks if chunk.name == b"EXIF"), Image.Exif()
    )
    removed = private_data.kinds_in_exif(block).union(
        *map(private_data.kinds_in_bytes, (*dropped, *filter(None, [data[end:]])))
    )
    if keep_location:
        removed.discard("location")
    fresh = exif.build_minimal(exif.read_orientation(block), block if keep_location else None)
    kept = b"".join(
        _kept(chunk, bool(fresh)).packed() for chunk in chunks if chunk.name in _PICTURE
    )
    body = (
        b"WEBP"
        + kept
        + (_Chunk(b"EXIF", fresh).packed() if fresh and chunks[0].name == b"VP8X" else b"")
    )
    return CleanFile(
        body=b"RIFF" + struct.pack("<I", len(body)) + body,
        format="WEBP",
        content_type="image/webp",
        size=_size(chunks),
        exif=block,
        removed=frozenset(removed),
    )


def _chunks(data: bytes) -> Iterator[_Chunk]:
    at, count = 0, 0
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        at += 8 + length + length % 2
        count += 1
        if at > len(data) + 1 or count > MAX_PARTS:
            raise UnreadableImage(DAMAGED)
        yield _Chunk(name, data[at - length - length % 2 : at - length % 2])


def _kept(chunk: _Chunk, with_exif: bool) -> _Chunk:  # noqa: FBT001
    if chunk.name == b"VP8X":
        flags = chunk.payload[0] & ~(_EXIF_FLAG | _XMP_FLAG) | (_EXIF_FLAG if with_exif else 0)
        return _Chunk(b"VP8X", bytes((flags,)) + chunk.payload[1:10])
    if chunk.name == b"ANMF":
        inside = b"".join(
            c.packed() for c in _chunks(chunk.payload[_FRAME_HEADER:]) if c.name in _IMAGE
        )
        return _Chunk(b"ANMF", chunk.payload[:_FRAME_HEADER] + inside)
    return chunk


def _size(chunks: list[_Chunk]) -> tuple[int, int]:
    first = chunks[0]
    match first.name:
        case b"VP8X":
            return 1 + int.from_bytes(first.payload[4:7], "little"), 1 + int.from_bytes(
                first.payload[7:10], "little"
            )
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", first.payload, 6)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            bits = int.from_bytes(first.payload[1:5], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise UnreadableImage(DAMAGED)
