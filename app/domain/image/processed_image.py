"""The result of processing one uploaded file, in plain values without an image library."""

import os
import zlib
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

from app.domain.image.camera_info import CameraInfo
from app.domain.image.captions import Captions
from app.domain.image.credit import Credit
from app.domain.image.rendition_sizes import AVIF, JPEG
from app.domain.image.taken_date import TakenDate

# The body of an object. A file is read from its start. Originals are files, so that photos that
# wait for slow storage do not fill the memory.
Body = bytes | IO[bytes]

# The kinds of private metadata that are removed from files.
REMOVABLE = ("location", "serial", "owner", "thumbnail", "metadata")

_CRC_BLOCK = 2**20  # bytes that are read at a time


@dataclass(frozen=True, slots=True)
class Rendition:
    """One resized image, upright and without metadata; sizes in pixels."""

    width: int
    height: int
    body: bytes
    content_type: str = JPEG


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """The parts of an uploaded file that its photo lacks."""

    pages: int = 0  # of a TIFF, after the photo
    animation: bool = False  # the other images of a HEIC or AVIF sequence
    panorama: bool = False  # the data with which viewers show a 360° view


NOTHING = LeftOut()


class Readable(Protocol):
    """A file, or a body that comes over the network."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessedImage:
    """One uploaded file, checked, cleaned and resized; sizes in pixels, upright."""

    original: Body  # as published: without location, serial number and a bare owner's name
    content_type: str  # one of object_keys.CONTENT_TYPES, from the file's contents
    width: int
    height: int
    rotation: int = 0  # see Photo
    sha256: str  # of the file as uploaded, hexadecimal
    placeholder: str  # the dominant color, as #rrggbb
    colors: str  # of 4 columns and 3 rows, row by row, as rgb in hexadecimal digits
    renditions: tuple[Rendition, ...]  # in the sizes of rendition_sizes, smallest first
    camera: CameraInfo
    taken: TakenDate | None  # the camera's local time; aware only if the camera has an offset
    removed_metadata: tuple[str, ...]  # of REMOVABLE
    credit: Credit | None = None
    credit_in_files: bool = False  # whether the original and the large renditions state it
    captions: Captions = field(default_factory=Captions)
    left_out: LeftOut = NOTHING
    animated: bool = False  # whether browsers show the original as an animation

    @property
    def photo_fields(self) -> dict[str, Any]:
        """The fields of a photo that describe its images."""
        return {
            "width": self.width,
            "height": self.height,
            "rotation": self.rotation,
            "bytes": size_of(self.original),
            "crc32": crc32_of(self.original),
            "widths": self.widths_of(JPEG),
            "avif_widths": self.widths_of(AVIF),
            "placeholder": self.placeholder,
            "colors": self.colors,
            "animated": self.animated,
        }

    def widths_of(self, content_type: str) -> tuple[int, ...]:
        """Return the widths of the renditions of one content type, smallest first."""
        return tuple(each.width for each in self.renditions if each.content_type == content_type)

    def close(self) -> None:
        """Close the file of the original, if it is a file."""
        if not isinstance(self.original, bytes):
            self.original.close()


def size_of(body: Body) -> int:
    """Return the size of a body in bytes, and leave a file at its start."""
    if isinstance(body, bytes):
        return len(body)
    size = body.seek(0, os.SEEK_END)
    body.seek(0)
    return size


def crc32_of(body: Body) -> int:
    """Return the CRC-32 of a body, as a ZIP file states it, and leave a file at its start."""
    if isinstance(body, bytes):
        return zlib.crc32(body)
    body.seek(0)
    _size, checksum = measure(body)
    body.seek(0)
    return checksum


def measure(file: Readable) -> tuple[int, int]:
    """Read a file to its end. Return the number of bytes that were read, and their CRC-32."""
    size = checksum = 0
    while block := file.read(_CRC_BLOCK):
        size += len(block)
        checksum = zlib.crc32(block, checksum)
    return size, checksum
