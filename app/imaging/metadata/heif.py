"""Remove metadata from HEIC and AVIF files (ISO/IEC 23008-12, AV1 Image File Format).

The primary image and the items that its pixels need stay. The other items are removed: thumbnails,
depth and gain maps, Exif, XMP and the tracks of an image sequence. Their bytes become zeros, and
`free` boxes replace their entries, so that every offset in the file stays valid. Orientation is an
item property (`irot`, `imir`) and stays.
"""

from PIL import Image

from app.domain.errors import UnreadableImage
from app.domain.messages import message
from app.domain.processed_image import LeftOut
from app.imaging.metadata import coded_data, exif, private_data
from app.imaging.metadata.heif_items import ItemGraph, parse_item_graph
from app.imaging.metadata.heif_meta import rebuild_meta_box
from app.imaging.metadata.isobmff import Box, parse_file_boxes
from app.imaging.metadata.result import MAX_OTHER_METADATA, CleanFile, Data

OTHER = message("We couldn’t find a still photo in this file. Save it as a JPEG and upload that.")

# Coded item types: Pillow's format and the content type.
_CODECS = {
    b"av01": ("AVIF", "image/avif"),
    b"hvc1": ("HEIF", "image/heic"),
    b"hev1": ("HEIF", "image/heic"),
}
_DERIVED_IMAGES = frozenset((b"grid", b"iovl", b"iden"))  # 23008-12, 6.6.2
# Brands of gain maps and image sequences, which the result lacks, and the brands of still images.
_BRAND_REPLACEMENTS = {
    b"tmap": b"mif1",
    b"avis": b"avif",
    b"msf1": b"mif1",
    b"hevc": b"heic",
    b"hevx": b"heix",
}
_KEPT_BOXES = (b"ftyp", b"meta", b"mdat")
_DATA_BOXES = (b"mdat", b"idat")
_TEXT_ITEMS = (b"mime", b"uri ")


def matches(header: bytes) -> bool:
    """Return whether a file with these first bytes is an ISO base media file."""
    return header[4:8] == b"ftyp"


def remove_metadata(data: Data, *, keep_location: bool) -> CleanFile:
    """Return the file with its primary image and, if kept, an Exif item with the location.

    Raises:
        UnreadableImage: The file holds no still image that can be decoded and cleaned.
    """
    try:
        return _remove_metadata(bytes(data), keep_location=keep_location)
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        raise UnreadableImage(OTHER) from error


def _remove_metadata(data: bytes, *, keep_location: bool) -> CleanFile:
    file_boxes = parse_file_boxes(data)
    (meta,) = (box for box in file_boxes if box.type == b"meta")
    graph = parse_item_graph(data, meta)
    image_items = graph.image_items()
    pillow_format, content_type = _find_codec(graph, image_items)
    original_exif = _read_exif(graph)
    location_item = _build_location_item(graph, original_exif) if keep_location else {}
    removed = _find_removed(graph, file_boxes, image_items)
    if location_item:
        removed.discard("location")
    return CleanFile(
        body=_build_file(graph, file_boxes, image_items, location_item),
        format=pillow_format,
        content_type=content_type,
        size=graph.size(image_items),
        exif=original_exif,
        other_metadata=_read_texts(graph)[:MAX_OTHER_METADATA],
        left_out=LeftOut(animation=any(box.type == b"moov" for box in file_boxes)),
        removed_metadata=frozenset(removed),
    )


def _find_codec(graph: ItemGraph, image_items: frozenset[int]) -> tuple[str, str]:
    """Return Pillow's format and the content type of the only codec that the image uses."""
    item_types = {graph.items[item_id].type for item_id in image_items}
    (codec,) = {_CODECS[item_type] for item_type in item_types - _DERIVED_IMAGES}
    return codec


def _read_exif(graph: ItemGraph) -> Image.Exif:
    for item_id in graph.items_of_type(b"Exif"):
        return exif.read_exif(graph.read_exif(item_id))
    return Image.Exif()


def _read_texts(graph: ItemGraph) -> bytes:
    """Return the text items, such as XMP (23008-12, annex A.3)."""
    return b"".join(graph.read_item(item_id) for item_id in graph.items_of_type(b"mime"))


def _build_location_item(graph: ItemGraph, original_exif: Image.Exif) -> dict[int, bytes]:
    """Return new data with only the location for one Exif item, by its ID.

    The result is empty if there is no location, or no Exif item that is large enough for it.
    """
    if not original_exif.get_ifd(exif.GPS_IFD):
        return {}
    tiff_header_offset = bytes(4)
    payload = tiff_header_offset + exif.build_minimal(1, original_exif)
    for item_id in graph.items_of_type(b"Exif"):
        ranges = graph.find_ranges(item_id)
        if len(ranges) != 1:
            continue
        ((start, end),) = ranges
        if len(payload) <= end - start:
            return {item_id: payload.ljust(end - start, b"\0")}
    return {}


