"""Remove metadata from the item data of a HEIC or AVIF file, without changing its length."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from app.imaging.metadata import coded_data
from app.imaging.metadata.heif_items import ItemGraph
from app.imaging.metadata.heif_locations import Extent, check_disjoint
from app.imaging.metadata.isobmff import Box

_DATA_BOXES = (b"mdat", b"idat")
_MAX_IMAGES = 1_000  # libheif opens files with up to 1000 items

ItemData = dict[tuple[Extent, ...], bytes]  # by the start and end of each extent in the file


@dataclass(frozen=True, slots=True)
class _Coding:
    """How the data of an item is read."""

    item_type: bytes
    hvcc: bytes = b""
    image_count: int = 0  # of a derived image


def clean_images(graph: ItemGraph, image_items: frozenset[int]) -> ItemData:
    """Return the data of the image items without the metadata of their codecs.

    Raises:
        ValueError: There are too many images, or the data of one overlaps that of another.
    """
    if len(image_items) > _MAX_IMAGES:
        raise ValueError("too many images")
    codings: dict[tuple[Extent, ...], _Coding] = {}
    for item_id in image_items:
        ranges = tuple(graph.find_ranges(item_id))
        coding = _read_coding(graph, item_id)
        # libavif stores the data of equal tiles once.
        if codings.setdefault(ranges, coding) != coding:
            raise ValueError("data that two items read differently")
    check_disjoint([extent for ranges in codings for extent in ranges])
    return {ranges: _clean(graph.read_ranges(ranges), coding) for ranges, coding in codings.items()}


def replace_data(body: bytearray, boxes: Iterable[Box], item_data: ItemData) -> None:
    """Set the content of the data boxes to zeros, except `item_data`.

    Raises:
        ValueError: The data of an item is not in a data box.
    """
    data_boxes = sorted(
        (box for box in boxes if box.type in _DATA_BOXES), key=lambda box: box.content
    )
    starts = [box.content for box in data_boxes]
    for extent_start, extent_end in (extent for ranges in item_data for extent in ranges):
        index = bisect_right(starts, extent_start) - 1
        if index < 0 or extent_end > data_boxes[index].end:
            raise ValueError("an item whose data is not in a data box")
    for box in data_boxes:
        body[box.content : box.end] = bytes(box.end - box.content)
    for ranges, data in item_data.items():
        position = 0
        for start, end in ranges:
            body[start:end] = data[position : position + end - start]
            position += end - start


def _read_coding(graph: ItemGraph, item_id: int) -> _Coding:
    item_type = graph.items[item_id].type
    if item_type in (b"hvc1", b"hev1"):
        (hvcc,) = graph.read_properties(frozenset((item_id,)), b"hvcC")
        return _Coding(item_type, hvcc=hvcc)
    if item_type == b"av01":
        return _Coding(item_type)
    return _Coding(item_type, image_count=graph.derived_from(item_id))


def _clean(data: bytes, coding: _Coding) -> bytes:
    """Return the data of an item without the metadata of its codec, as long as before."""
    if coding.item_type == b"av01":
        return coded_data.clean_obus(data)
    if coding.hvcc:
        return coded_data.clean_nal_units(data, coding.hvcc)
    return coded_data.clean_derived_image(coding.item_type, data, coding.image_count)
