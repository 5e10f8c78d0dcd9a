"""Parse and build the boxes of ISO base media files that HEIC and AVIF use.

Boxes are those of ISO/IEC 14496-12 section 8.11 and ISO/IEC 23008-12. Every function raises
ValueError for unusual input, so that no file is published that two programs read differently.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_BOXES = 4_000  # in one box or file; libheif opens files with up to 1000 items
_MAX_REFERENCES = 100_000  # items in all entries of `iref`

_FULL_BOX_HEADER = 4  # bytes: the version and the flags (4.2)
# The end of the entry of an XMP item: its type, an empty name and the content type (8.11.6.2).
XMP_NAMES = b"mime\0application/rdf+xml\0"


@dataclass(frozen=True, slots=True)
class Box:
    """One box (4.2), with the offsets in the file of its start, its content and its end."""

    type: bytes
    start: int
    content: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the item information box `iinf` (8.11.6)."""

    type: bytes
    infe: bytes  # the item information entry box; names are zeros, except those of XMP


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of the item reference box `iref` (8.11.12), such as `dimg`, `auxl` or `thmb`."""

    type: bytes
    from_item: int
    to_items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Association:
    """One property of an item in the box `ipma` (23008-12, 9.3)."""

    index: int  # in `ipco`, counted from 1; 0 for none
    essential: bool


NO_PROPERTY = Association(0, essential=False)


class Reader:
    """Reads bytes and big-endian numbers one after the other."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data = data
        self._end = end
        self.position = start

    def read(self, length: int) -> bytes:
        """Return the next `length` bytes."""
        start = self.position
        if start + length > self._end:
            raise ValueError("a box ends early")
        self.position = start + length
        return self._data[start : self.position]

    def read_uint(self, length: int) -> int:
        """Return the next number, which has `length` bytes."""
        return int.from_bytes(self.read(length))


def read_version(reader: Reader) -> int:
    """Return the version of a full box and skip its flags."""
    return reader.read_uint(_FULL_BOX_HEADER) >> 24


def parse_boxes(data: bytes, start: int, end: int) -> list[Box]:
    """Return the boxes that fill `data` from `start` to `end`."""
    boxes: list[Box] = []
    while start < end:
        if len(boxes) == MAX_BOXES:
            raise ValueError("too many boxes")
        box = _parse_box(data, start, end)
        boxes.append(box)
        start = box.end
    return boxes


def parse_file_boxes(data: bytes) -> list[Box]:
    """Return the boxes at the start of a file, up to the first bytes that are not a box.

    Phones append data after the last box, such as Samsung's SEFT trailer. libheif ignores it.
    """
    boxes: list[Box] = []
    start = 0
    while start < len(data):
        try:
            box = _parse_box(data, start, len(data))
        except ValueError:
            break
        if len(boxes) == MAX_BOXES:
            raise ValueError("too many boxes")
        boxes.append(box)
        start = box.end
    return boxes


def build_box(box_type: bytes, *parts: bytes) -> bytes:
    """Return a box with the content `parts`."""
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), box_type) + content


def parse_primary_item(data: bytes, pitm: Box) -> int:
    """Return the item ID in the primary item box `pitm` (8.11.4)."""
    reader = Reader(data, pitm.content, pitm.end)
    version = read_version(reader)
    return reader.read_uint(4 if version else 2)


def parse_items(data: bytes, iinf: Box) -> dict[int, Item]:
    """Return the entries of the item information box `iinf` (8.11.6) by item ID."""
    version = data[iinf.content]
    count_length = 4 if version else 2
    first_entry = iinf.content + _FULL_BOX_HEADER + count_length
    items: dict[int, Item] = {}
    for infe in parse_boxes(data, first_entry, iinf.end):
        item_id, item = _parse_item(data, infe)
        if item_id in items:
            raise ValueError("two items with one ID")
        items[item_id] = item
    return items


