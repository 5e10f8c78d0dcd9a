"""The `meta` box of a HEIC or AVIF file, rebuilt with some of its items at the length it had."""

import struct
from collections.abc import Set as AbstractSet

from app.imaging.metadata.heif_items import ItemGraph
from app.imaging.metadata.isobmff import Box, pack

_PROPERTIES = frozenset(
    b"ispe pixi colr irot imir clap pasp auxC av1C hvcC lhvC lsel a1op a1lx clli mdcv cclv amve rloc".split()
)
_REFERENCES = (b"dimg", b"auxl", b"cdsc")
_HANDLER = 24  # bytes of an hdlr box before the name of the program that wrote it


def rebuild_meta_box(tree: ItemGraph, meta: Box, body: bytes, kept: AbstractSet[int]) -> bytes:
    """The box with the items `kept`, and a `free` box for the rest; `body` is the file with its data blanked.

    Raises ValueError where the rest is too short to say that it is free.
    """
    parts = [
        body[meta.body : meta.body + 4],
        *(_child(tree, child, body, kept) for child in tree.children),
    ]
    room = meta.end - meta.body - sum(map(len, parts))
    if 0 < room < 8 or room < 0:
        raise ValueError("no room for a free box")
    free = pack(b"free", bytes(room - 8)) if room else b""
    return body[meta.start : meta.body] + b"".join(parts) + free


def _child(tree: ItemGraph, box: Box, body: bytes, kept: AbstractSet[int]) -> bytes:
    head = body[box.body : box.body + 4]
    match box.name:
        case b"hdlr":
            return pack(
                b"hdlr", body[box.body : box.body + _HANDLER], bytes(box.end - box.body - _HANDLER)
            )
        case b"pitm" | b"idat":
            return body[box.start : box.end]
        case b"iinf":
            entries = [item.entry for number, item in tree.items.items() if number in kept]
            return pack(b"iinf", head, len(entries).to_bytes(4 if head[0] else 2), *entries)
        case b"iloc":
            places = [place.entry for number, place in tree.locations.items() if number in kept]
            sizes = body[box.body + 4 : box.body + 6]
            return pack(
                b"iloc", head, sizes, len(places).to_bytes(4 if head[0] == 2 else 2), *places
            )
        case b"iref":
            return _references(tree, head, kept)
        case b"iprp":
            return pack(b"iprp", _properties(tree, body), _associations(tree, body, kept))
    return b""


def _references(tree: ItemGraph, head: bytes, kept: AbstractSet[int]) -> bytes:
    wide = ">I" if head[0] else ">H"
    found = []
    for reference in tree.references:
        targets = [target for target in reference.targets if target in kept]
        if reference.kind in _REFERENCES and reference.source in kept and targets:
            numbers = b"".join(struct.pack(wide, target) for target in targets)
            found.append(
                pack(
                    reference.kind,
                    struct.pack(wide, reference.source),
                    struct.pack(">H", len(targets)),
                    numbers,
                )
            )
    return pack(b"iref", head, *found) if found else b""


def _properties(tree: ItemGraph, body: bytes) -> bytes:
    """The list as long as it was, for it is counted: what may not stay in it is free."""
    return pack(
        b"ipco",
        *(
            body[box.start : box.end]
            if box.name in _PROPERTIES
            else pack(b"free", bytes(box.end - box.start - 8))
            for box in tree.properties
        ),
    )


def _associations(tree: ItemGraph, body: bytes, kept: AbstractSet[int]) -> bytes:
    box = tree.boxes[b"ipma"]
    head = body[box.body : box.body + 4]
    width = 2 if head[3] & 1 else 1
    entries = []
    for number, properties in tree.associations.items():
        if number in kept:
            values = (
                _value(tree, index, width, essential=essential) for index, essential in properties
            )
            entries.append(
                number.to_bytes(4 if head[0] else 2) + bytes((len(properties),)) + b"".join(values)
            )
    return pack(b"ipma", head, struct.pack(">I", len(entries)), *entries)


def _value(tree: ItemGraph, index: int, width: int, *, essential: bool) -> bytes:
    """One association; 0 stands for none."""
    stays = index and tree.properties[index - 1].name in _PROPERTIES
    return ((index | (0x80 << 8 * (width - 1) if essential else 0)) if stays else 0).to_bytes(width)
