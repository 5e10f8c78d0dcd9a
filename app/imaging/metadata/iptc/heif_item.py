"""Add an XMP item to a HEIC or AVIF file whose metadata was removed.

The boxes inside `meta` get another entry, so the data after `meta` moves, and the offsets in `iloc`
with it. The data of the new item is a box at the end of the file. The pixels stay as they are.
"""

from app.imaging.metadata.heif_items import ItemGraph, parse_item_graph
from app.imaging.metadata.heif_locations import (
    Extent,
    build_iloc,
    build_location,
    build_moved_locations,
)
from app.imaging.metadata.isobmff import XMP_NAMES, Box, build_box, parse_file_boxes

_FULL_BOX_HEADER = 4  # bytes: the version and the flags
_BOX_HEADER = 8  # bytes: the size and the type
_INFE_VERSION_2 = bytes((2, 0, 0, 0))


def add_xmp(data: bytes, packet: bytes) -> bytes:
    """Return the file with `packet` as the XMP of its primary image.

    Raises:
        ValueError: The file has an unusual structure.
        OverflowError: The file has more than 4 GB, or an ID of an item has more than 16 bits.
    """
    file_boxes = parse_file_boxes(data)
    (meta,) = (box for box in file_boxes if box.type == b"meta")
    graph = parse_item_graph(data, meta)
    file_boxes = _without_unused_data(file_boxes, graph)
    data = data[: file_boxes[-1].end]
    shift = len(_build_meta(graph, meta, 0, (0, 0))) - (meta.end - meta.start)
    end = len(data) + shift
    new_meta = _build_meta(graph, meta, shift, (end + _BOX_HEADER, len(packet)))
    data = _close_last_box(data, file_boxes[-1])
    return data[: meta.start] + new_meta + data[meta.end :] + build_box(b"mdat", packet)


def _without_unused_data(file_boxes: list[Box], graph: ItemGraph) -> list[Box]:
    """Return the boxes up to the last one with data: the zeros of a removed packet come after it.

    A file would otherwise grow with each packet that replaces another one.
    """
    ranges = (graph.find_ranges(item_id) for item_id in graph.locations)
    data_end = max(end for extents in ranges for _, end in extents)
    used = [box.type != b"mdat" or box.content < data_end for box in file_boxes]
    return file_boxes[: len(used) - used[::-1].index(True)]


def _close_last_box(data: bytes, last: Box) -> bytes:
    """Return the file with the size of its last box, which may say "to the end" (14496-12, 4.2)."""
    size = int.from_bytes(data[last.start : last.start + 4]) or last.end - last.start
    return data[: last.start] + size.to_bytes(4) + data[last.start + 4 :]


def _build_meta(graph: ItemGraph, meta: Box, shift: int, new_extent: Extent) -> bytes:
    """Return the box with another item.

    Args:
        graph: The items of the file.
        meta: The box in the file.
        shift: How many bytes the data after the box moves.
        new_extent: The offset and the length of the new item's data.
    """
    new_id = max(graph.items) + 1
    locations = build_moved_locations(graph.locations, meta, shift)
    iloc = build_iloc((*locations, build_location(new_id, (new_extent,))))
    children = {b"free": b"", b"iloc": iloc}
    reference = build_box(b"cdsc", *_reference_fields(graph, new_id))
    parts = [_read(graph, meta)[:_FULL_BOX_HEADER]]
    for box in graph.children:
        content = _read(graph, box)
        if box.type == b"iinf":
            parts.append(_build_iinf(graph, content, new_id))
        elif box.type == b"iref":
            parts.append(build_box(b"iref", content, reference))
        else:
            parts.append(children.get(box.type, graph.data[box.start : box.end]))
    if b"iref" not in graph.boxes:
        parts.append(build_box(b"iref", bytes(_FULL_BOX_HEADER), reference))
    return build_box(b"meta", *parts)


def _build_iinf(graph: ItemGraph, content: bytes, new_id: int) -> bytes:
    """Return the item information box with an entry for XMP (14496-12, 8.11.6)."""
    protection_index = bytes(2)
    entry = build_box(b"infe", _INFE_VERSION_2, new_id.to_bytes(2), protection_index, XMP_NAMES)
    count_end = _FULL_BOX_HEADER + (4 if content[0] else 2)
    count = (len(graph.items) + 1).to_bytes(count_end - _FULL_BOX_HEADER)
    return build_box(b"iinf", content[:_FULL_BOX_HEADER], count, content[count_end:], entry)


def _reference_fields(graph: ItemGraph, new_id: int) -> tuple[bytes, bytes, bytes]:
    """Return a reference from the new item to the primary image (23008-12, annex A.3)."""
    is_long = b"iref" in graph.boxes and graph.data[graph.boxes[b"iref"].content]
    id_length = 4 if is_long else 2
    return new_id.to_bytes(id_length), (1).to_bytes(2), graph.primary_item.to_bytes(id_length)


def _read(graph: ItemGraph, box: Box) -> bytes:
    return graph.data[box.content : box.end]
