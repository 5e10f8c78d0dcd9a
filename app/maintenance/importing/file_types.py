"""Tell photos, videos and sidecars apart, by the names of files and by their first bytes."""

from enum import Enum, auto

_EXTENSIONS = {
    "PHOTO": "jpg jpeg jpe jfif png webp gif avif heic heif tif tiff",
    "VIDEO": "mp4 m4v mov qt mp avi mkv webm 3gp 3g2 mpg mpeg mts m2ts wmv flv ogv",
    "RAW": "dng cr2 cr3 crw nef nrw arw srf sr2 raf orf rw2 pef srw x3f raw rwl iiq 3fr erf kdc",
    "JSON": "json",
    "XMP": "xmp",
}
_JPEG, _PNG, _GIF, _RIFF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF"
_FILE_TYPE_BOX = b"ftyp"  # ISO/IEC 14496-12, section 4.3
_IMAGE_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
SIGNATURE_BYTES = 12


class FileType(Enum):
    """The type of a file, as far as its name tells."""

    PHOTO = auto()
    VIDEO = auto()
    RAW = auto()  # as cameras write them; their previews are no photos to publish
    JSON = auto()
    XMP = auto()
    UNKNOWN = auto()


_TYPES = {
    extension: FileType[name]
    for name, extensions in _EXTENSIONS.items()
    for extension in extensions.split()
}


def type_of(name: str) -> FileType:
    """Return the type of a file by the extension of its name."""
    return _TYPES.get(extension_of(name), FileType.UNKNOWN)


def extension_of(name: str) -> str:
    """Return the extension in lower case and without its dot; empty if there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def is_photo(start: bytes) -> bool:
    """Return whether a file that begins with these bytes is a photo.

    TIFF is left out, because many raw files begin in the same way.
    """
    if start.startswith((_JPEG, _PNG, _GIF)):
        return True
    if start.startswith(_RIFF):
        return start[8:12] == b"WEBP"
    return start[4:8] == _FILE_TYPE_BOX and start[8:12] in _IMAGE_BRANDS