def parse_references(data: bytes, iref: Box) -> list[Reference]:
    """Return the entries of the item reference box `iref` (8.11.12)."""
    version = data[iref.content]
    id_length = 4 if version else 2
    references = []
    total = 0
    for box in parse_boxes(data, iref.content + _FULL_BOX_HEADER, iref.end):
        reader = Reader(data, box.content, box.end)
        from_item = reader.read_uint(id_length)
        count = reader.read_uint(2)
        total += count
        if total > _MAX_REFERENCES:
            raise ValueError("too many references")
        to_items = tuple(reader.read_uint(id_length) for _ in range(count))
        references.append(Reference(box.type, from_item, to_items))
    return references


def parse_associations(data: bytes, ipma: Box) -> dict[int, tuple[Association, ...]]:
    """Return the properties of each item ID in the box `ipma` (23008-12, 9.3)."""
    reader = Reader(data, ipma.content, ipma.end)
    version_and_flags = reader.read_uint(_FULL_BOX_HEADER)
    id_length = 4 if version_and_flags >> 24 else 2
    index_length = _association_length(version_and_flags)
    associations: dict[int, tuple[Association, ...]] = {}
    for _ in range(reader.read_uint(4)):
        item_id = reader.read_uint(id_length)
        count = reader.read_uint(1)
        values = [reader.read_uint(index_length) for _ in range(count)]
        if item_id in associations:
            raise ValueError("an item with two lists of properties")
        associations[item_id] = tuple(_parse_association(value, index_length) for value in values)
    return associations


def build_associations(header: bytes, items: Mapping[int, Sequence[Association]]) -> bytes:
    """Return a box `ipma` with this version and these flags.

    Raises:
        OverflowError: A number is too large for its field.
    """
    id_length = 4 if header[0] else 2
    index_length = _association_length(int.from_bytes(header))
    entries = []
    for item_id, associations in items.items():
        values = [_build_association(each, index_length) for each in associations]
        count = len(values).to_bytes(1)
        entries.append(b"".join((item_id.to_bytes(id_length), count, *values)))
    return build_box(b"ipma", header, struct.pack(">I", len(entries)), *entries)


def _association_length(version_and_flags: int) -> int:
    """Return the bytes of each property index in an `ipma` box with these flags."""
    return 2 if version_and_flags & 1 else 1


def _essential_bit(index_length: int) -> int:
    """Return the bit that marks an essential property: the highest of the index."""
    return 1 << (8 * index_length - 1)


def _build_association(association: Association, index_length: int) -> bytes:
    essential = _essential_bit(index_length)
    if association.index >= essential:
        raise OverflowError("an index of a property that is too large")
    return (association.index | essential * association.essential).to_bytes(index_length)


def _parse_box(data: bytes, start: int, end: int) -> Box:
    reader = Reader(data, start, end)
    size = reader.read_uint(4)
    box_type = reader.read(4)
    if size == 1:
        size = reader.read_uint(8)
    elif size == 0:
        size = end - start  # the box extends to the end
    header_length = reader.position - start
    if size < header_length or start + size > end:
        raise ValueError("a box with an impossible size")
    return Box(box_type, start, reader.position, start + size)


def _parse_item(data: bytes, infe: Box) -> tuple[int, Item]:
    reader = Reader(data, infe.content, infe.end)
    version = read_version(reader)
    if infe.type != b"infe" or version not in (2, 3):
        raise ValueError("an obsolete or unknown item information entry")
    item_id = reader.read_uint(2 if version == 2 else 4)
    reader.read_uint(2)  # item_protection_index
    item_type = reader.read(4)
    names = data[reader.position : infe.end]
    if item_type + names != XMP_NAMES:
        names = bytes(len(names))
    return item_id, Item(item_type, data[infe.start : reader.position] + names)


def _parse_association(value: int, index_length: int) -> Association:
    essential = _essential_bit(index_length)
    return Association(value & ~essential, bool(value & essential))
