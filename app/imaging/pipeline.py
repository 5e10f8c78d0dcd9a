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
from app.domain.messages import message
from app.domain.processed_image import ProcessedImage, Rendition
from app.domain.rendition_sizes import rendition_sizes
from app.imaging import camera_info, color, decode, renditions
from app.imaging.metadata import remove_metadata, tiff
from app.imaging.metadata.result import Data

_TOO_LARGE = message("Too large: %(size)s MB (limit %(most)s MB).")
_REMOVABLE = ("location", "serial", "owner", "thumbnail", "metadata")


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What one upload may cost, and whether it may say where it was taken."""

    max_bytes: int
    max_pixels: int
    keep_location: bool = False


def check_file_size(file: BinaryIO, limits: ImageLimits) -> None:
    """Raise FileTooLarge for more bytes than one upload may have, before any of them is read."""
    size = file.seek(0, os.SEEK_END)
    if size > limits.max_bytes:
        raise FileTooLarge(
            _TOO_LARGE.with_values(size=_megabytes(size), most=_megabytes(limits.max_bytes))
        )
    file.seek(0)


def process_image(file: BinaryIO, limits: ImageLimits) -> ProcessedImage:
    """Verify, clean and scale one uploaded file (seekable, at position 0).

    Raises FileTooLarge, ImageTooLarge and UnreadableImage, whatever the file holds.
    """
    check_file_size(file, limits)
    data = _map_or_read(file)
    with decode.translate_decoder_errors():
        cleaned = remove_metadata(data, keep_location=limits.keep_location)
        image = decode.open_image(cleaned, limits.max_pixels)
        orientation = decode.orientation(image, cleaned)
        width, height = renditions.swap_if_rotated(image.size, orientation)
        sizes = rendition_sizes(
            width, height, full=cleaned.content_type not in object_keys.BROWSER_CONTENT_TYPES
        )
        decode.decode(image, cleaned)
        original = tiff.reencode(image) if cleaned.format == "TIFF" else cleaned.body
        resized, placeholder = _make_renditions(image, orientation, sizes)
    return ProcessedImage(
        original=original,
        content_type=cleaned.content_type,
        width=width,
        height=height,
        sha256=hashlib.sha256(data).hexdigest(),
        placeholder=placeholder,
        renditions=resized,
        camera=camera_info.read_camera_info(cleaned.exif),
        taken_at=camera_info.read_taken_at(cleaned.exif),
        removed=tuple(name for name in _REMOVABLE if name in cleaned.removed),
    )


def _map_or_read(file: BinaryIO) -> Data:
    """All of it, where it lies if it is a file of the system: neither read nor copied."""
    try:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # in memory, or empty
        return file.read()


def _megabytes(size: int) -> float:
    return float(f"{size / 1e6:.3g}")


def _make_renditions(
    image: Image.Image, orientation: int, sizes: tuple[tuple[int, int], ...]
) -> tuple[tuple[Rendition, ...], str]:
    """The renditions, each from the next larger one, smallest first; and the dominant colour."""
    embedded = image.info.get("icc_profile")
    image = renditions.resize_to(
        color.to_resizable_mode(image), renditions.swap_if_rotated(sizes[-1], orientation)
    )
    image, profile = color.to_display_rgb(image, embedded)
    image = renditions.apply_orientation(image, orientation)
    # All are kept in a list and freed from its end on: Pillow reuses first what was freed last, so the next photo finds
    # memory in its sizes.
    images = [image]
    for size in reversed(sizes):
        images.append(renditions.resize_to(images[-1], size))
    resized = tuple(
        Rendition(*each.size, renditions.encode_jpeg(each, profile)) for each in images[:0:-1]
    )
    return resized, color.dominant_color(images[-1], profile)
