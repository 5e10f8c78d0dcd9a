"""Read the camera's settings from EXIF; never a location or a serial number."""

from collections.abc import Mapping
from typing import Any

from PIL import ExifTags, Image

from app.domain.camera_info import CameraInfo
from app.imaging.metadata import exif

_TAGS = ExifTags.Base
_MAX_NAME = 80  # characters; the longest lens names have about 60


def read_camera_info(block: Image.Exif) -> CameraInfo:
    """Return the camera's settings; None for each one that is missing or out of range."""
    settings = block.get_ifd(exif.EXIF_IFD)
    iso = _number_in_range(settings, _TAGS.ISOSpeedRatings, 1, 10_000_000)
    return CameraInfo(
        make=exif.as_text(block.get(_TAGS.Make), _MAX_NAME),
        model=exif.as_text(block.get(_TAGS.Model), _MAX_NAME),
        lens=exif.as_text(settings.get(_TAGS.LensModel), _MAX_NAME),
        focal_length=_number_in_range(settings, _TAGS.FocalLength, 0.1, 20_000),
        aperture=_number_in_range(settings, _TAGS.FNumber, 0.1, 1_000),
        exposure_time=_number_in_range(settings, _TAGS.ExposureTime, 1e-7, 100_000),
        iso=round(iso) if iso else None,
    )


def _number_in_range(
    settings: Mapping[int, Any], tag: int, lowest: float, highest: float
) -> float | None:
    number = exif.as_number(settings.get(tag))
    if number is None or not lowest <= number <= highest:
        return None
    return round(number, 7)
