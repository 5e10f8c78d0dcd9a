"""Read EXIF with Pillow, and write the few fields that stay in a published file."""

import math
import struct
import warnings
from numbers import Real
from typing import Any

from PIL import ExifTags, Image

ORIENTATION = ExifTags.Base.Orientation
EXIF_IFD = ExifTags.IFD.Exif
GPS_IFD = ExifTags.IFD.GPSInfo
THUMBNAIL_IFD = ExifTags.IFD.IFD1
MARKER = b"Exif\0\0"  # precedes the TIFF header in a JPEG, and sometimes in a PNG or WebP

_NESTED_IFDS = (EXIF_IFD, GPS_IFD, THUMBNAIL_IFD)
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
            source.load(data)
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


def read_orientation(exif: Image.Exif) -> int:
    """Return the orientation, 1 to 8; 1 if it is missing or invalid."""
    value = as_number(exif.get(ORIENTATION))
    return int(value) if value is not None and value in range(1, 9) else 1


def build_minimal(orientation: int, located: Image.Exif | None = None) -> bytes:
    """Return a TIFF block with the orientation and the GPS directory of `located` and nothing else.

    Orientation 1 needs no field. The result is empty if there is nothing to write.
    """
    location = located.get_ifd(GPS_IFD) if located else {}
    try:
        return _build(orientation, location)
    except _ERRORS:
        return _build(orientation, {})


def as_text(value: object, length: int) -> str | None:
    """Return text up to its first NUL, printable, at most `length` characters; None if empty."""
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


def _build(orientation: int, location: dict[int, Any]) -> bytes:
    exif = Image.Exif()
    if orientation != 1:
        exif[ORIENTATION] = orientation
    if location:
        exif.get_ifd(GPS_IFD).update(location)
    elif not exif:
        return b""
    with warnings.catch_warnings(action="ignore"):
        return exif.tobytes().removeprefix(MARKER)
