"""Find private metadata in published objects, and remove it.

An object is clean if removing its metadata again changes nothing. As a second opinion on the
metadata removers, the scan also searches the whole object for EXIF and XMP and asks Pillow.
"""

import warnings
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image

from app.domain.errors import UnreadableImage
from app.imaging.decoder_errors import translate_decoder_errors
from app.imaging.metadata import exif, private_data, remove_metadata, tiff
from app.imaging.metadata.iptc.kept import DEFAULT_RULES, KeepRules, KeptMetadata
from app.imaging.metadata.result import CleanFile

_XMP_PROPERTIES = {
    "location": (b"GPSLatitude", b"GPSLongitude", b"LocationShown", b"LocationCreated"),
    "serial": (b"SerialNumber", b"Serial Number"),
}
_SERIAL_TAGS = (
    ExifTags.Base.BodySerialNumber,
    ExifTags.Base.LensSerialNumber,
    ExifTags.Base.CameraSerialNumber,
)


def find_private_metadata(body: bytes, rules: KeepRules = DEFAULT_RULES) -> set[str]:
    """Return the kinds of private metadata in an object, as in `private_data`.

    Metadata that the site keeps does not count: the location, if it is kept, and the credit exactly
    as Shoebox writes it. The result contains "unreadable" if the object cannot be parsed. Such an
    object may hold any data.
    """
    others = body
    try:
        cleaned = remove_metadata(body, rules)
    except UnreadableImage:
        found = {"unreadable"}
    else:
        found = _find_removable(body, cleaned)
        others = _without_kept(body, cleaned.kept)
    found |= _find_in_xmp(others) | _find_in_exif_blocks(body) | _find_with_pillow(body)
    return found - {"location"} if rules.location else found


def clean_object(body: bytes, rules: KeepRules = DEFAULT_RULES) -> bytes:
    """Return the image file without private metadata. Raises UnreadableImage."""
    cleaned = remove_metadata(body, rules)
    if cleaned.format != "TIFF":
        return cleaned.body
    with translate_decoder_errors(), Image.open(BytesIO(body), formats=["TIFF"]) as image:
        image.load()
        return tiff.reencode(image, cleaned.kept)


def _find_removable(body: bytes, cleaned: CleanFile) -> set[str]:
    """Return the kinds of metadata that the removers would still remove."""
    if cleaned.format == "TIFF":  # its original was written from the pixels
        return set(cleaned.removed_metadata)
    return set(cleaned.removed_metadata) or {"metadata"} if cleaned.body != body else set()


def _without_kept(body: bytes, kept: KeptMetadata) -> bytes:
    """Return the object without the credit, which may be the name of a property."""
    for part in filter(None, (kept.exif, kept.xmp)):
        body = body.replace(part, b"")
    return body


def _find_in_xmp(body: bytes) -> set[str]:
    found = set()
    for kind, properties in _XMP_PROPERTIES.items():
        if any(name in body for name in properties):
            found.add(kind)
    return found


def _find_in_exif_blocks(body: bytes) -> set[str]:
    found: set[str] = set()
    for block in private_data.find_exif_blocks(body):
        found |= private_data.kinds_in_exif(exif.read_exif(block))
    return found & {"location", "serial"}


def _find_with_pillow(body: bytes) -> set[str]:
    fields, gps = _read_with_pillow(body)
    found = set()
    if gps.keys() - {ExifTags.GPS.GPSVersionID}:
        found.add("location")
    if any(fields.get(tag) for tag in _SERIAL_TAGS):
        found.add("serial")
    return found


def _read_with_pillow(body: bytes) -> tuple[Mapping[int, Any], Mapping[int, Any]]:
    """Return the fields of the 0th and the Exif IFD together, and those of the GPS IFD."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(body)) as image:
            block = image.getexif()
            return {**block, **block.get_ifd(exif.EXIF_IFD)}, block.get_ifd(exif.GPS_IFD)
    except Exception:  # noqa: BLE001 - Pillow raises many types for damaged files
        return {}, {}
