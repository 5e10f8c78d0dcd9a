"""Build HEIC and AVIF files whose primary item, 1, is a grid of images."""

import struct
from collections.abc import Sequence

from PIL import ImageCms

from app.imaging.metadata.heif_items import ItemGraph
from app.imaging.metadata.isobmff import Association, build_associations, build_box, parse_boxes
from tests.imaging.metadata.heif_files import META_FLAGS, configuration_box, read_codec, read_graph

_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
_BRAND = build_box(b"ftyp", b"avif", bytes(4), b"avifmif1")


def build_grid(tiles: Sequence[bytes], columns: int, size: tuple[int, int]) -> bytes:
    """Return a file with a grid of the images of files of one codec.

    Args:
        tiles: Files of one image each, of one size and one configuration.
        columns: The number of tiles in a row.
        size: The width and the height of the grid, which crops the last tiles.
    """
    graph = read_graph(tiles[0])
    configuration = configuration_box(graph)
    kept = [box for box in graph.properties if box.type in (configuration.type, b"ispe", b"colr")]
    properties = [graph.data[box.start : box.end] for box in kept]
    grid_ispe = build_box(b"ispe", META_FLAGS, struct.pack(">II", *size))
    ids = range(2, len(tiles) + 2)
    tile_indices = [Association(i + 1, essential=True) for i in range(len(kept))]
    grid_indices = [Association(len(kept) + 1, essential=False)]
    associations = {1: grid_indices, **dict.fromkeys(ids, tile_indices)}
    iprp = build_box(
        b"iprp",
        build_box(b"ipco", *properties, grid_ispe),
        build_associations(META_FLAGS, associations),
    )
    grid = struct.pack(">BBBBHH", 0, 0, len(tiles) // columns - 1, columns - 1, *size)
    coded = [grid, *(read_codec(tile)[0] for tile in tiles)]
    head = _brand(graph)
    starts = [len(head) + 8 + sum(map(len, coded[:index])) for index in range(len(coded))]
    locations = [
        _locate(item_id, [start], len(body))
        for item_id, start, body in zip((1, *ids), starts, coded, strict=True)
    ]
    codec = graph.items[graph.primary_item].type
    return head + build_box(b"mdat", *coded) + _build_meta(codec, ids, iprp, locations)


def build_avif(
    payload: bytes,
    *,
    items: int,
    extents: int,
    overlap: bool = False,
    boxes: int = 0,
    profiles: int = 0,
) -> bytes:
    """Return an AVIF of a grid of `items` images that only looks like one to a parser.

    Args:
        payload: The data of each extent.
        items: The number of images.
        extents: The number of extents of each image.
        overlap: Whether all extents are at one place in the file.
        boxes: The number of empty `mdat` boxes before the data.
        profiles: The number of color profiles of each image.
    """
    ids = range(2, items + 2)
    count = 1 if overlap else items * extents
    head = _BRAND + build_box(b"mdat") * boxes
    starts = [
        len(head) + 8 + len(payload) * (0 if overlap else index) for index in range(items * extents)
    ]
    data = build_box(b"mdat", payload * count, bytes(8))
    grid = _locate(1, [len(head) + len(data) - 8], 8)
    locations = [
        _locate(i, starts[index * extents : (index + 1) * extents], len(payload))
        for index, i in enumerate(ids)
    ]
    iprp = _build_equal_properties((1, *ids), profiles)
    return head + data + _build_meta(b"av01", ids, iprp, [grid, *locations])


def _build_equal_properties(ids: Sequence[int], profiles: int) -> bytes:
    """Return the properties of items that all have the same ones."""
    properties = [build_box(b"ispe", META_FLAGS, struct.pack(">II", 64, 64))]
    properties.append(build_box(b"av1C", b"\x81\0\x0c\0"))
    properties += [build_box(b"colr", b"prof", _PROFILE)] * profiles
    # The highest bit marks an essential property, so an index above 127 names another one.
    indices = bytes(range(1, len(properties) + 1))
    associations = [_short(i) + bytes((len(indices),)) + indices for i in ids]
    ipma = build_box(b"ipma", META_FLAGS, struct.pack(">I", len(ids)), *associations)
    return build_box(b"iprp", build_box(b"ipco", *properties), ipma)


def _build_meta(codec: bytes, tiles: Sequence[int], iprp: bytes, locations: list[bytes]) -> bytes:
    """Return the `meta` box of a grid, item 1, of the items `tiles`."""
    entries = [_short(1) + b"\0\0grid\0", *(_short(i) + b"\0\0" + codec + b"\0" for i in tiles)]
    infe = [build_box(b"infe", b"\2\0\0\0", entry) for entry in entries]
    dimg = build_box(b"dimg", _short(1), _short(len(tiles)), *map(_short, tiles))
    return build_box(
        b"meta",
        META_FLAGS,
        build_box(b"hdlr", META_FLAGS, bytes(4), b"pict", bytes(13)),
        build_box(b"pitm", META_FLAGS, _short(1)),
        build_box(b"iinf", META_FLAGS, _short(len(infe)), *infe),
        iprp,
        build_box(b"iref", META_FLAGS, dimg),
        build_box(b"iloc", META_FLAGS, b"\x44\0", _short(len(locations)), *locations),
    )


def _locate(item_id: int, starts: list[int], length: int) -> bytes:
    """Return an entry of `iloc`."""
    extents = [struct.pack(">II", start, length) for start in starts]
    return _short(item_id) + b"\0\0" + _short(len(starts)) + b"".join(extents)


def _brand(graph: ItemGraph) -> bytes:
    (ftyp,) = (box for box in parse_boxes(graph.data, 0, len(graph.data)) if box.type == b"ftyp")
    return graph.data[ftyp.start : ftyp.end]


def _short(number: int) -> bytes:
    return number.to_bytes(2)
