"""What a stranger reads out of a public object: found by other means than those that took it out."""

import warnings
from collections.abc import Iterator
from io import BytesIO

from PIL import Image

from app.imaging.metadata import exif, private_data

_WORDS = {  # of XMP, wherever it may stand in the file
    "location": (b"GPSLatitude", b"GPSLongitude", b"LocationShown", b"LocationCreated"),
    "serial": (b"SerialNumber", b"Serial Number"),
}
_GPS_VERSION = 0
_SERIALS = (0xA431, 0xA435, 0xC62F)


def find_private_metadata(body: bytes) -> set[str]:
    """Which of "location" and "serial" are in an object; never raises, for what can't be opened tells nothing."""
    found = {name for name, words in _WORDS.items() if any(word in body for word in words)}
    for block in private_data.exif_blocks(body):
        found |= private_data.kinds_in_exif(exif.read_exif(block)) & _WORDS.keys()
    return found.union(_read_by_pillow(body))


def _read_by_pillow(body: bytes) -> Iterator[str]:
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(body)) as image:
            facts = image.getexif()
            details = {**facts, **facts.get_ifd(exif.EXIF_IFD)}
            place = facts.get_ifd(exif.GPS_IFD)
    except Exception:  # noqa: BLE001  a stranger's reader fails in as many ways
        return
    if place.keys() - {_GPS_VERSION}:
        yield "location"
    if any(details.get(tag) for tag in _SERIALS):
        yield "serial"
