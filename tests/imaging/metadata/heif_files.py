"""Build HEIC and AVIF files again with their boxes and item data in another order."""

import struct
from collections.abc import Collection, Mapping, Sequence

from app.imaging.metadata.heif_items import ItemGraph, parse_item_graph
from app.imaging.metadata.isobmff import (
    Association,
    Box,
    build_associations,
    build_box,
    parse_boxes,
)

BOXES = ("meta", "mdat", "second mdat", "free", "uuid")
CONTAINERS = ("mdat", "second mdat", "idat")
META_FLAGS = bytes(4)

_ILOC_HEADER = bytes((1, 0, 0, 0, 0x44, 0))  # version 1, four bytes for each offset and length


def item_ids(data: bytes) -> list[int]:
    """Return the IDs of the items that have data."""
    return sorted(read_graph(data).locations)


def read_graph(data: bytes) -> ItemGraph:
    """Return the items of a file with one `meta` box."""
    (meta,) = (box for box in parse_boxes(data, 0, len(data)) if box.type == b"meta")
    return parse_item_graph(data, meta)


def configuration_box(graph: ItemGraph) -> Box:
    """Return the configuration of the one codec of a file."""
    (box,) = (box for box in graph.properties if box.type in (b"av1C", b"hvcC"))
    return box


def rearrange(
    data: bytes, order: Sequence[str], containers: Mapping[int, str], unlisted: bytes
) -> bytes:
    """Return the file with its boxes in the order `order`.

    Args:
        data: A file with one `meta` box.
        order: The names of BOXES.
        containers: The container of each item's data, one of CONTAINERS.
        unlisted: Bytes that stand between the items in every container, and in other boxes.
    """
    graph = read_graph(data)
    offsets = dict.fromkeys(containers, 0)
    for _ in range(2):  # the length of the boxes before each item does not depend on its offset
        boxes, offsets = _layout(graph, order, containers, unlisted, offsets)
    return b"".join(boxes)


def read_codec(data: bytes) -> tuple[bytes, bytes]:
    """Return the coded image of the primary item, and the configuration of its codec."""
    graph = read_graph(data)
    box = configuration_box(graph)
    return graph.read_item(graph.primary_item), data[box.content : box.end]


def replace_codec(data: bytes, coded: bytes, configuration: bytes) -> bytes:
    """Return a file of one image with another coded image and configuration."""
    data = _put_data_first(data)
    graph = read_graph(data)
    box = configuration_box(graph)
    changed = bytearray(data[: box.content] + configuration + data[box.end :])
    for name in (b"meta", b"iprp", b"ipco", box.type):
        at = data.index(name) - 4
        size = int.from_bytes(data[at : at + 4]) + len(configuration) - (box.end - box.content)
        changed[at : at + 4] = size.to_bytes(4)
    entry = graph.locations[graph.primary_item].entry
    end = changed.index(entry) + len(entry)  # the entry ends with the offset and the length
    changed[end - 8 : end] = struct.pack(">II", len(changed) + 8, len(coded))
    return bytes(changed) + build_box(b"mdat", coded)


def split_associations(data: bytes) -> bytes:
    """Return the file with an `ipma` box for each item, as some encoders write it."""
    data = _put_data_first(data)
    start = data.index(b"ipma") - 4
    end = start + int.from_bytes(data[start : start + 4])
    header, count = data[start + 8 : start + 12], int.from_bytes(data[start + 12 : start + 16])
    boxes, position = b"", start + 16
    for _ in range(count):
        entry_end = position + 3 + data[position + 2]
        boxes += build_box(b"ipma", header, (1).to_bytes(4), data[position:entry_end])
        position = entry_end
    changed = bytearray(data[:start] + boxes + data[end:])
    for name in (b"meta", b"iprp"):
        at = data.index(name) - 4
        size = int.from_bytes(data[at : at + 4]) + len(boxes) - (end - start)
        changed[at : at + 4] = size.to_bytes(4)
    return bytes(changed)


