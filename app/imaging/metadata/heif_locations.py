"""Parse and build the item location box of a HEIC or AVIF file (ISO/IEC 14496-12, 8.11.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.imaging.metadata.isobmff import MAX_BOXES, Box, Reader, build_box, read_version

_MAX_EXTENTS = 64  # of one item
_FIELD_SIZES = (0, 4, 8)  # bytes
_CONSTRUCTION_METHOD = 15  # the bits of the field; the others are reserved
_IN_FILE, _IN_IDAT = 0, 1  # construction methods
_VERSION_1 = bytes((1, 0, 0, 0))
_BUILT_SIZES = bytes((0x44, 0x00))  # bytes of offset and length; of base offset and index

Extent = tuple[int, int]  # the offset, and the length or the end


@dataclass(frozen=True, slots=True)
class Location:
    """One entry of the item location box `iloc`."""

    extents: tuple[Extent, ...]  # offset and length of each
    in_idat: bool  # whether offsets count from the content of `idat` instead of the file
    entry: bytes  # written again from these fields


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The bytes of each field of an entry."""

    item_id: int
    offset: int
    length: int
    base_offset: int
    index: int
    has_construction_method: bool


def parse_locations(data: bytes, iloc: Box) -> dict[int, Location]:
    """Return the entries of the item location box `iloc` by item ID."""
    reader = Reader(data, iloc.content, iloc.end)
    version = read_version(reader)
    sizes = _read_sizes(reader, version)
    count = reader.read_uint(4 if version == 2 else 2)
    if version > 2 or count > MAX_BOXES:
        raise ValueError("an unknown version of iloc or too many items")
    locations: dict[int, Location] = {}
    for _ in range(count):
        item_id, location = _parse_location(reader, sizes)
        if item_id in locations:
            raise ValueError("an item with two locations")
        locations[item_id] = location
    return locations


def build_iloc(entries: Iterable[bytes]) -> bytes:
    """Return an item location box of version 1 with entries of `build_location`."""
    listed = list(entries)
    return build_box(b"iloc", _VERSION_1, _BUILT_SIZES, len(listed).to_bytes(2), *listed)


def build_location(item_id: int, extents: Iterable[Extent], *, in_idat: bool = False) -> bytes:
    """Return the entry of an item.

    Raises:
        OverflowError: The ID has more than 16 bits, or a number of an extent more than 32.
    """
    numbers = [number.to_bytes(4) for extent in extents for number in extent]
    data_reference_index = 0
    count = len(numbers) // 2
    fields = (item_id, _IN_IDAT if in_idat else _IN_FILE, data_reference_index, count)
    return b"".join((*(field.to_bytes(2) for field in fields), *numbers))


def build_moved_locations(locations: Mapping[int, Location], meta: Box, shift: int) -> list[bytes]:
    """Return the entries of all items when the data after `meta` has moved by `shift` bytes.

    Raises:
        ValueError: The data of an item is in `meta` but not in `idat`.
        OverflowError: As in `build_location`.
    """
    return [
        build_location(item_id, _moved(location, meta, shift), in_idat=location.in_idat)
        for item_id, location in locations.items()
    ]


def check_disjoint(ranges: list[Extent]) -> None:
    """Raise ValueError if two ranges, each a start and an end, share a byte.

    Otherwise a file of a few kilobytes could hold gigabytes to parse, and bytes that are metadata
    or pixels depending on the offset from which they are read.
    """
    last_end = 0
    for start, end in sorted(ranges):
        if start < last_end:
            raise ValueError("data that overlaps other data")
        last_end = end


def _moved(location: Location, meta: Box, shift: int) -> tuple[Extent, ...]:
    if location.in_idat:
        return location.extents
    extents = []
    for offset, length in location.extents:
        if meta.start < offset + length and offset < meta.end:
            raise ValueError("an item whose data is in the meta box")
        extents.append((offset + shift if offset >= meta.end else offset, length))
    return tuple(extents)


def _read_sizes(reader: Reader, version: int) -> _Sizes:
    packed = reader.read_uint(2)
    sizes = _Sizes(
        item_id=4 if version == 2 else 2,
        offset=packed >> 12,
        length=packed >> 8 & 15,
        base_offset=packed >> 4 & 15,
        index=packed & 15 if version else 0,
        has_construction_method=version > 0,
    )
    if not {sizes.offset, sizes.length, sizes.base_offset, sizes.index} <= {*_FIELD_SIZES}:
        raise ValueError("a field of an impossible size")
    return sizes


def _parse_location(reader: Reader, sizes: _Sizes) -> tuple[int, Location]:
    item_id = reader.read_uint(sizes.item_id)
    method = reader.read_uint(2) & _CONSTRUCTION_METHOD if sizes.has_construction_method else 0
    data_reference_index = reader.read_uint(2)
    if data_reference_index or method > _IN_IDAT:
        raise ValueError("an item with data in another file or item")
    base_offset = reader.read_uint(sizes.base_offset)
    extents = _parse_extents(reader, sizes)
    entry = b"".join(
        (
            item_id.to_bytes(sizes.item_id),
            method.to_bytes(2) if sizes.has_construction_method else b"",
            data_reference_index.to_bytes(2),
            base_offset.to_bytes(sizes.base_offset),
            len(extents).to_bytes(2),
            *(_build_extent(extent, sizes) for extent in extents),
        )
    )
    from_file = tuple((base_offset + offset, length) for offset, length in extents)
    return item_id, Location(from_file, method == _IN_IDAT, entry)


def _parse_extents(reader: Reader, sizes: _Sizes) -> list[Extent]:
    """Return the offset from the base offset and the length of each extent."""
    count = reader.read_uint(2)
    if count > _MAX_EXTENTS:
        raise ValueError("too many extents")
    extents = []
    for _ in range(count):
        reader.read_uint(sizes.index)
        extents.append((reader.read_uint(sizes.offset), reader.read_uint(sizes.length)))
    return extents


def _build_extent(extent: Extent, sizes: _Sizes) -> bytes:
    """Return an extent with the index 0, which only an item in another item has a use for."""
    offset, length = extent
    return bytes(sizes.index) + offset.to_bytes(sizes.offset) + length.to_bytes(sizes.length)
