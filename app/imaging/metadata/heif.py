"""HEIC and AVIF: the primary picture and what it is made of; every other item goes, and its bytes become zeros.

Nothing moves: what leaves the `meta` box leaves a `free` box of its length behind, so that every offset in the file
stays true. A still loses its thumbnails, depth and gain maps, Exif and XMP; a sequence keeps its still. Orientation is
a property here (irot, imir) and stays.
"""

from itertools import chain

from PIL import Image

from app.domain.errors import UnreadableImage
from app.domain.messages import message
from app.imaging.metadata import exif, private_data
from app.imaging.metadata.heif_items import ItemGraph, parse_items
from app.imaging.metadata.heif_meta import rebuild_meta_box
from app.imaging.metadata.isobmff import Box, boxes
from app.imaging.metadata.result import CleanFile, Data

OTHER = message("We couldn’t find a still photo in this file. Save it as a JPEG and upload that.")

_CODECS = {
    b"av01": ("AVIF", "image/avif"),
    b"hvc1": ("HEIF", "image/heic"),
    b"hev1": ("HEIF", "image/heic"),
}
_DERIVED = frozenset((b"grid", b"iovl", b"iden"))
_BRANDS = {
    b"tmap": b"mif1",
    b"avis": b"avif",
    b"msf1": b"mif1",
    b"hevc": b"heic",
    b"hevx": b"heix",
}  # what becomes of a gain map's and a sequence's


def matches(header: bytes) -> bool:
    """Whether it begins as an ISO base media file does."""
    return header[4:8] == b"ftyp"


def remove_metadata(data: Data, *, keep_location: bool) -> CleanFile:
    """The file with its primary picture alone (and the place, where it stays)."""
    data = bytes(data)
    try:
        top = boxes(data, 0, len(data))
        (meta,) = (box for box in top if box.name == b"meta")
        tree = parse_items(data, meta)
        picture = tree.primary_items()
        decoder, content_type = _codec(tree, picture)
        block = next(
            (exif.read_exif(tree.exif(number)) for number in tree.items_of_type(b"Exif")),
            Image.Exif(),
        )
        place = _place(tree, block) if keep_location else {}
        return CleanFile(
            body=_body(tree, top, picture, place),
            format=decoder,
            content_type=content_type,
            size=tree.size(picture),
            exif=block,
            removed=frozenset(
                _removed_kinds(tree, top, picture) - ({"location"} if place else set())
            ),
        )
    except (ValueError, KeyError, IndexError) as error:
        raise UnreadableImage(OTHER) from error


def _codec(tree: ItemGraph, picture: frozenset[int]) -> tuple[str, str]:
    """The decoder and the content type. Raises KeyError for a picture in no codec, or in one we can't open."""
    (codec,) = {
        _CODECS[kind] for kind in {tree.items[number].kind for number in picture} - _DERIVED
    }
    return codec


def _place(tree: ItemGraph, block: Image.Exif) -> dict[int, bytes]:
    """The Exif item with nothing but the place, by its number; empty where there is no place or no room."""
    fresh = b"\0\0\0\0" + exif.build_minimal(1, block) if block.get_ifd(exif.GPS_IFD) else b""
    for number in tree.items_of_type(b"Exif") if fresh else ():
        ranges = tree.ranges(number)
        if len(ranges) == 1 and len(fresh) <= ranges[0][1] - ranges[0][0]:
            return {number: fresh.ljust(ranges[0][1] - ranges[0][0], b"\0")}
    return {}


def _body(
    tree: ItemGraph, top: list[Box], picture: frozenset[int], place: dict[int, bytes]
) -> bytes:
    kept = picture | place.keys()
    body = bytearray(tree.data)
    _zero_removed_items(body, tree, top, sorted(chain.from_iterable(map(tree.ranges, kept))))
    for number, fresh in place.items():
        ((start, end),) = tree.ranges(number)
        body[start:end] = fresh
    for box in top:
        if box.name == b"meta":
            body[box.start : box.end] = rebuild_meta_box(tree, box, bytes(body), kept)
        elif box.name == b"ftyp":
            for at in (box.body, *range(box.body + 8, box.end - 3, 4)):
                body[at : at + 4] = _BRANDS.get(bytes(body[at : at + 4]), body[at : at + 4])
    return bytes(body[: max(box.end for box in top if box.name in (b"ftyp", b"meta", b"mdat"))])


def _zero_removed_items(
    body: bytearray, tree: ItemGraph, top: list[Box], ranges: list[tuple[int, int]]
) -> None:
    """Make zeros of all that is neither structure nor in `ranges`. Raises ValueError for a range in no data box."""
    holders = [box for box in (*top, *tree.children) if box.name in (b"mdat", b"idat")]
    if not all(
        any(box.body <= start and end <= box.end for box in holders) for start, end in ranges
    ):
        raise ValueError("a picture outside of the boxes for data")
    for box in holders:
        at = box.body
        for start, end in [*ranges, (box.end, box.end)]:
            if at < start <= box.end:
                body[at:start] = bytes(start - at)
            at = max(at, min(end, box.end)) if start >= box.body else at
    for box in top:
        if box.name not in (b"ftyp", b"meta", b"mdat"):
            body[box.start + 4 : box.start + 8] = b"free"
            body[box.body : box.end] = bytes(box.end - box.body)


def _removed_kinds(tree: ItemGraph, top: list[Box], picture: frozenset[int]) -> set[str]:
    found: set[str] = set()
    for number, item in tree.items.items():
        if item.kind == b"Exif":
            found |= private_data.kinds_in_exif(exif.read_exif(tree.exif(number)))
        elif number not in picture:
            found |= private_data.kinds_in_bytes(
                tree.bytes_of(number) if item.kind in (b"mime", b"uri ") else b""
            )
    for box in top:
        if box.name not in (b"ftyp", b"meta", b"mdat", b"free", b"skip"):
            found |= private_data.kinds_in_bytes(tree.data[box.body : box.end])
    if any(reference.kind == b"thmb" for reference in tree.references):
        found.add("thumbnail")
    return found
