"""What private data was in the parts of a file that are taken out: it names, it never keeps."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import Image

from app.imaging.metadata import exif

# By directory: of EXIF 3.0, and of DNG and Windows, that cameras and editors write.
_EXIF_TAGS: dict[str, dict[str, tuple[int, ...]]] = {
    "serial": {"image": (0xC62F,), "photo": (0xA431, 0xA435)},
    "owner": {"image": (0x013B, 0x8298, 0x9C9D), "photo": (0xA430, 0xA437, 0xA438)},
}
_FILM_PLACES = (b"location.ISO6709", b"\xa9xyz")
_WORDS = {  # of XMP, of Photoshop's resources and of a motion photo's film, as they stand there
    "location": (
        b"GPSLatitude",
        b"GPSLongitude",
        b"LocationShown",
        b"LocationCreated",
        b"photoshop:City",
        *_FILM_PLACES,
    ),
    "serial": (b"SerialNumber", b"Serial Number"),
    "owner": (
        b"dc:creator",
        b"dc:rights",
        b"OwnerName",
        b"photoshop:Credit",
        b"tiff:Artist",
        b"tiff:Copyright",
    ),
    "thumbnail": (b"xmpGImg:image", b"8BIM\x04\x09", b"8BIM\x04\x0c"),
}
_IPTC = {  # IIM application record: city, sublocation, state, country; by-line, credit, copyright, contact
    "location": re.compile(rb"\x1c\x02[\x5a\x5c\x5f\x64\x65]"),
    "owner": re.compile(rb"\x1c\x02[\x50\x6e\x74\x76]"),
}
_MAX_BLOCKS = 16  # EXIF blocks looked for in one part


def kinds_in_exif(block: Image.Exif) -> set[str]:
    """Which of "location", "serial", "owner", "thumbnail" and "metadata" an EXIF block holds."""
    found = {"metadata"} if set(block) - {exif.ORIENTATION} else set()
    found |= (
        {"location"} if block.get_ifd(exif.GPS_IFD).keys() - {0} else set()
    )  # 0 is the version of the directory itself
    found |= {"thumbnail"} if block.get_ifd(exif.THUMBNAIL_IFD) else set()
    directories = {"image": block, "photo": block.get_ifd(exif.EXIF_IFD)}
    for name, tags in _EXIF_TAGS.items():
        if any(_has_value(directories[directory], tags[directory]) for directory in tags):
            found.add(name)
    return found


def kinds_in_bytes(part: bytes) -> set[str]:
    """The same of any other part: XMP, IPTC, a comment, a maker note, a second picture with EXIF of its own."""
    found = {"metadata"}
    found |= {name for name, words in _WORDS.items() if any(word in part for word in words)}
    found |= {name for name, sets in _IPTC.items() if sets.search(part)}
    for block in exif_blocks(part):
        found |= kinds_in_exif(exif.read_exif(block))
    return found


def _has_value(directory: Mapping[int, Any], tags: tuple[int, ...]) -> bool:
    return any(not _is_blank(directory[tag]) for tag in tags if tag in directory)


def _is_blank(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip("\0 ")
    return isinstance(value, bytes) and not value.strip(b"\0 ")


def exif_blocks(part: bytes) -> Iterator[bytes]:
    """What may be EXIF blocks in `part`: the first of them, each from its marker on."""
    at = -1
    for _ in range(_MAX_BLOCKS):
        at = part.find(exif.MARKER, at + 1)
        if at < 0:
            return
        yield part[at : at + 65_536]
