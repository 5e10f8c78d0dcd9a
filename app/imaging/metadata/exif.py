"""EXIF: a bounded reader, and a writer of the little that may stay.

Pillow reads EXIF too, but one bad value loses it a whole directory, and it warns where we want silence; a stranger's
EXIF must cost neither the upload nor the fields beside the bad one.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

ORIENTATION, EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x0112, 0x8769, 0x8825, 0xA005
MARKER = b"Exif\0\0"  # what a JPEG, and sometimes a PNG or WebP, puts before the TIFF header

_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
}  # bytes, by TIFF field type
_CODES = {1: "B", 3: "H", 4: "I", 5: "II", 6: "b", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d"}
_RATIONALS = (5, 10)
_MAX_FIELDS = 512  # a directory of a real camera has fewer than 80
_MAX_VALUE = 4096  # bytes; longer ones are maker notes and pictures, which nobody here reads


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `raw` is empty where its value is longer than we read or outside the block."""

    kind: int
    count: int
    raw: bytes


Directory = Mapping[int, Field]


@dataclass(frozen=True, slots=True)
class Exif:
    """What one EXIF block holds, by directory; empty where there is none."""

    order: str = ">"
    image: Directory = field(default_factory=dict)
    photo: Directory = field(default_factory=dict)
    gps: Directory = field(default_factory=dict)
    interop: Directory = field(default_factory=dict)
    thumbnail: Directory = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.image)

    @property
    def orientation(self) -> int:
        """1 to 8; 1 where it is missing or makes no sense."""
        value = as_number(self.image.get(ORIENTATION), self.order)
        return int(value) if value and value in range(1, 9) else 1


def parse(block: bytes) -> Exif:
    """What `block` (a TIFF header and what follows, with or without the marker) holds; never raises."""
    block = block.removeprefix(MARKER)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return Exif()
    start = int(struct.unpack_from(order + "I", block, 4)[0])
    image = _directory(block, order, start)
    photo = _directory(block, order, _pointer(image, EXIF_IFD, order))
    return Exif(
        order,
        image,
        photo,
        _directory(block, order, _pointer(image, GPS_IFD, order)),
        _directory(block, order, _pointer(photo, INTEROP_IFD, order)),
        _directory(block, order, _next(block, order, start)),
    )


def build_minimal(orientation: int, located: Exif | None = None) -> bytes:
    """A TIFF block with the orientation, and the GPS directory of `located`, and nothing else; empty for neither."""
    gps = {tag: item for tag, item in located.gps.items() if item.raw} if located else {}
    order = located.order if located else ">"
    fields = (
        {ORIENTATION: Field(3, 1, struct.pack(order + "H", orientation))}
        if orientation != 1
        else {}
    )
    if gps:
        after = 8 + 2 + 12 * (len(fields) + 1) + 4
        fields[GPS_IFD] = Field(4, 1, struct.pack(order + "I", after))
    if not fields:
        return b""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    block = head + _packed(fields, order, 8)
    return block + _packed(gps, order, len(block)) if gps else block


def as_text(item: Field | None, length: int) -> str | None:
    """An ASCII or UTF-8 value up to its first NUL, printable, at most `length` characters; None where none is left."""
    if item is None or item.kind not in (2, 7):
        return None
    words = item.raw.split(b"\0")[0].decode("utf-8", "replace").replace("\ufffd", " ")
    return (
        " ".join("".join(c if c.isprintable() else " " for c in words).split())[:length].strip()
        or None
    )


def as_number(item: Field | None, order: str) -> float | None:
    """The first number of a value; None for text, for a rational over 0 and for what is not finite."""
    code, size = (_CODES.get(item.kind), _SIZES[item.kind]) if item else (None, 0)
    if item is None or code is None or len(item.raw) < size:
        return None
    first, *rest = struct.unpack_from(order + code, item.raw)
    if item.kind in _RATIONALS:
        first = first / rest[0] if rest[0] else math.nan
    return float(first) if math.isfinite(first) else None


def _directory(block: bytes, order: str, start: int) -> dict[int, Field]:
    if not 8 <= start <= len(block) - 2:
        return {}
    entries = min(
        struct.unpack_from(order + "H", block, start)[0],
        _MAX_FIELDS,
        (len(block) - start - 2) // 12,
    )
    fields: dict[int, Field] = {}
    for at in range(start + 2, start + 2 + 12 * entries, 12):
        tag, kind, count, offset = struct.unpack_from(order + "HHII", block, at)
        size = _SIZES.get(kind, 0) * count
        here = at + 8 if size <= 4 else offset
        raw = block[here : here + size] if size <= _MAX_VALUE else b""
        fields.setdefault(tag, Field(kind, count, raw if len(raw) == size else b""))
    return fields


def _pointer(directory: Directory, tag: int, order: str) -> int:
    return int(as_number(directory.get(tag), order) or 0)


def _next(block: bytes, order: str, start: int) -> int:
    if not 8 <= start <= len(block) - 2:
        return 0
    after = start + 2 + 12 * int(struct.unpack_from(order + "H", block, start)[0])
    return int(struct.unpack_from(order + "I", block, after)[0]) if after + 4 <= len(block) else 0


def _packed(fields: Directory, order: str, start: int) -> bytes:
    """The directory at offset `start`, followed by its longer values."""
    entries, values = b"", b""
    after = start + 2 + 12 * len(fields) + 4
    for tag, item in sorted(fields.items()):
        short = len(item.raw) <= 4
        value = item.raw.ljust(4, b"\0") if short else struct.pack(order + "I", after + len(values))
        entries += struct.pack(order + "HHI", tag, item.kind, item.count) + value
        values += b"" if short else item.raw + b"\0" * (len(item.raw) % 2)
    return struct.pack(order + "H", len(fields)) + entries + b"\0\0\0\0" + values
