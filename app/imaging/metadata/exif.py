"""Read EXIF with Pillow, and write the few fields that stay in a published file."""

import math
import struct
import warnings
from collections.abc import Mapping
from numbers import Real
from types import MappingProxyType
from typing import Any

from PIL import ExifTags, Image

ORIENTATION = ExifTags.Base.Orientation
EXIF_IFD = ExifTags.IFD.Exif
GPS_IFD = ExifTags.IFD.GPSInfo
THUMBNAIL_IFD = ExifTags.IFD.IFD1
MARKER = b"Exif\0\0"  # precedes the TIFF header in a JPEG, and sometimes in a PNG or WebP

# The orientation after a clockwise quarter turn.
_TURNED = {1: 6, 6: 3, 3: 8, 8: 1, 2: 7, 7: 4, 4: 5, 5: 2}
_NESTED_IFDS = (EXIF_IFD, GPS_IFD, THUMBNAIL_IFD)
_ASCII_TYPE, _UTF8_TYPE = 2, 129  # EXIF 3.0, section 4.6.2
_MAX_BLOCK = 1 << 20  # bytes
_MAX_DIRECTORIES = 3  # the 0th, the Exif and the GPS IFD
_MAX_VALUE = 4096  # bytes, characters or numbers; longer values are maker notes and images
# Pillow raises these for damaged EXIF and for values that it cannot write.
_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)


def read_exif(data: bytes) -> Image.Exif:
    """Return the fields of an EXIF block.

    The block is a TIFF header and its directories, with or without the marker. Damaged
    directories and values are left out, so that this function, and `get` and `get_ifd` of the
    result, never raise an error.
    """
    source = Image.Exif()
    exif = Image.Exif()
    nested = {tag: exif.get_ifd(tag) for tag in _NESTED_IFDS}
    with warnings.catch_warnings(action="ignore"):
        try:
            source.load(_retype_utf8(data))
        except _ERRORS:
            return exif
        for tag in source:
            _copy_value(source, tag, exif)
        for tag, directory in nested.items():
            directory.update(_read_directory(source, tag))
    if nested[THUMBNAIL_IFD] == dict(exif):
        # Pillow returns the first directory again where the offset of the next one is cut off.
        nested[THUMBNAIL_IFD].clear()
    return exif


def read_values(data: bytes, tags: tuple[int, ...]) -> bytes:
    """Return the byte strings of `tags` in the 0th directory, joined and not shortened."""
    source = Image.Exif()
    values: list[bytes] = []
    with warnings.catch_warnings(action="ignore"):
        try:
            source.load(data)
            values = [source[tag] for tag in tags if isinstance(source.get(tag), bytes)]
        except _ERRORS:
            pass
    return b"".join(values)


def read_orientation(exif: Image.Exif) -> int:
    """Return the orientation, 1 to 8; 1 if it is missing or invalid."""
    value = as_number(exif.get(ORIENTATION))
    return int(value) if value is not None and value in range(1, 9) else 1


def turned(orientation: int, quarter_turns: int) -> int:
    """Return the orientation, 1 to 8, after further clockwise quarter turns."""
    for _ in range(quarter_turns):
        orientation = _TURNED[orientation]
    return orientation


def build_minimal(
    orientation: int,
    located: Image.Exif | None = None,
    texts: Mapping[int, bytes] = MappingProxyType({}),
) -> bytes:
    """Return a TIFF block with a few fields and nothing else.

    Args:
        orientation: The orientation, which is not written if it is 1.
        located: The EXIF whose GPS directory stays.
        texts: Texts of the 0th directory, by their tags.

    Returns:
        The block, which is empty if there is nothing to write.
    """
    location = located.get_ifd(GPS_IFD) if located else {}
    try:
        return _build(orientation, location, texts)
    except _ERRORS:
        return _build(orientation, {}, texts)


def as_text(value: object, length: int) -> str | None:
    """Return printable text up to the first NUL, of at most `length` characters; None if empty."""
    # Pillow decodes EXIF text as Latin-1, but many cameras and programs write UTF-8.
    raw = value.encode("latin-1", "replace") if isinstance(value, str) else value
    if not isinstance(raw, bytes):
        return None
    text = raw.split(b"\0")[0].decode("utf-8", "replace").replace("\ufffd", " ")
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:length].strip() or None


def as_number(value: object) -> float | None:
    """Return the first number of a value; None for text and for a number that is not finite."""
    first = value[0] if isinstance(value, tuple) and value else value
    if not isinstance(first, Real):
        return None
    number = float(first)
    return number if math.isfinite(number) else None


def _retype_utf8(data: bytes) -> bytes:
    """Return the block with ASCII as the type of its UTF-8 fields (EXIF 3.0, section 4.6.2).

    Pillow skips fields of the type UTF-8, which have the same layout; `as_text` decodes both.
    """
    if len(data) > _MAX_BLOCK:  # a TIFF file, which is no EXIF block
        return data
    block = bytearray(data)
    header = len(MARKER) if data.startswith(MARKER) else 0
    order = "<" if data[header : header + 2] == b"II" else ">"
    try:
        offsets = list(struct.unpack_from(f"{order}I", block, header + 4))
        for _ in range(_MAX_DIRECTORIES):
            if offsets:
                nested = _retype_directory(block, header + offsets.pop(), order)
                offsets += nested
    except struct.error:  # the block is cut off
        pass
    return bytes(block)


def _retype_directory(block: bytearray, start: int, order: str) -> list[int]:
    """Change the types in the directory at `start`; return the offsets of its directories."""
    nested: list[int] = []
    (count,) = struct.unpack_from(f"{order}H", block, start)
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        tag, field_type = struct.unpack_from(f"{order}HH", block, entry)
        if field_type == _UTF8_TYPE:
            struct.pack_into(f"{order}H", block, entry + 2, _ASCII_TYPE)
        elif tag in (EXIF_IFD, GPS_IFD):
            nested += struct.unpack_from(f"{order}I", block, entry + 8)
    return nested


def _copy_value(source: Image.Exif, tag: int, target: Image.Exif) -> None:
    try:
        target[tag] = _shorten(source[tag])
    except _ERRORS:
        return


def _read_directory(exif: Image.Exif, tag: int) -> dict[int, Any]:
    try:
        return {field: _shorten(value) for field, value in exif.get_ifd(tag).items()}
    except _ERRORS:
        return {}


def _shorten(value: Any) -> Any:
    return value[:_MAX_VALUE] if isinstance(value, bytes | str | tuple) else value


def _build(orientation: int, location: dict[int, Any], texts: Mapping[int, bytes]) -> bytes:
    exif = Image.Exif()
    if orientation != 1:
        exif[ORIENTATION] = orientation
    for tag, text in texts.items():
        exif[tag] = text
    if location:
        exif.get_ifd(GPS_IFD).update(location)
    elif not exif:
        return b""
    with warnings.catch_warnings(action="ignore"):
        return exif.tobytes().removeprefix(MARKER)
