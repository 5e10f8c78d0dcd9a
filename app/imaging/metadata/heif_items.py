"""Parse the `meta` box of a HEIC or AVIF file into its items, properties and references."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from app.imaging.metadata import isobmff
from app.imaging.metadata.heif_locations import Extent, Location, parse_locations
from app.imaging.metadata.heif_properties import ALPHA_TYPES, read_auxiliary_type
from app.imaging.metadata.isobmff import Association, Box, Item, Reference, parse_boxes

_REQUIRED_BOXES = {b"hdlr", b"pitm", b"iinf", b"iloc", b"iprp"}
_UNIQUE_BOXES = _REQUIRED_BOXES | {b"iref", b"idat"}
_MAX_ASSOCIATION_BYTES = 200_000  # in all `ipma` boxes; libheif opens files with 1000 items
_META_HEADER = 4  # bytes: the version and the flags


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGraph:
    """The items of a file and the references between them."""

    data: bytes  # the whole file
    children: list[Box]  # of `meta`
    boxes: dict[bytes, Box]  # by type: the children that may occur once
    association_boxes: list[Box]  # `ipma`: one for each pair of version and flags
    primary_item: int
    items: dict[int, Item]
    locations: dict[int, Location]
    references: list[Reference]
    properties: list[Box]
    associations: dict[int, tuple[Association, ...]]

    def image_items(self) -> frozenset[int]:
        """Return the primary item, the items it is derived from, and their alpha planes."""
        needed = self._needed_items()
        found = {self.primary_item}
        to_follow = [self.primary_item]
        while to_follow:
            new = needed.get(to_follow.pop(), set()) - found
            found |= new
            to_follow += new
        return frozenset(found)

    def size(self, items: frozenset[int]) -> tuple[int, int]:
        """Return width and height in pixels of the largest of `items`, before rotation.

        Both are 0 if no item has an `ispe` property.
        """
        sizes = []
        for ispe in self.read_properties(items, b"ispe"):
            width, height = int.from_bytes(ispe[4:8]), int.from_bytes(ispe[8:12])
            sizes.append((width, height))
        return max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))

    def items_of_type(self, item_type: bytes) -> list[int]:
        """Return the IDs of the items of one type."""
        return [item_id for item_id, item in self.items.items() if item.type == item_type]

    def read_exif(self, item_id: int) -> bytes:
        """Return the TIFF block of an Exif item (23008-12, annex A.2.1).

        The item begins with the offset of that block.
        """
        payload = self.read_item(item_id)
        tiff_header_offset = int.from_bytes(payload[:4])
        return payload[4 + tiff_header_offset :]

    def read_item(self, item_id: int) -> bytes:
        """Return the data of an item."""
        return self.read_ranges(self.find_ranges(item_id))

    def read_ranges(self, ranges: Iterable[Extent]) -> bytes:
        """Return the bytes between the start and the end of each range as one."""
        return b"".join(self.data[start:end] for start, end in ranges)

    def find_ranges(self, item_id: int) -> list[Extent]:
        """Return the start and end in the file of each extent of an item.

        Raises:
            ValueError: An extent is empty or outside of the file or `idat`.
        """
        location = self.locations[item_id]
        base, limit = 0, len(self.data)
        if location.in_idat:
            base, limit = self.boxes[b"idat"].content, self.boxes[b"idat"].end
        ranges: list[Extent] = []
        for offset, length in location.extents:
            start = base + offset
            end = start + length
            if start >= end or end > limit:
                raise ValueError("an item whose data is not in the file")
            ranges.append((start, end))
        return ranges

    def derived_from(self, item_id: int) -> int:
        """Return the number of images in the references of a derived image."""
        return sum(
            len(reference.to_items)
            for reference in self.references
            if reference.type == b"dimg" and reference.from_item == item_id
        )

    def _needed_items(self) -> dict[int, set[int]]:
        """Return the items whose pixels each item needs, and its alpha planes."""
        needed: dict[int, set[int]] = defaultdict(set)
        for reference in self.references:
            if reference.type == b"dimg":
                needed[reference.from_item].update(reference.to_items)
            elif reference.type == b"auxl" and self._is_alpha(reference.from_item):
                for item_id in reference.to_items:
                    needed[item_id].add(reference.from_item)
        return needed

    def _is_alpha(self, item_id: int) -> bool:
        properties = self.read_properties(frozenset((item_id,)), b"auxC")
        return any(read_auxiliary_type(auxc) in ALPHA_TYPES for auxc in properties)

    def read_properties(self, items: frozenset[int], property_type: bytes) -> list[bytes]:
        """Return the content of the properties of one type that any of `items` has."""
        indices: set[int] = set()
        for item_id in items:
            indices.update(each.index for each in self.associations.get(item_id, ()) if each.index)
        boxes = [self.properties[index - 1] for index in sorted(indices)]
        return [self.data[box.content : box.end] for box in boxes if box.type == property_type]


def parse_item_graph(data: bytes, meta: Box) -> ItemGraph:
    """Return the items of a `meta` box.

    Raises:
        ValueError: The box lacks a part or is ambiguous.
    """
    children = parse_boxes(data, meta.content + _META_HEADER, meta.end)
    unique = _find_unique_boxes(children)
    iprp = unique[b"iprp"]
    property_boxes = parse_boxes(data, iprp.content, iprp.end)
    (ipco,) = (box for box in property_boxes if box.type == b"ipco")
    association_boxes = [box for box in property_boxes if box.type == b"ipma"]
    iref = unique.get(b"iref")
    return ItemGraph(
        data=data,
        children=children,
        boxes=unique,
        association_boxes=association_boxes,
        primary_item=isobmff.parse_primary_item(data, unique[b"pitm"]),
        items=isobmff.parse_items(data, unique[b"iinf"]),
        locations=parse_locations(data, unique[b"iloc"]),
        references=isobmff.parse_references(data, iref) if iref else [],
        properties=parse_boxes(data, ipco.content, ipco.end),
        associations=_merge_associations(data, association_boxes),
    )


def _merge_associations(data: bytes, boxes: list[Box]) -> dict[int, tuple[Association, ...]]:
    """Return the properties of each item (23008-12, 9.3.1: an item is in one of the boxes)."""
    merged: dict[int, tuple[Association, ...]] = {}
    if sum(box.end - box.start for box in boxes) > _MAX_ASSOCIATION_BYTES:
        raise ValueError("too many properties")
    for box in boxes:
        associations = isobmff.parse_associations(data, box)
        if merged.keys() & associations.keys():
            raise ValueError("an item with two lists of properties")
        merged |= associations
    return merged


def _find_unique_boxes(children: list[Box]) -> dict[bytes, Box]:
    """Return the boxes of `meta` that may occur only once, by type."""
    found: dict[bytes, Box] = {}
    for child in children:
        if child.type not in _UNIQUE_BOXES:
            continue
        if child.type in found:
            raise ValueError("a meta box with two boxes of one type")
        found[child.type] = child
    if not found.keys() >= _REQUIRED_BOXES:
        raise ValueError("a meta box that lacks a required box")
    return found
