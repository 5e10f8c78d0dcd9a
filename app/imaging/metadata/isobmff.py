"""ISO base media files as HEIC and AVIF use them: boxes, items, where their bytes are and how they refer to each other.

Boxes as in ISO/IEC 14496-12 (8.11) and 23008-12. Readers raise ValueError for anything out of the ordinary, so that
what two programs could read in two ways is never published.
"""

import struct
from dataclasses import dataclass

MAX_ITEMS = 4_000  # libheif opens files with up to 1000
MAX_EXTENTS = 64  # of one item


@dataclass(frozen=True, slots=True)
class Box:
    """One box: offsets in the file of its start, of what it holds, and of its end."""

    name: bytes
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item; `entry` is its `infe` box without its name."""

    kind: bytes
    entry: bytes


@dataclass(frozen=True, slots=True)
class Location:
    """Where an item's bytes are: (offset, length) in the file, or in `idat` where `inside`; `entry` as in `iloc`."""

    extents: tuple[tuple[int, int], ...]
    inside: bool
    entry: bytes


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference: a picture is made of others (dimg), is the alpha of one (auxl), is the thumbnail of one (thmb)."""

    kind: bytes
    source: int
    targets: tuple[int, ...]


class Cursor:
    """Reads big-endian numbers one after the other."""

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self.data, self.at, self.end = data, at, end

    def bytes(self, length: int) -> bytes:
        """The next `length` bytes. Raises ValueError past the end."""
        if self.at + length > self.end:
            raise ValueError("a box ends early")
        self.at += length
        return self.data[self.at - length : self.at]

    def uint(self, length: int) -> int:
        """The next number of `length` bytes."""
        return int.from_bytes(self.bytes(length))

    def after(self, length: int) -> "Cursor":
        """The cursor itself, `length` bytes on."""
        self.bytes(length)
        return self


def boxes(data: bytes, start: int, end: int) -> list[Box]:
    """The boxes that fill `data` from `start` to `end`. Raises ValueError where they don't."""
    found: list[Box] = []
    while start < end:
        cursor = Cursor(data, start, end)
        size, name = cursor.uint(4), cursor.bytes(4)
        size = cursor.uint(8) if size == 1 else size or end - start
        if size < cursor.at - start or start + size > end or len(found) == MAX_ITEMS:
            raise ValueError("a box has no sensible size")
        found.append(Box(name, start, cursor.at, start + size))
        start += size
    return found


def pack(name: bytes, *parts: bytes) -> bytes:
    """A box of `parts`."""
    return struct.pack(">I4s", 8 + sum(map(len, parts)), name) + b"".join(parts)


def primary(data: bytes, box: Box) -> int:
    """The id in `pitm`."""
    cursor = Cursor(data, box.body, box.end)
    return cursor.uint(4 if cursor.uint(4) >> 24 else 2)


def items(data: bytes, box: Box) -> dict[int, Item]:
    """What `iinf` lists, by id."""
    wide = data[box.body] > 0
    listed: dict[int, Item] = {}
    for entry in boxes(data, box.body + (8 if wide else 6), box.end):
        cursor = Cursor(data, entry.body, entry.end)
        version = cursor.uint(4) >> 24
        if entry.name != b"infe" or version not in (2, 3):
            raise ValueError("an item of a kind nobody writes any more")
        number, _, kind = cursor.uint(2 if version == 2 else 4), cursor.uint(2), cursor.bytes(4)
        if number in listed:
            raise ValueError("two items with one id")
        listed[number] = Item(kind, data[entry.start : cursor.at] + b"\0" * (entry.end - cursor.at))
    return listed


def locations(data: bytes, box: Box) -> dict[int, Location]:
    """What `iloc` says, by id."""
    cursor = Cursor(data, box.body, box.end)
    version, sizes = cursor.uint(4) >> 24, cursor.uint(2)
    if version > 2:
        raise ValueError("an unknown version of iloc")
    offset, length, base, index = (
        sizes >> 12,
        sizes >> 8 & 15,
        sizes >> 4 & 15,
        sizes & 15 if version else 0,
    )
    found: dict[int, Location] = {}
    for _ in range(cursor.uint(4 if version == 2 else 2)):
        start = cursor.at
        number = cursor.uint(4 if version == 2 else 2)
        method = cursor.uint(2) & 15 if version else 0
        elsewhere, origin = cursor.uint(2), cursor.uint(base)
        extents = tuple(
            (origin + cursor.after(index).uint(offset), cursor.uint(length))
            for _ in range(cursor.uint(2))
        )
        if elsewhere or method > 1 or number in found or len(extents) > MAX_EXTENTS:
            raise ValueError("an item whose bytes are somewhere else")
        found[number] = Location(extents, bool(method), data[start : cursor.at])
    return found


def references(data: bytes, box: Box) -> list[Reference]:
    """What `iref` says."""
    wide = 4 if data[box.body] else 2
    found = []
    for entry in boxes(data, box.body + 4, box.end):
        cursor = Cursor(data, entry.body, entry.end)
        source = cursor.uint(wide)
        found.append(
            Reference(entry.name, source, tuple(cursor.uint(wide) for _ in range(cursor.uint(2))))
        )
    return found


def associations(data: bytes, box: Box) -> dict[int, tuple[tuple[int, bool], ...]]:
    """What `ipma` says: each item's properties, counted from 1, and whether they are essential."""
    cursor = Cursor(data, box.body, box.end)
    flags = cursor.uint(4)
    width = 2 if flags & 1 else 1
    essential = 0x80 << 8 * (width - 1)
    found: dict[int, tuple[tuple[int, bool], ...]] = {}
    for _ in range(cursor.uint(4)):
        number = cursor.uint(4 if flags >> 24 else 2)
        raw = [cursor.uint(width) for _ in range(cursor.uint(1))]
        found[number] = (
            *found.get(number, ()),
            *((value & ~essential, bool(value & essential)) for value in raw),
        )
    return found
