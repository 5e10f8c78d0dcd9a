"""Detect the kinds of private data in the removed parts of a file.

The kinds are "location", "serial", "owner", "thumbnail", "metadata" and "credit": names and
rights, which may stay as the credit of the photo.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import ExifTags, Image

from app.imaging.metadata import exif

CREDIT = "credit"

# Tags of the 0th IFD and of the Exif IFD, as in Exif 3.0 and DNG 1.7, and
# Microsoft's XPAuthor.
_IFD0_TAGS = {
    "serial": (ExifTags.Base.CameraSerialNumber,),
    "owner": (ExifTags.Base.XPAuthor,),
    CREDIT: (ExifTags.Base.Artist, ExifTags.Base.Copyright),
}
_EXIF_IFD_TAGS = {
    "serial": (ExifTags.Base.BodySerialNumber, ExifTags.Base.LensSerialNumber),
    "owner": (ExifTags.Base.CameraOwnerName, 0xA437, 0xA438),  # Photographer, ImageEditor
}
# Without coordinates or a place, the other fields tell no location: the time, the satellites.
_GPS_IFD_TAGS = {
    "location": (
        ExifTags.GPS.GPSLatitude,
        ExifTags.GPS.GPSLongitude,
        ExifTags.GPS.GPSDestLatitude,
        ExifTags.GPS.GPSDestLongitude,
        ExifTags.GPS.GPSAreaInformation,
    )
}
# Byte strings in XMP packets, in Photoshop image resources (8BIM) and in QuickTime metadata of
# motion photos (location.ISO6709, ©xyz).
_SIGNATURES = {
    "location": (
        b"GPSLatitude",
        b"GPSLongitude",
        b"LocationShown",
        b"LocationCreated",
        b"photoshop:City",
        b"location.ISO6709",
        b"\xa9xyz",
    ),
    "serial": (b"SerialNumber", b"Serial Number"),
    "owner": (b"OwnerName",),
    CREDIT: (
        b"dc:creator",
        b"dc:rights",
        b"photoshop:Credit",
        b"tiff:Artist",
        b"tiff:Copyright",
    ),
    "thumbnail": (b"xmpGImg:image", b"8BIM\x04\x09", b"8BIM\x04\x0c"),
}
# Datasets of the IPTC IIM application record 2: city, sublocation, state, country code and name;
# contact; by-line, credit, copyright notice.
_IPTC_DATASETS = {
    "location": re.compile(rb"\x1c\x02[\x5a\x5c\x5f\x64\x65]"),
    "owner": re.compile(rb"\x1c\x02\x76"),
    CREDIT: re.compile(rb"\x1c\x02[\x50\x6e\x74]"),
}
_MAX_EXIF_BLOCKS = 16  # searched in one part of a file
_MAX_EXIF_LENGTH = 65_536  # bytes; a JPEG segment has no more


def kinds_in_exif(block: Image.Exif) -> set[str]:
    """Return the kinds of private data in an EXIF block."""
    found = set()
    if set(block) - {exif.ORIENTATION}:
        found.add("metadata")
    if block.get_ifd(exif.THUMBNAIL_IFD):
        found.add("thumbnail")
    return (
        found
        | _kinds_in_tags(block, _IFD0_TAGS)
        | _kinds_in_tags(block.get_ifd(exif.EXIF_IFD), _EXIF_IFD_TAGS)
        | _kinds_in_tags(block.get_ifd(exif.GPS_IFD), _GPS_IFD_TAGS)
    )


def kinds_in_bytes(part: bytes) -> set[str]:
    """Return the kinds of private data in another part: XMP, IPTC, a comment or a second image."""
    found = {"metadata"}
    for kind, signatures in _SIGNATURES.items():
        if any(signature in part for signature in signatures):
            found.add(kind)
    for kind, datasets in _IPTC_DATASETS.items():
        if datasets.search(part):
            found.add(kind)
    for block in find_exif_blocks(part):
        found |= kinds_in_exif(exif.read_exif(block))
    return found


def kinds_in_trailer(trailer: bytes) -> set[str]:
    """Return the kinds of private data after the end of an image; NUL bytes are padding."""
    return kinds_in_bytes(trailer) if trailer.strip(b"\0") else set()


def find_exif_blocks(part: bytes) -> Iterator[bytes]:
    """Yield the bytes after each EXIF marker in `part`, the marker included."""
    start = -1
    for _ in range(_MAX_EXIF_BLOCKS):
        start = part.find(exif.MARKER, start + 1)
        if start < 0:
            return
        yield part[start : start + _MAX_EXIF_LENGTH]


def _kinds_in_tags(directory: Mapping[int, Any], tags: Mapping[str, tuple[int, ...]]) -> set[str]:
    return {kind for kind in tags if _has_value(directory, tags[kind])}


def _has_value(directory: Mapping[int, Any], tags: tuple[int, ...]) -> bool:
    return any(not _is_blank(directory[tag]) for tag in tags if tag in directory)


def _is_blank(value: object) -> bool:
    """Return whether a field is empty: spaces, NUL bytes, or fractions without a value."""
    if isinstance(value, str):
        return not value.strip("\0 ")
    if isinstance(value, bytes):
        return not value.strip(b"\0 ")
    return isinstance(value, tuple) and all(exif.as_number(part) is None for part in value)
