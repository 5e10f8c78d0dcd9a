"""Camera settings of a photo."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraInfo:
    """Camera settings of a photo; unknown settings are None.

    For privacy, there is no location and no serial number.
    """

    make: str | None = None
    model: str | None = None
    lens: str | None = None
    focal_length: float | None = None  # mm
    aperture: float | None = None  # f-number
    exposure_time: float | None = None  # seconds
    iso: int | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, setting.name) is not None for setting in fields(self))


def camera_info_from_dict(record: Mapping[str, Any]) -> CameraInfo:
    """Return the settings in a photo record."""
    converters = {"make": str, "model": str, "lens": str, "iso": int}
    settings: dict[str, Any] = {}
    for name, value in record.items():
        convert = converters.get(name, float)
        settings[name] = convert(value)
    return CameraInfo(**settings)
