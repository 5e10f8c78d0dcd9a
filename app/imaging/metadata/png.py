"""PNG and APNG: the chunks that make the picture, up to IEND, and nothing else. Chunks as in PNG, third edition."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from app.domain.errors import UnreadableImage
from app.imaging.metadata import exif, private_data
from app.imaging.metadata.result import DAMAGED, MAX_PARTS, CleanFile, check_frames

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_END = b"\0\0\0\0IEND\xaeB`\x82"
_SIZES = b"IHDR 13 PLTE 768 tRNS 256 cHRM 32 gAMA 4 sBIT 4 sRGB 1 bKGD 6 pHYs 9 cICP 4 mDCV 24 cLLI 8 acTL 8 fcTL 26"
_FIXED = dict(
    zip(_SIZES.split()[::2], map(int, _SIZES.split()[1::2]), strict=True)
)  # most bytes: nothing rides along
_PICTURE = {**_FIXED, **dict.fromkeys((b"IDAT", b"fdAT", b"iCCP"), 1 << 31)}
_MAX_TEXT = 1 << 20  # bytes read of one compressed text, to say what was in it
_MAX_TEXTS = 16  # texts read for that


@dataclass(frozen=True, slots=True)
class _Chunk:
    name: bytes
    body: bytes  # with length, name and checksum

    @property
    def payload(self) -> bytes:
        return self.body[8:-4]

    @property
    def is_picture(self) -> bool:
        return len(self.body) - 12 <= _PICTURE.get(self.name, -1)


def recognises(data: bytes) -> bool:
    """Whether it begins as a PNG does."""
    return data.startswith(_SIGNATURE)


def clean(data: bytes, *, keep_location: bool) -> CleanFile:
    """The picture's chunks as they are, with the orientation (and the place, where it stays) as the only EXIF."""
    chunks, trailer = _chunks(data)
    width, height = _size(chunks)
    kept = [chunk for chunk in chunks if chunk.is_picture]
    removed = _found([chunk for chunk in chunks if not chunk.is_picture])
    removed |= private_data.kinds_in_bytes(trailer) if trailer.strip(b"\0") else set()
    if keep_location:
        removed.discard("location")
    block = next(
        (exif.read_exif(chunk.payload) for chunk in chunks if chunk.name == b"eXIf"), Image.Exif()
    )
    fresh = _exif_chunk(
        exif.build_minimal(exif.read_orientation(block), block if keep_location else None)
    )
    first, *others = (chunk.body for chunk in kept)
    return CleanFile(
        body=b"".join((_SIGNATURE, first, fresh, *others, _END)),
        format="PNG",
        content_type="image/png",
        size=(width, height),
        exif=block,
        removed=frozenset(removed),
    )


def _chunks(data: bytes) -> tuple[list[_Chunk], bytes]:
    """Every chunk before IEND, and what follows that; a missing IEND is no loss, the decoder tells what is."""
    chunks: list[_Chunk] = []
    at = len(_SIGNATURE)
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if name == b"IEND":
            return chunks, data[end:]
        if end > len(data) or len(chunks) == MAX_PARTS:
            raise UnreadableImage(DAMAGED)
        chunks.append(_Chunk(name, data[at:end]))
        at = end
    return chunks, b""


def _size(chunks: list[_Chunk]) -> tuple[int, int]:
    """Width and height. Raises UnreadableImage for what has none and for animations that are too long."""
    if (
        not chunks
        or chunks[0].name != b"IHDR"
        or sum(chunk.name == b"IHDR" for chunk in chunks) != 1
    ):
        raise UnreadableImage(DAMAGED)
    check_frames(sum(chunk.name == b"fcTL" for chunk in chunks))
    for chunk in chunks:
        if chunk.name == b"acTL":
            check_frames(int.from_bytes(chunk.payload[:4]))
    width, height = struct.unpack_from(">II", chunks[0].payload)
    return width, height


def _found(chunks: list[_Chunk]) -> set[str]:
    found: set[str] = set()
    texts = 0
    for chunk in chunks:
        if chunk.name == b"eXIf":
            found |= private_data.kinds_in_exif(exif.read_exif(chunk.payload))
        else:
            found.add("metadata")
            texts += 1
            for part in _readings(chunk) if texts <= _MAX_TEXTS else ():
                found |= private_data.kinds_in_bytes(part)
    return found


def _readings(chunk: _Chunk) -> Iterator[bytes]:
    """A text as it stands, inflated, and out of the hexadecimal that ImageMagick writes EXIF and IPTC in."""
    keyword, _, rest = chunk.payload.partition(b"\0")
    words = (
        _inflated(rest[rest.find(b"\x78") :])
        if chunk.name in (b"zTXt", b"iTXt") and b"\x78" in rest[:64]
        else rest
    )
    yield words or rest
    if keyword.startswith(b"Raw profile type"):
        yield _from_hex(words.split(b"\n", 3)[-1])


def _inflated(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, _MAX_TEXT)
    except zlib.error:
        return b""


def _from_hex(words: bytes) -> bytes:
    try:
        return bytes.fromhex(words.decode("ascii"))
    except ValueError:
        return b""


def _exif_chunk(block: bytes) -> bytes:
    if not block:
        return b""
    return (
        struct.pack(">I", len(block))
        + b"eXIf"
        + block
        + struct.pack(">I", zlib.crc32(b"eXIf" + block))
    )
