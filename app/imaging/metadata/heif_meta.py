"""Build the `meta` box of a HEIC or AVIF file again, with fewer items and the same length."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from app.imaging.metadata.heif_items import ItemGraph
from app.imaging.metadata.heif_properties import clean_property
from app.imaging.metadata.isobmff import (
    NO_PROPERTY,
    Association,
    Box,
    build_associations,
    build_box,
    parse_associations,
)

# `prem`: the colors are premultiplied with alpha (MIAF, ISO/IEC 23000-22).
_KEPT_REFERENCES = (b"dimg", b"auxl", b"prem", b"cdsc")
_FULL_BOX_HEADER = 4  # bytes: the version and the flags
_FREE_BOX_HEADER = 8  # bytes: the size and the type
_HANDLER_TYPE = slice(8, 12)  # of the content of `hdlr` (14496-12, 8.4.3)


def rebuild_meta_box(graph: ItemGraph, meta: Box, body: bytes, kept: AbstractSet[int]) -> bytes:
    """Return the `meta` box with the items `kept`, and a `free` box in place of the others.

    Args:
        graph: The items of the uploaded file.
        meta: The box in the file.
        body: The file, with the data of the other items already set to zeros.
        kept: IDs of the items that stay.

    Raises:
        ValueError: The rest is too short for a `free` box.
    """
    version_and_flags = body[meta.content : meta.content + _FULL_BOX_HEADER]
    properties = _clean_properties(graph, kept)
    children = [_rebuild_child(graph, child, body, kept, properties) for child in graph.children]
    content = version_and_flags + b"".join(children)
    free_length = meta.end - meta.content - len(content)
    return body[meta.start : meta.content] + content + _build_free_box(free_length)


def _build_free_box(length: int) -> bytes:
    """Return a `free` box of `length` bytes; nothing for 0."""
    if length == 0:
        return b""
    if length < _FREE_BOX_HEADER:
        raise ValueError("too little space for a free box")
    return build_box(b"free", bytes(length - _FREE_BOX_HEADER))


def _rebuild_child(
    graph: ItemGraph,
    box: Box,
    body: bytes,
    kept: AbstractSet[int],
    properties: list[bytes],
) -> bytes:
    """Return a child of `meta` that lists only `kept`; empty for a box that does not stay."""
    match box.type:
        case b"hdlr":
            return _build_hdlr(box, body)
        case b"pitm":
            return _build_pitm(graph, box, body)
        case b"idat":
            return body[box.start : box.end]
        case b"iinf":
            return _build_iinf(graph, box, body, kept)
        case b"iloc":
            return _build_iloc(graph, box, body, kept)
        case b"iref":
            return _build_iref(graph, box, body, kept)
        case b"iprp":
            ipco = _build_ipco(graph, properties)
            return build_box(b"iprp", ipco, *_build_association_boxes(graph, kept, properties))
    return b""


def _build_hdlr(box: Box, body: bytes) -> bytes:
    """Return the handler box with its type alone, and zeros for the name of the program."""
    content = body[box.content : box.end]
    handler_type = content[_HANDLER_TYPE]
    fields = content[:_FULL_BOX_HEADER] + bytes(4) + handler_type
    return build_box(b"hdlr", fields.ljust(len(content), b"\0"))


def _build_pitm(graph: ItemGraph, box: Box, body: bytes) -> bytes:
    """Return the primary item box, with zeros after the item ID."""
    header = _read_full_box_header(box, body)
    item_id = graph.primary_item.to_bytes(4 if header[0] else 2)
    return build_box(b"pitm", (header + item_id).ljust(box.end - box.content, b"\0"))


def _build_iinf(graph: ItemGraph, box: Box, body: bytes, kept: AbstractSet[int]) -> bytes:
    header = _read_full_box_header(box, body)
    entries = [item.infe for item_id, item in graph.items.items() if item_id in kept]
    count = len(entries).to_bytes(4 if header[0] else 2)
    return build_box(b"iinf", header, count, *entries)


def _build_iloc(graph: ItemGraph, box: Box, body: bytes, kept: AbstractSet[int]) -> bytes:
    header = _read_full_box_header(box, body)
    sizes_start = box.content + _FULL_BOX_HEADER
    field_sizes = body[sizes_start : sizes_start + 2]
    entries = [where.entry for item_id, where in graph.locations.items() if item_id in kept]
    count = len(entries).to_bytes(4 if header[0] == 2 else 2)
    return build_box(b"iloc", header, field_sizes, count, *entries)


def _build_iref(graph: ItemGraph, box: Box, body: bytes, kept: AbstractSet[int]) -> bytes:
    header = _read_full_box_header(box, body)
    id_length = 4 if header[0] else 2
    entries = []
    for reference in graph.references:
        to_items = [item_id for item_id in reference.to_items if item_id in kept]
        is_kept = reference.type in _KEPT_REFERENCES and reference.from_item in kept
        if not is_kept or not to_items:
            continue
        from_item = reference.from_item.to_bytes(id_length)
        count = len(to_items).to_bytes(2)
        ids = [item_id.to_bytes(id_length) for item_id in to_items]
        entries.append(build_box(reference.type, from_item, count, *ids))
    return build_box(b"iref", header, *entries) if entries else b""


def _clean_properties(graph: ItemGraph, kept: AbstractSet[int]) -> list[bytes]:
    """Return the content of each property without metadata; empty for those that do not stay."""
    used = {each.index for item_id in kept for each in graph.associations.get(item_id, ())}
    cleaned = []
    for index, box in enumerate(graph.properties, 1):
        content = graph.data[box.content : box.end] if index in used else b""
        cleaned.append(content and clean_property(box.type, content))
    return cleaned


def _build_ipco(graph: ItemGraph, properties: list[bytes]) -> bytes:
    """Return the property container with a `free` box in place of each removed property.

    Associations count the boxes, so that each property has to keep its position.
    """
    boxes = []
    for box, content in zip(graph.properties, properties, strict=True):
        freed = build_box(b"free", bytes(box.end - box.start - _FREE_BOX_HEADER))
        boxes.append(graph.data[box.start : box.content] + content if content else freed)
    return build_box(b"ipco", *boxes)


def _build_association_boxes(
    graph: ItemGraph, kept: AbstractSet[int], properties: list[bytes]
) -> list[bytes]:
    """Return one `ipma` box for each version and flags.

    Some encoders write a box for each item. Chromium shows such files, but libavif refuses them.
    """
    by_header: dict[bytes, dict[int, tuple[Association, ...]]] = {}
    for box in graph.association_boxes:
        header = _read_full_box_header(box, graph.data)
        by_header.setdefault(header, {}).update(parse_associations(graph.data, box))
    return [
        build_associations(header, _keep_associations(items, kept, properties))
        for header, items in by_header.items()
    ]


def _keep_associations(
    items: Mapping[int, tuple[Association, ...]],
    kept: AbstractSet[int],
    properties: list[bytes],
) -> dict[int, list[Association]]:
    """Return the properties of the items `kept`, with the index 0 for each removed property."""
    found = {}
    for item_id, associations in items.items():
        if item_id in kept:
            found[item_id] = [_kept_or_none(each, properties) for each in associations]
    return found


def _kept_or_none(association: Association, properties: list[bytes]) -> Association:
    is_kept = association.index and properties[association.index - 1]
    return association if is_kept else NO_PROPERTY


def _read_full_box_header(box: Box, body: bytes) -> bytes:
    """Return the version and the flags of a full box."""
    return body[box.content : box.content + _FULL_BOX_HEADER]
