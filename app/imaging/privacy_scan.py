"""Find private metadata in published objects.

The scan is a second opinion on the metadata removers: it searches the whole object for EXIF and
XMP and also asks Pillow, whatever the container format.
"""

import warnings
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image

from app.imaging.metadata import exif, private_data

_XMP_PROPERTIES = {
    "location": (b"GPSLatitude", b"GPSLongitude", b"LocationShown", b"LocationCreated"),
    "serial": (b"SerialNumber", b"Serial Number"),
}
_SERIAL_TAGS = (
    ExifTags.Base.BodySerialNumber,
    ExifTags.Base.LensSerialNumber,
    ExifTags.Base.CameraSerialNumber,
)


def find_private_metadata(body: bytes) -> set[str]:
    """Return which of "location" and "serial" an object holds.

    This function never raises an error: an object that does not open has no readable metadata.
    """
    return _find_in_xmp(body) | _find_in_exif_blocks(body) | _find_with_pillow(body)


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
