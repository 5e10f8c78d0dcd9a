"""Process one uploaded file into a checked and cleaned original and its renditions.

Metadata is removed before the image is decoded, so that the single decode proves that the published
file opens.
"""

import hashlib
import mmap
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import BinaryIO

from PIL import Image

from app.domain import object_keys
from app.domain.image.captions import Captions
from app.domain.image.credit import Credit, KeepCredit
from app.domain.image.image_options import DEFAULT, ImageOptions
from app.domain.image.processed_image import REMOVABLE, ProcessedImage, Rendition
from app.domain.image.rendition_sizes import RenditionSize, rendition_sizes
from app.imaging import camera_info, color, decode, heif_rotation, icc, renditions
from app.imaging.metadata import exif, remove_metadata, tiff
from app.imaging.metadata.iptc.caption_fields import read_captions
from app.imaging.metadata.iptc.kept import KeepRules
from app.imaging.metadata.iptc.taken_at import read_taken
from app.imaging.metadata.result import CleanFile, Data


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """The limit of pixels of one image, and the metadata that is read and kept."""

    max_pixels: int
    keep_location: bool = False
    keep_credit: KeepCredit = KeepCredit.RIGHTS
    read_captions: bool = True

    def keep_rules(self, options: ImageOptions) -> KeepRules:
        """Return the rules for the metadata of the published files."""
        return KeepRules(
            quarter_turns=options.quarter_turns,
            location=self.keep_location,
            credit=KeepCredit(self.keep_credit),
            choices=options.credit,
        )


def process_image(
    file: BinaryIO, limits: ImageLimits, options: ImageOptions = DEFAULT
) -> ProcessedImage:
    """Check, clean, turn and resize one file.

    Args:
        file: The file, which is seekable.
        limits: The limits of the site.
        options: The rotation and the credit of this image.

    Raises:
        ImageTooLarge: The image has too many pixels or takes too much memory.
        UnreadableImage: The file is damaged, or of a format that is not supported.
    """
    data = map_or_read(file)
    with decode.translate_memory_errors():
        cleaned = remove_metadata(data, limits.keep_rules(options))
        cleaned, rotation = _turn(cleaned, options)
        image = decode.open_image(cleaned, limits.max_pixels)
        orientation = exif.turned(decode.orientation(image, cleaned), rotation)
        width, height = renditions.swap_if_rotated(image.size, orientation)
        sizes = _rendition_sizes(cleaned, width, height)
        decoded = decode.decode(image, cleaned)
        is_tiff = cleaned.format == "TIFF"
        original = tiff.reencode(image, cleaned.kept) if is_tiff else cleaned.body
        resized, placeholder, colors = _make_renditions(decoded, cleaned, orientation, sizes)
    return ProcessedImage(
        original=original,
        content_type=cleaned.content_type,
        width=width,
        height=height,
        rotation=rotation,
        sha256=hashlib.sha256(data).hexdigest(),
        placeholder=placeholder,
        colors=colors,
        renditions=resized,
        camera=camera_info.read_camera_info(cleaned.exif),
        taken=read_taken(cleaned.exif, cleaned.other_metadata),
        credit=cleaned.kept.credit,
        credit_in_files=cleaned.kept.written is not None,
        captions=read_captions(cleaned.other_metadata) if limits.read_captions else Captions(),
        left_out=cleaned.left_out,
        animated=cleaned.animated,
        removed_metadata=tuple(kind for kind in REMOVABLE if kind in cleaned.removed_metadata),
    )


def map_or_read(file: BinaryIO) -> Data:
    """Map a file of the operating system, which copies no bytes. Read any other file."""
    size = file.seek(0, os.SEEK_END)
    try:
        return mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # in memory, or empty
        file.seek(0)
        return file.read()


def _turn(cleaned: CleanFile, options: ImageOptions) -> tuple[CleanFile, int]:
    """Return the turned file, and the quarter turns that only its renditions still need."""
    if decode.has_exif_orientation(cleaned):  # `KeepRules` turned it
        return cleaned, 0
    if cleaned.format in ("AVIF", "HEIF") and options.quarter_turns and options.turn_original:
        with suppress(ValueError):
            body = heif_rotation.turn(cleaned.body, options.quarter_turns)
            return replace(cleaned, body=body), 0
    return cleaned, options.quarter_turns


def _profile_of(image: Image.Image, cleaned: CleanFile) -> bytes | None:
    """Return the ICC profile of the pixels without names; None for sRGB."""
    profile = cleaned.color_profile
    if profile is None:
        profile = icc.clean_profile(icc.profile_of(image))
    return profile or None


def _rendition_sizes(cleaned: CleanFile, width: int, height: int) -> tuple[RenditionSize, ...]:
    """Return the sizes, with one of the full width if browsers do not show the original."""
    browsers_show_it = cleaned.content_type in object_keys.BROWSER_CONTENT_TYPES
    return rendition_sizes(width, height, full=not browsers_show_it)


def _make_renditions(
    image: Image.Image,
    cleaned: CleanFile,
    orientation: int,
    sizes: tuple[RenditionSize, ...],
) -> tuple[tuple[Rendition, ...], str, str]:
    """Return the renditions, smallest first, the dominant color and the color grid.

    Each rendition is resized from the next larger one.
    """
    *smaller_sizes, largest_size = sorted({(size.width, size.height) for size in sizes})
    stored_size = renditions.swap_if_rotated(largest_size, orientation)
    largest = renditions.resize_to(color.to_resizable_mode(image), stored_size)
    if cleaned.color_profile:
        largest = color.to_rgb(largest)
    largest, profile = color.to_display_rgb(largest, _profile_of(image, cleaned))
    largest = renditions.apply_orientation(largest, orientation)
    resized = [largest]
    for size in reversed(smaller_sizes):
        resized.append(renditions.resize_to(resized[-1], size))
    by_width = {each.width: each for each in reversed(resized)}
    credit = cleaned.kept.written
    encoded = tuple(_encode(by_width[size.width], size, profile, credit) for size in sizes)
    dominant = color.dominant_color(resized[-1], profile)
    return encoded, dominant, color.color_grid(resized[-1], profile)


def _encode(
    image: Image.Image, size: RenditionSize, profile: bytes | None, credit: Credit | None
) -> Rendition:
    body = renditions.encode(image, size.content_type, profile, credit)
    return Rendition(image.width, image.height, body, size.content_type)
