"""Write ICC profiles again with only the data that determines colors (ICC.1:2022).

Profiles of displays hold serial numbers (mmod, dmdd), and those of programs hold names and texts.
"""

import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from PIL import Image

from app.domain.errors import UnreadableImage
from app.domain.messages import message

MAX_PROFILE = 4 << 20  # bytes; the largest profiles for print are under 3 MB

_TOO_LARGE = message(
    "This photo’s color profile is too large. Save it with a standard profile and try again."
)
_HEADER_LENGTH = 128  # section 7.2
_COUNT_LENGTH, _ENTRY_LENGTH = 4, 12  # of the tag table, section 7.3
_MAX_TAGS = 100
_SIGNATURE = b"acsp"
# The ranges of header bytes that stay: version, class, color space and PCS; the signature; the
# rendering intent and the illuminant. The rest names the program, the device and the date.
_KEPT_HEADER = ((8, 24), (36, 40), (64, 80))
_MATRIX_TAGS = (b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC")
# The tags that stay, and the types of each (section 9.2). Another type could hold a text.
_CURVES = (b"curv", b"para")
_COLOR_TAGS: Mapping[bytes, tuple[bytes, ...]] = {
    b"wtpt": (b"XYZ ",),
    b"chad": (b"sf32",),
    b"cicp": (b"cicp",),
    **dict.fromkeys((b"rXYZ", b"gXYZ", b"bXYZ"), (b"XYZ ",)),
    **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC", b"kTRC"), _CURVES),
    **dict.fromkeys((b"A2B0", b"A2B1", b"A2B2"), (b"mft1", b"mft2", b"mAB ")),
    **dict.fromkeys((b"B2A0", b"B2A1", b"B2A2"), (b"mft1", b"mft2", b"mBA ")),
}
_LENGTHS = {b"XYZ ": 20, b"sf32": 44, b"cicp": 12}  # bytes, of types with one length here
_TYPE_HEADER = 8  # bytes: the type and four that are reserved
_DESCRIPTION = b"RGB"  # readers expect a description, whatever it is
_PARAMETER_COUNTS = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}  # of parametricCurveType, section 10.18
# Of lutAToBType and lutBToAType, sections 10.12 and 10.13: the header, the matrix, and the bytes of
# a color lookup table before its values.
_LUT_HEADER, _LUT_MATRIX, _LUT_GRID = 32, 48, 20


@dataclass(frozen=True, slots=True)
class _Profile:
    header: bytes
    tags: dict[bytes, bytes]  # the data of each tag by its signature

    @property
    def color_space(self) -> bytes:
        return self.header[16:20]


def profile_of(image: Image.Image) -> bytes:
    """Return the profile that Pillow read from a file; empty if it is missing or not bytes."""
    profile = image.info.get("icc_profile")
    return profile if isinstance(profile, bytes) else b""


def clean_profile(data: bytes) -> bytes:
    """Return the profile without names, texts and serial numbers, never longer than `data`.

    The result is empty if no program can use the profile: it is damaged or lacks a required tag.

    Raises:
        UnreadableImage: The profile has more than MAX_PROFILE bytes.
    """
    if len(data) > MAX_PROFILE:
        raise UnreadableImage(_TOO_LARGE)
    try:
        profile = _parse(data)
    except (struct.error, ValueError):
        return b""
    trimmed = {
        name: _trim(profile.tags[name])
        for name, types in _COLOR_TAGS.items()
        if profile.tags.get(name, b"")[:4] in types
    }
    tags = {name: tag for name, tag in trimmed.items() if tag}
    if not _is_usable(profile.color_space, tags):
        return b""
    described = {b"desc": _build_description(profile.header[8])} | tags
    cleaned = _build(profile.header, described)
    return cleaned if len(cleaned) <= len(data) else _build(profile.header, tags)


def build_profile(tags: dict[bytes, bytes]) -> bytes:
    """Return an RGB profile of version 2 with these tags."""
    header = bytearray(_HEADER_LENGTH)
    header[8:24] = b"\x02\x20\0\0mntrRGB XYZ "
    header[36:40] = _SIGNATURE
    header[68:80] = struct.pack(">3I", 0xF6D6, 0x10000, 0xD32D)  # D50
    return _build(bytes(header), {b"desc": _build_description(2)} | tags)


def _parse(data: bytes) -> _Profile:
    header = data[:_HEADER_LENGTH]
    (count,) = struct.unpack_from(">I", data, _HEADER_LENGTH)
    if header[36:40] != _SIGNATURE or count > _MAX_TAGS:
        raise ValueError("no ICC profile")
    tags = {}
    for number in range(count):
        entry = _HEADER_LENGTH + _COUNT_LENGTH + number * _ENTRY_LENGTH
        name, offset, length = struct.unpack_from(">4sII", data, entry)
        if length < 8 or offset + length > len(data):
            raise ValueError("a tag outside of the profile")
        tags[name] = data[offset : offset + length]
    return _Profile(header, tags)


