"""Imaging: one file in, a verified and cleaned original and its renditions out.

The file is cleaned before it is decoded, so that the one decode proves that what we publish opens.
"""

import hashlib
import mmap
import os
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from app.domain import object_keys
from app.domain.errors import FileTooLarge
from app.domain.messages import sentence
from app.domain.processed_image import PreparedImage, Rendition
from app.domain.rendition_sizes import ladder
from app.imaging import camera_info, color, decode, renditions
from app.imaging.metadata import clean, tiff
from app.imaging.metadata.result import Data

_TOO_LARGE = sentence("This file has %(size)s MB; at most %(most)s MB are possible.")
_REMOVABLE = ("location", "serial", "owner", "thumbnail", "metadata")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one upload may cost, and whether it may say where it was taken."""

    max_bytes: int
    max_pixels: int
    keep_location: bool = False


def admit(file: BinaryIO, limits: Limits) -> None:
    """Raise FileTooLarge for more bytes than one upload may have, before any of them is read."""
    size = file.seek(0, os.SEEK_END)
    if size > limits.max_bytes:
        raise FileTooLarge(_TOO_LARGE.of(size=_megabytes(size), most=_megabytes(limits.max_bytes)))
    file.seek(0)


def prepare(file: BinaryIO, limits: Limits) -> PreparedImage:
    """Verify, clean and scale one uploaded file (seekable, at position 0).

    Raises FileTooLarge, ImageTooLarge and UnreadableImage, whatever the file holds.
    """
    admit(file, limits)
    data = _contents(file)
    with decode.guarded():
        cleaned = clean(data, keep_location=limits.keep_location)
        image = decode.opened(cleaned, limits.max_pixels)
        orientation = decode.orientation(image, cleaned)
        width, height = renditions.turned(image.size, orientation)
        sizes = ladder(width, height, full=cleaned.content_type not in object_keys.SHOWN_BY_BROWSERS)
        decode.load(image, cleaned)
        original = tiff.rewritten(image) if cleaned.format == "TIFF" else cleaned.body
        resized, placeholder = _scaled(image, orientation, sizes)
    return PreparedImage(
        original=original,
        content_type=cleaned.content_type,
        width=width,
        height=height,
        sha256=hashlib.sha256(data).hexdigest(),
        placeholder=placeholder,
        renditions=resized,
        camera=camera_info.camera(cleaned.exif),
        taken_at=camera_info.taken_at(cleaned.exif),
        removed=tuple(name for name in _REMOVABLE if name in cleaned.removed),
    )


def _contents(file: BinaryIO) -> Data:
    """All of it, where it lies if it is a file of the system: neither read nor copied."""
    try:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # in memory, or empty
        return file.read()


def _megabytes(size: int) -> float:
    return float(f"{size / 1e6:.3g}")


def _scaled(
    image: Image.Image, orientation: int, sizes: tuple[tuple[int, int], ...]
) -> tuple[tuple[Rendition, ...], str]:
    """The renditions, each from the next larger one, smallest first; and the dominant colour."""
    embedded = image.info.get("icc_profile")
    image = renditions.shrunk(color.resizable(image), renditions.turned(sizes[-1], orientation))
    image, profile = color.displayable(image, embedded)
    image = renditions.upright(image, orientation)
    # All are kept in a list and freed from its end on: Pillow reuses first what was freed last, so the next photo finds
    # memory in its sizes.
    images = [image]
    for size in reversed(sizes):
        images.append(renditions.shrunk(images[-1], size))
    resized = tuple(Rendition(*each.size, renditions.jpeg(each, profile)) for each in images[:0:-1])
    return resized, color.dominant(images[-1], profile)
