"""Camera settings of a photo."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

MAX_NAME = 80  # characters; the longest lens names have about 60
# The smallest and the largest number of each setting.
_RANGES = {
    "focal_length": (0.1, 20_000),
    "focal_length_35mm": (1, 20_000),
    "aperture": (0.1, 1_000),
    "exposure_time": (1e-7, 100_000),
    "iso": (1, 10_000_000),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraInfo:
    """Camera settings of a photo; unknown settings are None.

    For privacy, there is no location and no serial number.
    """

    make: str | None = None
    model: str | None = None
    lens: str | None = None
    focal_length: float | None = None  # mm
    focal_length_35mm: float | None = None  # mm, with the same field of view on 35 mm film
    aperture: float | None = None  # f-number
    exposure_time: float | None = None  # seconds
    iso: int | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, setting.name) is not None for setting in fields(self))

    def without_invalid(self) -> "CameraInfo":
        """Return the settings that can come from a file: short names and numbers in range."""
        return CameraInfo(
            **{name: value for name, value in asdict(self).items() if _is_valid(name, value)}
        )


_NAMES = {setting.name for setting in fields(CameraInfo)}


def is_in_range(name: str, number: float) -> bool:
    """Return whether a camera can have `number` as the setting `name`; NaN is out of range."""
    smallest, largest = _RANGES[name]
    return smallest <= number <= largest


def camera_info_from_dict(record: Mapping[str, Any]) -> CameraInfo:
    """Return the settings in a photo record; unknown keys are ignored."""
    converters = {"make": str, "model": str, "lens": str, "iso": int}
    settings: dict[str, Any] = {}
    for name in record.keys() & _NAMES:
        convert = converters.get(name, float)
        settings[name] = convert(record[name])
    return CameraInfo(**settings)


def _is_valid(name: str, value: str | float | None) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= MAX_NAME and value.isprintable()
    return value is not None and is_in_range(name, value)
