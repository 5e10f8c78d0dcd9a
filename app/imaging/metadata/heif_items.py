"""The items of a HEIC or AVIF file: which of them make the primary picture."""

from dataclasses import dataclass

from app.imaging.metadata import isobmff
from app.imaging.metadata.isobmff import Box, Item, Location, Reference, boxes

_ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")
_NEEDED = {b"hdlr", b"pitm", b"iinf", b"iloc", b"iprp"}
_ONCE = _NEEDED | {b"iref", b"idat"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGraph:
    """What a `meta` box says."""

    data: bytes
    children: list[Box]
    boxes: dict[bytes, Box]  # those of which there may be one only
    primary: int
    items: dict[int, Item]
    locations: dict[int, Location]
    references: list[Reference]
    properties: list[Box]
    associations: dict[int, tuple[tuple[int, bool], ...]]

    def primary_items(self) -> frozenset[int]:
        """The primary item, what it is derived from, and the alpha of any of these."""
        keep, before = {self.primary}, set[int]()
        while keep != before:
            before = set(keep)
            for reference in self.references:
                if reference.kind == b"dimg" and reference.source in keep:
                    keep.update(reference.targets)
                if (
                    reference.kind == b"auxl"
                    and keep.intersection(reference.targets)
                    and self._is_alpha(reference)
                ):
                    keep.add(reference.source)
        return frozenset(keep)

    def size(self, keep: frozenset[int]) -> tuple[int, int]:
        """Width and height in pixels of the largest item in `keep`, before it is turned; 0 where none is given."""
        sizes = [
            (int.from_bytes(size[4:8]), int.from_bytes(size[8:12]))
            for size in self._all(keep, b"ispe")
        ]
        return max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))

    def items_of_type(self, kind: bytes) -> list[int]:
        """The numbers of the items of one kind."""
        return [number for number, item in self.items.items() if item.kind == kind]

    def exif(self, number: int) -> bytes:
        """The TIFF block of an Exif item, which begins with how far away that is."""
        part = self.bytes_of(number)
        return part[4 + int.from_bytes(part[:4]) :]

    def bytes_of(self, number: int) -> bytes:
        """The item's bytes."""
        return b"".join(self.data[start:end] for start, end in self.ranges(number))

    def ranges(self, number: int) -> list[tuple[int, int]]:
        """Where the item's bytes start and end in the file. Raises ValueError where that is outside of it."""
        location = self.locations[number]
        inside = self.boxes[b"idat"] if location.inside else Box(b"", 0, 0, len(self.data))
        found = [
            (inside.body + offset, inside.body + offset + length)
            for offset, length in location.extents
        ]
        if any(start >= end or end > inside.end for start, end in found):
            raise ValueError("an item whose bytes are not in the file")
        return found

    def _is_alpha(self, reference: Reference) -> bool:
        kinds = self._all(frozenset((reference.source,)), b"auxC")
        return any(kind[4:].split(b"\0")[0] in _ALPHA for kind in kinds)

    def _all(self, numbers: frozenset[int], name: bytes) -> list[bytes]:
        indices = {
            index for number in numbers for index, _ in self.associations.get(number, ()) if index
        }
        found = (self.properties[index - 1] for index in sorted(indices))
        return [self.data[box.body : box.end] for box in found if box.name == name]


def parse_items(data: bytes, meta: Box) -> ItemGraph:
    """The items that a `meta` box lists. Raises ValueError where they can't be told apart for sure."""
    children = boxes(data, meta.body + 4, meta.end)
    names = [child.name for child in children]
    once = {child.name: child for child in children if child.name in _ONCE}
    if not once.keys() >= _NEEDED or any(names.count(name) > 1 for name in _ONCE):
        raise ValueError("a meta box that lacks a part, or has one twice")
    properties = {box.name: box for box in boxes(data, once[b"iprp"].body, once[b"iprp"].end)}
    return ItemGraph(
        data=data,
        children=children,
        boxes=once | {name: properties[name] for name in (b"ipco", b"ipma")},
        primary=isobmff.primary(data, once[b"pitm"]),
        items=isobmff.items(data, once[b"iinf"]),
        locations=isobmff.locations(data, once[b"iloc"]),
        references=isobmff.references(data, once[b"iref"]) if b"iref" in once else [],
        properties=boxes(data, properties[b"ipco"].body, properties[b"ipco"].end),
        associations=isobmff.associations(data, properties[b"ipma"]),
    )
