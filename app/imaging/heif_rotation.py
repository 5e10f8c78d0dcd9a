"""Turn the image of a HEIC or AVIF file by its item property `irot` (ISO/IEC 23008-12, 6.5.10).

The coded pixels stay as they are. Transformative properties apply in the order of the associations:
the clean aperture `clap`, the rotation `irot`, the mirroring `imir` (MIAF, ISO/IEC 23000-22).
"""

from dataclasses import dataclass
from itertools import dropwhile

from app.imaging.metadata.heif_items import ItemGraph, parse_item_graph
from app.imaging.metadata.heif_locations import build_iloc, build_moved_locations
from app.imaging.metadata.isobmff import (
    Association,
    Box,
    build_associations,
    build_box,
    parse_associations,
    parse_file_boxes,
)

_FILE_BOXES = {b"ftyp", b"meta", b"mdat", b"free"}  # tracks, for example, have other offsets
_FULL_BOX_HEADER = 4  # bytes: the version and the flags
_CROP, _ROTATION, _MIRROR = b"clap", b"irot", b"imir"
# The orders that are turned. In an AVIF, libavif always rotates before it mirrors.
_ORDERS = ((), (_ROTATION,), (_MIRROR,), (_ROTATION, _MIRROR))
_HEVC_ORDERS = (*_ORDERS, (_MIRROR, _ROTATION))


@dataclass(frozen=True, slots=True)
class _Transforms:
    """The rotation and the mirroring of an item, in the order in which they apply after a crop."""

    types: tuple[bytes, ...]
    contents: tuple[bytes, ...]

    def angle_after(self, quarter_turns: int) -> int:
        """Return the counterclockwise quarter turns of `irot` that turn the result clockwise."""
        angle = 0
        if _ROTATION in self.types:
            angle = self.contents[self.types.index(_ROTATION)][0]
        is_mirrored_afterwards = self.types[-1:] == (_MIRROR,)
        return (angle + quarter_turns if is_mirrored_afterwards else angle - quarter_turns) % 4


def turn(body: bytes, quarter_turns: int) -> bytes:
    """Return a file from which `metadata.heif` has removed the metadata, turned clockwise.

    Raises:
        ValueError: The file has an unusual structure.
    """
    try:
        return _turn(body, quarter_turns)
    except (LookupError, OverflowError) as error:
        raise ValueError("a structure that cannot be turned") from error


def _turn(body: bytes, quarter_turns: int) -> bytes:
    file_boxes = parse_file_boxes(body)
    if not {box.type for box in file_boxes} <= _FILE_BOXES:
        raise ValueError("a file that contains more than still images")
    (meta,) = (box for box in file_boxes if box.type == b"meta")
    graph = parse_item_graph(body, meta)
    turned_items = _find_turned_items(graph)
    transforms = _read_transforms(graph, graph.primary_item)
    if any(_read_transforms(graph, item_id) != transforms for item_id in turned_items):
        raise ValueError("an alpha plane with other transformations")
    angle = transforms.angle_after(quarter_turns)
    if _ROTATION in transforms.types:
        return _change_rotation(graph, turned_items, angle)
    return _add_rotation(graph, meta, turned_items, angle)


def _find_turned_items(graph: ItemGraph) -> frozenset[int]:
    """Return the primary item and its alpha planes. Decoders turn each of them.

    Raises:
        ValueError: An alpha plane belongs to another image as well.
    """
    found = {graph.primary_item}
    for reference in graph.references:
        if reference.type == b"auxl" and graph.primary_item in reference.to_items:
            if reference.to_items != (graph.primary_item,):
                raise ValueError("an alpha plane of several images")
            found.add(reference.from_item)
    return frozenset(found)