def add_properties(data: bytes, properties: Sequence[bytes], items: Collection[int]) -> bytes:
    """Return a file of one `ipma` box in which `items` have further properties, all essential.

    Args:
        data: The file.
        properties: The boxes, in the order in which they apply.
        items: IDs of the items that have them.
    """
    data = _put_data_first(data)
    graph = read_graph(data)
    (ipma,) = graph.association_boxes
    first = len(graph.properties) + 1
    added = tuple(Association(first + i, essential=True) for i in range(len(properties)))
    associations = {
        item_id: (*listed, *added) if item_id in items else listed
        for item_id, listed in graph.associations.items()
    }
    iprp = build_box(
        b"iprp",
        build_box(b"ipco", *(data[box.start : box.end] for box in graph.properties), *properties),
        build_associations(data[ipma.content : ipma.content + 4], associations),
    )
    (meta,) = (box for box in parse_boxes(data, 0, len(data)) if box.type == b"meta")
    children = [
        iprp if box.type == b"iprp" else data[box.start : box.end] for box in graph.children
    ]
    return data[: meta.start] + build_box(b"meta", META_FLAGS, *children) + data[meta.end :]


def _put_data_first(data: bytes) -> bytes:
    """Return the file with `mdat` before `meta`, so that a longer `meta` moves no data."""
    return rearrange(data, ("mdat", "meta"), dict.fromkeys(item_ids(data), "mdat"), b"\0")


def _layout(
    graph: ItemGraph,
    order: Sequence[str],
    containers: Mapping[int, str],
    unlisted: bytes,
    offsets: Mapping[int, int],
) -> tuple[list[bytes], dict[int, int]]:
    """Return the boxes of the file, and the offset of each item."""
    contents = {name: _content(graph, name, containers, unlisted) for name in CONTAINERS}
    made = {
        "meta": _build_meta(graph, containers, offsets, contents["idat"][0]),
        "mdat": build_box(b"mdat", contents["mdat"][0]),
        "second mdat": build_box(b"mdat", contents["second mdat"][0]),
        "free": build_box(b"free", unlisted),
        "uuid": build_box(b"uuid", unlisted),
    }
    (ftyp,) = (box for box in parse_boxes(graph.data, 0, len(graph.data)) if box.type == b"ftyp")
    boxes = [graph.data[ftyp.start : ftyp.end]]
    starts = {"idat": 0}
    for name in order:
        starts[name] = sum(map(len, boxes)) + 8
        boxes.append(made[name])
    placed = {
        item_id: starts[name] + offset
        for name in CONTAINERS
        for item_id, offset in contents[name][1].items()
    }
    return boxes, placed


def _content(
    graph: ItemGraph, container: str, containers: Mapping[int, str], unlisted: bytes
) -> tuple[bytes, dict[int, int]]:
    """Return the content of a data box, and where in it the data of each item begins."""
    content, offsets = unlisted, {}
    for item_id, name in containers.items():
        if name == container:
            offsets[item_id] = len(content)
            content += graph.read_item(item_id) + unlisted
    return content, offsets


def _build_meta(
    graph: ItemGraph, containers: Mapping[int, str], offsets: Mapping[int, int], idat: bytes
) -> bytes:
    children = [
        graph.data[child.start : child.end]
        for child in graph.children
        if child.type not in (b"iloc", b"idat")
    ]
    entries = [
        struct.pack(
            ">HHHHII",
            item_id,
            container == "idat",  # construction_method
            0,  # data_reference_index
            1,  # extent_count
            offsets[item_id],
            len(graph.read_item(item_id)),
        )
        for item_id, container in containers.items()
    ]
    iloc = build_box(b"iloc", _ILOC_HEADER, struct.pack(">H", len(entries)), *entries)
    return build_box(b"meta", META_FLAGS, *children, iloc, build_box(b"idat", idat))
