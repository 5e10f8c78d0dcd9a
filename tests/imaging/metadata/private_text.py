"""Append a private text to each part of a file that the metadata removers keep."""

import struct
import zlib
from collections.abc import Iterator

from app.imaging.metadata.heif_items import parse_item_graph
from app.imaging.metadata.isobmff import Box, build_box, parse_boxes
from tests.imaging.metadata.heif_files import rearrange
from tests.imaging.sample_files import jpeg_segment, png_chunk, webp_chunk

TEXT = b"GPSLatitude 52.52, owner Jane Doe, serial 0042"
Variant = tuple[str, bytes]  # the part, and the file whose part ends with TEXT

_PARENTS = (b"meta", b"iprp", b"ipco", b"iinf", b"iref")
_ROOM = 400  # bytes of the `free` box that becomes shorter where `ftyp` becomes longer


def jpeg_variants(data: bytes) -> Iterator[Variant]:
    """Yield a JPEG with the text after each segment's fields, and with unusual segments."""
    position = 2
    while data[position + 1] != 0xD9:
        marker = data[position + 1]
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4])
        longer = jpeg_segment(marker, data[position + 4 : end] + TEXT)
        yield f"segment {marker:X}", data[:position] + longer + data[end:]
        if marker == 0xDA:
            return
        position = end


def jpeg_scan_variants(data: bytes) -> Iterator[Variant]:
    """Yield a JPEG with segments that may follow its scan, and with skipped bytes in it."""
    for marker in (0xDC, 0xDD, 0xCC, 0xC4, 0xDB):
        yield f"{marker:X} after the scan", data[:-2] + jpeg_segment(marker, TEXT) + data[-2:]
    yield "after a reserved marker", data[:-2] + b"\xff\x01" + TEXT + data[-2:]
    middle = data.index(b"\xff\xd1")
    yield "before a restart marker", data[:middle] + b"\xff\x02" + TEXT + data[middle:]


def png_variants(data: bytes) -> Iterator[Variant]:
    """Yield a PNG with the text after each chunk's fields."""
    position = 8
    while position < len(data):
        length, name = struct.unpack_from(">I4s", data, position)
        body = data[position + 8 : position + 8 + length]
        end = position + 12 + length
        if name != b"fdAT":  # its end is that of coded data
            yield f"chunk {name!r}", data[:position] + png_chunk(name, body + TEXT) + data[end:]
        if name == b"IDAT":
            stored = zlib.compress(zlib.decompress(body) + TEXT, 0)
            yield "after the pixels", data[:position] + png_chunk(name, stored) + data[end:]
        position = end


def gif_variants(data: bytes) -> Iterator[Variant]:
    """Yield a GIF with the text in and after the sub-blocks of its extensions."""
    sub_block = bytes((len(TEXT),)) + TEXT
    for label, fields in ((b"\xf9", 4), (b"\xff", 11)):
        start = data.index(b"!" + label + bytes((fields,)))
        fields_end = start + 3 + fields
        end = data.index(b"\0", fields_end + 2)
        yield f"{label!r} sub-block", data[:end] + sub_block + data[end:]
        longer = data[start + 3 : fields_end] + TEXT
        longer_block = data[start : start + 2] + bytes((len(longer),)) + longer
        yield f"{label!r} fields", data[:start] + longer_block + data[fields_end:]


def webp_variants(data: bytes, path: str = "") -> Iterator[Variant]:
    """Yield a WebP with the text after each chunk's fields, and with a second bitstream."""
    for name, chunks in _webp_variants(data[12:]):
        body = b"WEBP" + chunks
        yield path + name, b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_variants(chunks: bytes) -> Iterator[Variant]:
    coded = (b"VP8 ", b"VP8L", b"ALPH")
    position = 0
    while position < len(chunks):
        name, length = struct.unpack_from("<4sI", chunks, position)
        body = chunks[position + 8 : position + 8 + length]
        end = position + 8 + length + length % 2
        before, after = chunks[:position], chunks[end:]
        chunk = chunks[position:end]
        if name in coded:  # its end is that of coded data
            yield f"second {name!r}", before + chunk + webp_chunk(name, TEXT) + after
        else:
            yield f"chunk {name!r}", before + webp_chunk(name, body + TEXT) + after
        if name == b"ANMF":
            for inner, changed in _webp_variants(body[16:]):
                yield f"{name!r} {inner}", before + webp_chunk(name, body[:16] + changed) + after
        yield f"unused ANIM after {name!r}", before + chunk + webp_chunk(b"ANIM", TEXT) + after
        position = end


def heif_variants(data: bytes) -> Iterator[Variant]:
    """Yield a HEIC or AVIF with the text after the fields of each box and of each item's data."""
    graph = parse_item_graph(data, _find_box(data, b"meta"))
    containers = dict.fromkeys(sorted(graph.locations), "mdat")
    data = rearrange(data, ("free", "mdat", "meta"), containers, bytes(_ROOM))
    meta = _find_box(data, b"meta")
    for path in _paths(data, [meta]):
        yield " ".join(box.type.decode() for box in path), _with_longer_box(data, path)
    ftyp, free = _find_box(data, b"ftyp"), _find_box(data, b"free")
    longer = data[ftyp.content : ftyp.end] + TEXT
    shorter = build_box(b"free", bytes(free.end - free.content - len(TEXT)))
    yield "ftyp", build_box(b"ftyp", longer) + shorter + data[free.end :]


def _paths(data: bytes, path: list[Box]) -> Iterator[list[Box]]:
    """Yield the boxes from `meta` to each box inside it."""
    box = path[-1]
    if box.type not in _PARENTS:
        yield path
        return
    headers = {b"meta": 4, b"iinf": 6, b"iref": 4}
    for child in parse_boxes(data, box.content + headers.get(box.type, 0), box.end):
        yield from _paths(data, [*path, child])


def _with_longer_box(data: bytes, path: list[Box]) -> bytes:
    """Return the file, which ends with `meta`, with the text at the end of the last box."""
    changed = bytearray(data)
    for box in path:
        size = box.end - box.start + len(TEXT)
        changed[box.start : box.start + 4] = size.to_bytes(4)
    end = path[-1].end
    return bytes(changed[:end]) + TEXT + bytes(changed[end:])


def _find_box(data: bytes, box_type: bytes) -> Box:
    (box,) = (box for box in parse_boxes(data, 0, len(data)) if box.type == box_type)
    return box
