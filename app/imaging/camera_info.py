"""Read the camera settings from EXIF, but never a location or a serial number."""

from collections.abc import Mapping
from typing import Any

from PIL import ExifTags, Image

from app.domain.image.camera_info import MAX_NAME, CameraInfo, is_in_range
from app.imaging.metadata import exif

_TAGS = ExifTags.Base


def read_camera_info(block: Image.Exif) -> CameraInfo:
    """Return the camera settings. A setting that is missing or out of range is None."""
    settings = block.get_ifd(exif.EXIF_IFD)
    iso = _number_in_range(settings, _TAGS.ISOSpeedRatings, "iso")
    return CameraInfo(
        make=exif.as_text(block.get(_TAGS.Make), MAX_NAME),
        model=exif.as_text(block.get(_TAGS.Model), MAX_NAME),
        lens=exif.as_text(settings.get(_TAGS.LensModel), MAX_NAME),
        focal_length=_number_in_range(settings, _TAGS.FocalLength, "focal_length"),
        focal_length_35mm=_number_in_range(
            settings, _TAGS.FocalLengthIn35mmFilm, "focal_length_35mm"
        ),
        aperture=_number_in_range(settings, _TAGS.FNumber, "aperture"),
        exposure_time=_number_in_range(settings, _TAGS.ExposureTime, "exposure_time"),
        iso=round(iso) if iso else None,
    )


def _number_in_range(settings: Mapping[int, Any], tag: int, name: str) -> float | None:
    number = exif.as_number(settings.get(tag))
    if number is None or not is_in_range(name, number):
        return None
    return round(number, 7)