def _read_transforms(graph: ItemGraph, item_id: int) -> _Transforms:
    """Return the rotation and the mirroring of an item.

    Raises:
        ValueError: The order is unusual, or programs apply it differently.
    """
    properties = [graph.properties[each.index - 1] for each in _associations(graph, item_id)]
    transforms = [box for box in properties if box.type in (_CROP, _ROTATION, _MIRROR)]
    cropped = list(dropwhile(lambda box: box.type == _CROP, transforms))
    types = tuple(box.type for box in cropped)
    is_av1 = any(item.type == b"av01" for item in graph.items.values())
    if types not in (_ORDERS if is_av1 else _HEVC_ORDERS):
        raise ValueError("transformations in an unusual order")
    return _Transforms(types, tuple(graph.data[box.content : box.end] for box in cropped))


def _change_rotation(graph: ItemGraph, turned_items: frozenset[int], angle: int) -> bytes:
    """Return the file with another angle in the rotations of `turned_items`.

    Raises:
        ValueError: Another item, such as a tile of a grid, has the same property.
    """
    rotations: set[int] = set()
    others: set[int] = set()
    for item_id in graph.associations:
        indices = {each.index for each in _associations(graph, item_id)}
        if item_id in turned_items:
            rotations |= {i for i in indices if graph.properties[i - 1].type == _ROTATION}
        else:
            others |= indices
    if rotations & others:
        raise ValueError("a rotation that other items share")
    body = bytearray(graph.data)
    for index in rotations:
        body[graph.properties[index - 1].content] = angle
    return bytes(body)


def _add_rotation(graph: ItemGraph, meta: Box, turned_items: frozenset[int], angle: int) -> bytes:
    """Return the file with a rotation of `turned_items`, which makes `meta` longer."""
    iprp = _build_iprp(graph, turned_items, angle)
    length = len(_build_meta(graph, meta, iprp, 0))
    new_meta = _build_meta(graph, meta, iprp, length - (meta.end - meta.start))
    return graph.data[: meta.start] + new_meta + graph.data[meta.end :]


def _build_meta(graph: ItemGraph, meta: Box, iprp: bytes, shift: int) -> bytes:
    """Return the box with other properties, when the data after it moves by `shift` bytes."""
    iloc = build_iloc(build_moved_locations(graph.locations, meta, shift))
    changed = {b"free": b"", b"iloc": iloc, b"iprp": iprp}
    children = [changed.get(box.type, graph.data[box.start : box.end]) for box in graph.children]
    header = graph.data[meta.content : meta.content + _FULL_BOX_HEADER]
    return build_box(b"meta", header, *children)


def _build_iprp(graph: ItemGraph, turned_items: frozenset[int], angle: int) -> bytes:
    properties = [graph.data[box.start : box.end] for box in graph.properties]
    properties.append(build_box(_ROTATION, bytes((angle,))))
    rotation = Association(len(properties), essential=True)
    boxes = [_build_ipma(graph, box, turned_items, rotation) for box in graph.association_boxes]
    return build_box(b"iprp", build_box(b"ipco", *properties), *boxes)


def _build_ipma(
    graph: ItemGraph, ipma: Box, turned_items: frozenset[int], rotation: Association
) -> bytes:
    """Return an `ipma` box in which `turned_items` have a rotation before their mirroring."""
    items: dict[int, tuple[Association, ...]] = parse_associations(graph.data, ipma)
    for item_id in turned_items & items.keys():
        items[item_id] = _insert_rotation(graph, items[item_id], rotation)
    header = graph.data[ipma.content : ipma.content + _FULL_BOX_HEADER]
    return build_associations(header, items)


def _insert_rotation(
    graph: ItemGraph, associations: tuple[Association, ...], rotation: Association
) -> tuple[Association, ...]:
    types = [each.index and graph.properties[each.index - 1].type for each in associations]
    position = types.index(_MIRROR) if _MIRROR in types else len(types)
    return (*associations[:position], rotation, *associations[position:])


def _associations(graph: ItemGraph, item_id: int) -> list[Association]:
    """Return the properties of an item, without entries for none."""
    return [each for each in graph.associations[item_id] if each.index]