def _is_usable(color_space: bytes, tags: Mapping[bytes, bytes]) -> bool:
    """Return whether there are the tags that the color space requires (section 8)."""
    if b"A2B0" in tags:
        return True
    if color_space == b"GRAY":
        return b"kTRC" in tags
    return color_space == b"RGB " and all(tag in tags for tag in _MATRIX_TAGS)


def _trim(tag: bytes) -> bytes:
    """Return the fields of a tag without other bytes; empty if the tag is cut off."""
    try:
        fields = _find_fields(tag)
    except (IndexError, struct.error):
        return b""
    length = max(end for _start, end in fields)
    if length > len(tag):
        return b""
    trimmed = bytearray(length)
    trimmed[:4] = tag[:4]
    for start, end in fields:
        trimmed[start:end] = tag[start:end]
    return bytes(trimmed)


def _find_fields(tag: bytes) -> list[tuple[int, int]]:
    """Return the start and the end of the fields of a tag after its header."""
    match tag[:4]:
        case b"curv" | b"para":
            length = _curve_length(tag, 0)
        case b"mft1":  # lut8Type, section 10.11
            inputs, outputs, points = tag[8], tag[9], tag[10]
            length = 48 + 256 * inputs + points**inputs * outputs + 256 * outputs
        case b"mft2":  # lut16Type, section 10.10
            inputs, outputs, points = tag[8], tag[9], tag[10]
            input_entries, output_entries = struct.unpack_from(">HH", tag, 48)
            values = input_entries * inputs + points**inputs * outputs + output_entries * outputs
            length = 52 + 2 * values
        case b"mAB " | b"mBA ":
            return [(_TYPE_HEADER, _LUT_HEADER), *_find_lut_elements(tag)]
        case other:
            length = _LENGTHS[other]
    return [(_TYPE_HEADER, length)]


def _find_lut_elements(tag: bytes) -> list[tuple[int, int]]:
    """Return the start and the end of each element of a lutAToBType or lutBToAType."""
    inputs, outputs = tag[8], tag[9]
    b_curves, matrix, m_curves, table, a_curves = struct.unpack_from(">5I", tag, 12)
    is_a_to_b = tag[:4] == b"mAB "
    near_pcs, near_device = (outputs, inputs) if is_a_to_b else (inputs, outputs)
    elements = [
        *_find_curves(tag, b_curves, near_pcs),
        *_find_curves(tag, m_curves, near_pcs),
        *_find_curves(tag, a_curves, near_device),
    ]
    if matrix:
        elements.append((matrix, matrix + _LUT_MATRIX))
    if table:
        points = math.prod(tag[table : table + inputs])
        value_length = tag[table + 16]
        values = table + _LUT_GRID
        elements += [(table, table + inputs), (table + 16, table + 17)]
        elements.append((values, values + points * outputs * value_length))
    return elements


def _find_curves(tag: bytes, offset: int, count: int) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of `count` curves, each padded to four bytes; 0 for none."""
    for _ in range(count if offset else 0):
        end = offset + _curve_length(tag, offset)
        yield offset, end
        offset = end + -end % 4


def _curve_length(tag: bytes, offset: int) -> int:
    """Return the bytes of a curveType or parametricCurveType (sections 10.6, 10.18)."""
    if tag[offset : offset + 4] == b"para":
        (function,) = struct.unpack_from(">H", tag, offset + 8)
        return 12 + 4 * _PARAMETER_COUNTS.get(function, 0)
    (count,) = struct.unpack_from(">I", tag, offset + 8)
    return 12 + 2 * int(count)


def _build_description(major_version: int) -> bytes:
    """Return a textDescriptionType (version 2) or a multiLocalizedUnicodeType (section 10.15)."""
    if major_version < 4:
        text = _DESCRIPTION + b"\0"
        return b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)
    text = _DESCRIPTION.decode().encode("utf-16-be")
    record = struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(text), 28)
    return b"mluc" + bytes(4) + record + text


def _build(header: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Return a profile of these tags; equal data is stored once (section 7.3.1)."""
    offsets: dict[bytes, int] = {}
    body = b""
    body_start = _HEADER_LENGTH + _COUNT_LENGTH + len(tags) * _ENTRY_LENGTH
    for data in tags.values():
        if data not in offsets:
            offsets[data] = body_start + len(body)
            body += data + bytes(-len(data) % 4)
    entries = b"".join(
        struct.pack(">4sII", name, offsets[data], len(data)) for name, data in tags.items()
    )
    size = struct.pack(">I", body_start + len(body))
    count = struct.pack(">I", len(tags))
    return size + _clean_header(header)[4:] + count + entries + body


def _clean_header(header: bytes) -> bytes:
    cleaned = bytearray(_HEADER_LENGTH)
    for start, end in _KEPT_HEADER:
        cleaned[start:end] = header[start:end]
    return bytes(cleaned)