def _build_file(
    graph: ItemGraph,
    file_boxes: list[Box],
    image_items: frozenset[int],
    location_item: dict[int, bytes],
) -> bytes:
    kept = image_items | location_item.keys()
    body = bytearray(graph.data)
    _zero_removed_data(body, graph, file_boxes, kept)
    for item_id in image_items:
        _write_clean_data(body, graph, item_id)
    for item_id, payload in location_item.items():
        ((start, end),) = graph.find_ranges(item_id)
        body[start:end] = payload
    for box in file_boxes:
        if box.type == b"meta":
            body[box.start : box.end] = rebuild_meta_box(graph, box, bytes(body), kept)
        elif box.type == b"ftyp":
            _replace_brands(body, box)
        elif box.type not in _KEPT_BOXES:
            _free_box(body, box)
    end = max(box.end for box in file_boxes if box.type in _KEPT_BOXES)
    return bytes(body[:end])


def _zero_removed_data(
    body: bytearray, graph: ItemGraph, file_boxes: list[Box], kept: frozenset[int]
) -> None:
    """Set the content of the data boxes to zeros, except the data of the items `kept`.

    Raises:
        ValueError: The data of an item is not in a data box.
    """
    data_boxes = [box for box in (*file_boxes, *graph.children) if box.type in _DATA_BOXES]
    ranges: list[tuple[int, int]] = []
    for item_id in kept:
        ranges += graph.find_ranges(item_id)
    for start, end in ranges:
        if not any(box.content <= start and end <= box.end for box in data_boxes):
            raise ValueError("an item whose data is not in a data box")
    for box in data_boxes:
        inside = [(start, end) for start, end in ranges if box.content <= start and end <= box.end]
        _keep_ranges(body, box, inside)


def _keep_ranges(body: bytearray, box: Box, ranges: list[tuple[int, int]]) -> None:
    """Set the content of a box to zeros, except the bytes of `ranges`."""
    kept = [(start, bytes(body[start:end])) for start, end in ranges]
    body[box.content : box.end] = bytes(box.end - box.content)
    for start, data in kept:
        body[start : start + len(data)] = data


def _write_clean_data(body: bytearray, graph: ItemGraph, item_id: int) -> None:
    """Replace an item's coded image by one without metadata."""
    cleaned = _clean_data(graph, item_id)
    position = 0
    for start, end in graph.find_ranges(item_id):
        body[start:end] = cleaned[position : position + end - start]
        position += end - start


def _clean_data(graph: ItemGraph, item_id: int) -> bytes:
    """Return the data of an item without the metadata of its codec, as long as before."""
    data = graph.read_item(item_id)
    match graph.items[item_id].type:
        case b"av01":
            return coded_data.clean_obus(data)
        case b"hvc1" | b"hev1":
            (hvcc,) = graph.read_properties(frozenset((item_id,)), b"hvcC")
            return coded_data.clean_nal_units(data, hvcc)
    return data


def _replace_brands(body: bytearray, ftyp: Box) -> None:
    """Replace the brands of removed parts in the major brand and the compatible brands."""
    compatible_brands = range(ftyp.content + 8, ftyp.end - 3, 4)
    for start in (ftyp.content, *compatible_brands):
        brand = bytes(body[start : start + 4])
        body[start : start + 4] = _BRAND_REPLACEMENTS.get(brand, brand)


def _free_box(body: bytearray, box: Box) -> None:
    """Make a box a `free` box of zeros."""
    body[box.start + 4 : box.start + 8] = b"free"
    body[box.content : box.end] = bytes(box.end - box.content)


def _find_removed(graph: ItemGraph, file_boxes: list[Box], image_items: frozenset[int]) -> set[str]:
    """Return the kinds of private data that the result does not have."""
    found: set[str] = set()
    for item_id, item in graph.items.items():
        if item.type == b"Exif":
            found |= private_data.kinds_in_exif(exif.read_exif(graph.read_exif(item_id)))
        elif item_id not in image_items:
            text = graph.read_item(item_id) if item.type in _TEXT_ITEMS else b""
            found |= private_data.kinds_in_bytes(text)
    for box in file_boxes:
        if box.type not in (*_KEPT_BOXES, b"free", b"skip"):
            found |= private_data.kinds_in_bytes(graph.data[box.content : box.end])
    if any(reference.type == b"thmb" for reference in graph.references):
        found.add("thumbnail")
    if _has_coded_metadata(graph, image_items):
        found.add("metadata")
    trailer = graph.data[file_boxes[-1].end :]
    return found | private_data.kinds_in_trailer(trailer)


def _has_coded_metadata(graph: ItemGraph, image_items: frozenset[int]) -> bool:
    """Return whether a codec's data or configuration has metadata."""
    for box in graph.properties:
        content = graph.data[box.content : box.end]
        if coded_data.clean_configuration(box.type, content) != content:
            return True
    return any(_clean_data(graph, item_id) != graph.read_item(item_id) for item_id in image_items)
