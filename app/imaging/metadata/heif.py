"""Remove metadata from HEIC and AVIF files (ISO/IEC 23008-12, AV1 Image File Format).

The primary image, the items that its pixels need, and XMP with the kept credit stay. The other
items are removed: thumbnails, depth and gain maps, Exif, XMP and the tracks of an image
sequence. Their bytes become zeros, and `free` boxes replace their entries, so that every offset in
the file stays valid. Orientation is an item property (`irot`, `imir`) and stays.
"""

from contextlib import suppress
from dataclasses import replace

from PIL import Image

from app.domain.errors import UnreadableImage
from app.domain.image.processed_image import LeftOut
from app.domain.messages import message
from app.imaging.metadata import coded_data, exif, private_data
from app.imaging.metadata.heif_data import ItemData, clean_images, replace_data
from app.imaging.metadata.heif_items import ItemGraph, parse_item_graph
from app.imaging.metadata.heif_locations import check_disjoint
from app.imaging.metadata.heif_meta import rebuild_meta_box
from app.imaging.metadata.iptc.heif_item import add_xmp
from app.imaging.metadata.iptc.kept import KeptMetadata, SelectKept
from app.imaging.metadata.isobmff import XMP_NAMES, Box, parse_file_boxes
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
# Other brands, whose four letters could be a text, become `mif1`. MP4 registration authority and
# 23008-12, annex B; 23000-22, section 10.
_KNOWN_BRANDS = frozenset(
    (
        *(b"mif1", b"mif2", b"mif3", b"miaf", b"heic", b"heix", b"heim", b"heis", b"heif"),
        *(b"avif", b"avio", b"MA1A", b"MA1B", b"MiHA", b"MiHB", b"MiHE", b"MiPr", b"MiAn"),
        *(b"1pic", b"unif", b"isom", b"iso1", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6"),
        *(b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"avc1", b"dash"),
    )
)
_OTHER_BRAND = b"mif1"
_KEPT_BOXES = (b"ftyp", b"meta", b"mdat")
_TEXT_ITEMS = (b"mime", b"uri ")


def matches(header: bytes) -> bool:
    """Return whether a file with these first bytes is an ISO base media file."""
    return header[4:8] == b"ftyp"


def remove_metadata(data: Data, select_kept: SelectKept) -> CleanFile:
    """Return the file with its primary image, and the credit and location that stay.

    Raises:
        UnreadableImage: The file holds no still image that can be decoded and cleaned.
    """
    try:
        return _remove_metadata(bytes(data), select_kept)
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        raise UnreadableImage(OTHER) from error


def _remove_metadata(data: bytes, select_kept: SelectKept) -> CleanFile:
    file_boxes = parse_file_boxes(data)
    (meta,) = (box for box in file_boxes if box.type == b"meta")
    graph = parse_item_graph(data, meta)
    image_items = graph.image_items()
    pillow_format, content_type = _find_codec(graph, image_items)
    image_data = clean_images(graph, image_items)
    _check_length_of_metadata(graph)
    original_exif = _read_exif(graph)
    other_metadata = _read_texts(graph)[:MAX_OTHER_METADATA]
    kept = select_kept(original_exif, other_metadata)
    location_item = _build_location_item(graph, kept.located) if kept.located is not None else {}
    xmp_item = _find_xmp_item(graph, kept.xmp)
    removed = _find_removed(graph, file_boxes, image_items | xmp_item.keys())
    if _has_coded_metadata(graph, image_data):
        removed.add("metadata")
    if location_item:
        removed.discard("location")
    body = _build_file(graph, file_boxes, image_items, image_data, location_item | xmp_item)
    if kept.xmp and not xmp_item:
        body, kept = _add_xmp(body, kept)
    return CleanFile(
        body=body,
        format=pillow_format,
        content_type=content_type,
        size=graph.size(image_items),
        exif=original_exif,
        other_metadata=other_metadata,
        kept=kept,
        left_out=LeftOut(animation=any(box.type == b"moov" for box in file_boxes)),
        removed_metadata=frozenset(removed),
    )


def _find_codec(graph: ItemGraph, image_items: frozenset[int]) -> tuple[str, str]:
    """Return Pillow's format and the content type of the only codec that the image uses."""
    item_types = {graph.items[item_id].type for item_id in image_items}
    (codec,) = {_CODECS[item_type] for item_type in item_types - _DERIVED_IMAGES}
    return codec


def _check_length_of_metadata(graph: ItemGraph) -> None:
    """Raise ValueError if items of metadata overlap so much that reading them would take long."""
    items = [item_id for name in (b"Exif", *_TEXT_ITEMS) for item_id in graph.items_of_type(name)]
    lengths = (end - start for item_id in items for start, end in graph.find_ranges(item_id))
    if sum(lengths) > len(graph.data):
        raise ValueError("items of metadata that are longer than the file")


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


def _find_xmp_item(graph: ItemGraph, packet: bytes) -> dict[int, bytes]:
    """Return an item that holds this packet already, by its ID."""
    for item_id in graph.items_of_type(b"mime"):
        is_xmp = graph.items[item_id].infe.endswith(XMP_NAMES)
        if is_xmp and packet and graph.read_item(item_id) == packet:
            return {item_id: packet}
    return {}


def _add_xmp(body: bytes, kept: KeptMetadata) -> tuple[bytes, KeptMetadata]:
    """Return the file with the packet, or both without it if the file is too unusual."""
    with suppress(ValueError, OverflowError):
        return add_xmp(body, kept.xmp), kept
    return body, replace(kept, written=None)


def _build_file(
    graph: ItemGraph,
    file_boxes: list[Box],
    image_items: frozenset[int],
    image_data: ItemData,
    metadata_items: dict[int, bytes],
) -> bytes:
    kept = image_items | metadata_items.keys()
    item_data = dict(image_data)
    for item_id, payload in metadata_items.items():
        item_data[tuple(graph.find_ranges(item_id))] = payload
    check_disjoint([extent for ranges in item_data for extent in ranges])
    body = bytearray(graph.data)
    replace_data(body, (*file_boxes, *graph.children), item_data)
    for box in file_boxes:
        if box.type == b"meta":
            body[box.start : box.end] = rebuild_meta_box(graph, box, bytes(body), kept)
        elif box.type == b"ftyp":
            _replace_brands(body, box)
        elif box.type not in _KEPT_BOXES:
            _free_box(body, box)
    end = max(box.end for box in file_boxes if box.type in _KEPT_BOXES)
    return bytes(body[:end])


def _replace_brands(body: bytearray, ftyp: Box) -> None:
    """Replace the brands of removed parts and unknown brands (14496-12, 4.3)."""
    brands_start = ftyp.content + 8
    brands_end = ftyp.end - (ftyp.end - brands_start) % 4
    for start in (ftyp.content, *range(brands_start, brands_end, 4)):
        brand = bytes(body[start : start + 4])
        brand = _BRAND_REPLACEMENTS.get(brand, brand)
        body[start : start + 4] = brand if brand in _KNOWN_BRANDS else _OTHER_BRAND
    body[brands_end : ftyp.end] = bytes(ftyp.end - brands_end)


def _free_box(body: bytearray, box: Box) -> None:
    """Make a box a `free` box of zeros."""
    body[box.start + 4 : box.start + 8] = b"free"
    body[box.content : box.end] = bytes(box.end - box.content)


def _find_removed(graph: ItemGraph, file_boxes: list[Box], kept: frozenset[int]) -> set[str]:
    """Return the kinds of private data that the result does not have."""
    found: set[str] = set()
    for item_id, item in graph.items.items():
        if item.type == b"Exif":
            found |= private_data.kinds_in_exif(exif.read_exif(graph.read_exif(item_id)))
        elif item_id not in kept:
            text = graph.read_item(item_id) if item.type in _TEXT_ITEMS else b""
            found |= private_data.kinds_in_bytes(text)
    for box in file_boxes:
        if box.type not in (*_KEPT_BOXES, b"free", b"skip"):
            found |= private_data.kinds_in_bytes(graph.data[box.content : box.end])
    if any(reference.type == b"thmb" for reference in graph.references):
        found.add("thumbnail")
    trailer = graph.data[file_boxes[-1].end :]
    return found | private_data.kinds_in_trailer(trailer)


def _has_coded_metadata(graph: ItemGraph, image_data: ItemData) -> bool:
    """Return whether a codec's data or configuration has metadata."""
    for box in graph.properties:
        content = graph.data[box.content : box.end]
        if coded_data.clean_configuration(box.type, content) != content:
            return True
    return any(data != graph.read_ranges(ranges) for ranges, data in image_data.items())
