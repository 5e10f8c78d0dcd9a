"""How a photo was taken, out of its EXIF: cleaned, bounded, and never a place or a serial number."""

from collections.abc import Iterable
from datetime import datetime

from app.domain.photo import CameraInfo
from app.imaging.metadata import exif
from app.imaging.metadata.exif import Exif

MAKE, MODEL = 0x010F, 0x0110
EXPOSURE_TIME, F_NUMBER, ISO, FOCAL_LENGTH, LENS_MODEL = 0x829A, 0x829D, 0x8827, 0x920A, 0xA434
TAKEN_AT, OFFSET, OFFSET_TAKEN_AT = 0x9003, 0x9010, 0x9011

_MAX_NAME = 80  # characters; the longest lens names are around 60


def read_camera_info(block: Exif) -> CameraInfo:
    """The camera's facts; each one that is missing or makes no sense is None."""
    iso = _bounded_number(block, ISO, 1, 10_000_000)
    return CameraInfo(
        make=exif.as_text(block.image.get(MAKE), _MAX_NAME),
        model=exif.as_text(block.image.get(MODEL), _MAX_NAME),
        lens=exif.as_text(block.photo.get(LENS_MODEL), _MAX_NAME),
        focal_length=_bounded_number(block, FOCAL_LENGTH, 0.1, 20_000),
        aperture=_bounded_number(block, F_NUMBER, 0.1, 1_000),
        exposure_time=_bounded_number(block, EXPOSURE_TIME, 1e-7, 100_000),
        iso=round(iso) if iso else None,
    )


def taken_at(block: Exif) -> datetime | None:
    """When, by the camera's clock: naive, or aware where the camera said its offset."""
    clock = exif.as_text(block.photo.get(TAKEN_AT), 19)
    offsets = (exif.as_text(block.photo.get(tag), 6) for tag in (OFFSET_TAKEN_AT, OFFSET))
    return _moment(clock, offsets) if clock else None


def _moment(clock: str, offsets: Iterable[str | None]) -> datetime | None:
    for offset in (*offsets, None):
        if moment := _parsed(
            clock + (offset or ""), "%Y:%m:%d %H:%M:%S" + ("%z" if offset else "")
        ):
            return moment
    return None


def _parsed(words: str, layout: str) -> datetime | None:
    try:
        return datetime.strptime(words, layout)  # noqa: DTZ007 - a camera's clock has no zone unless it says so
    except ValueError:
        return None


def _bounded_number(block: Exif, tag: int, low: float, high: float) -> float | None:
    value = exif.as_number(block.photo.get(tag), block.order)
    return round(value, 7) if value is not None and low <= value <= high else None
