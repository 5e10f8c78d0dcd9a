"""What private data was in the parts of a file that are taken out: it names, it never keeps."""

import re
from collections.abc import Iterator

from app.imaging.metadata import exif
from app.imaging.metadata.exif import Exif

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


def kinds_in_exif(block: Exif) -> set[str]:
    """Which of "location", "serial", "owner", "thumbnail" and "metadata" an EXIF block holds."""
    found = {"metadata"} if set(block.image) - {exif.ORIENTATION} else set()
    found |= (
        {"location"} if block.gps.keys() - {0} else set()
    )  # 0 is the version of the directory itself
    found |= {"thumbnail"} if block.thumbnail else set()
    for name, directories in _EXIF_TAGS.items():
        if any(
            _has_value(getattr(block, directory), tags) for directory, tags in directories.items()
        ):
            found.add(name)
    return found


def kinds_in_bytes(part: bytes) -> set[str]:
    """The same of any other part: XMP, IPTC, a comment, a maker note, a second picture with EXIF of its own."""
    found = {"metadata"}
    found |= {name for name, words in _WORDS.items() if any(word in part for word in words)}
    found |= {name for name, sets in _IPTC.items() if sets.search(part)}
    for block in exif_blocks(part):
        found |= kinds_in_exif(exif.parse(block))
    return found


def _has_value(directory: exif.Directory, tags: tuple[int, ...]) -> bool:
    return any(
        tag in directory and (directory[tag].raw.strip(b"\0 ") or directory[tag].count > 4)
        for tag in tags
    )


def exif_blocks(part: bytes) -> Iterator[bytes]:
    """What may be EXIF blocks in `part`: the first of them, each from its marker on."""
    at = -1
    for _ in range(_MAX_BLOCKS):
        at = part.find(exif.MARKER, at + 1)
        if at < 0:
            return
        yield part[at : at + 65_536]
