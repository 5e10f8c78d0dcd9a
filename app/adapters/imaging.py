"""Imaging: one file in, a verified and cleaned original and its renditions out.

The file is cleaned before it is decoded, so that the one decode proves that what we publish opens.
"""

import hashlib
import mmap
import os
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from app.adapters import camera_facts, colour, decoding, scaling
from app.adapters.cleaning import clean, tiff
from app.adapters.cleaning.cleaned import Data
from app.domain import keys
from app.domain.errors import FileTooLarge
from app.domain.image import PreparedImage, Rendition
from app.domain.ladder import ladder
from app.domain.sentences import sentence

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
    with decoding.guarded():
        cleaned = clean(data, keep_location=limits.keep_location)
        image = decoding.opened(cleaned, limits.max_pixels)
        orientation = decoding.orientation(image, cleaned)
        width, height = scaling.turned(image.size, orientation)
        sizes = ladder(width, height, full=cleaned.content_type not in keys.SHOWN_BY_BROWSERS)
        decoding.load(image, cleaned)
        original = tiff.rewritten(image) if cleaned.format == "TIFF" else cleaned.body
        renditions, placeholder = _scaled(image, orientation, sizes)
    return PreparedImage(
        original=original,
        content_type=cleaned.content_type,
        width=width,
        height=height,
        sha256=hashlib.sha256(data).hexdigest(),
        placeholder=placeholder,
        renditions=renditions,
        camera=camera_facts.camera(cleaned.exif),
        taken_at=camera_facts.taken_at(cleaned.exif),
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
    image = scaling.shrunk(colour.resizable(image), scaling.turned(sizes[-1], orientation))
    image, profile = colour.displayable(image, embedded)
    image = scaling.upright(image, orientation)
    # All are kept in a list and freed from its end on: Pillow reuses first what was freed last, so the next photo finds
    # memory in its sizes.
    images = [image]
    for size in reversed(sizes):
        images.append(scaling.shrunk(images[-1], size))
    renditions = tuple(Rendition(*each.size, scaling.jpeg(each, profile)) for each in images[:0:-1])
    return renditions, colour.dominant(images[-1], profile)
