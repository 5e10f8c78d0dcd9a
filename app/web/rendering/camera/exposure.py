"""Describe the exposure of a photo: ƒ/8 · 1/60 s · 24 mm · ISO 100."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.image.camera_info import CameraInfo
from app.web.rendering.formatting import format_exposure, format_number
from app.web.rendering.i18n import gettext as _

# The crop factor of sensors smaller than Four Thirds (2.0), such as those of phones and compact
# cameras. Few people know what their real focal lengths mean.
_SMALL_SENSOR = 2.5
_TOLERANCE = 0.05  # EXIF rounds the equivalent to whole millimeters


@dataclass(frozen=True, slots=True)
class ExposureFact:
    """One setting as it is shown, and as screen readers say it."""

    text: str
    spoken: str


def exposure_facts(camera: CameraInfo) -> list[ExposureFact]:
    """Return the known settings, in the order of a light meter."""
    return list(_facts(camera))


def _facts(camera: CameraInfo) -> Iterator[ExposureFact]:
    if camera.aperture:
        number = format_number(round(camera.aperture, 1))
        yield ExposureFact(f"ƒ/{number}", _("Aperture f/%(number)s", number=number))
    if camera.exposure_time:
        time = format_exposure(camera.exposure_time)
        yield ExposureFact(time, _("Exposure time %(time)s", time=time))
    if focal_length := _focal_length(camera.focal_length, camera.focal_length_35mm):
        yield ExposureFact(focal_length, _("Focal length %(length)s", length=focal_length))
    if camera.iso:
        yield ExposureFact(f"ISO {camera.iso}", f"ISO {camera.iso}")


def _focal_length(real: float | None, equivalent: float | None) -> str:
    """Return the focal length, or the one with the same field of view on 35 mm film, or both."""
    if not equivalent:
        return _in_millimeters(real) if real else ""
    if not real or equivalent / real >= _SMALL_SENSOR:
        return _("%(length)s equivalent", length=_in_millimeters(equivalent))
    if abs(equivalent / real - 1) <= _TOLERANCE:
        return _in_millimeters(real)
    return _(
        "%(real)s (%(equivalent)s equivalent)",
        real=_in_millimeters(real),
        equivalent=_in_millimeters(equivalent),
    )


def _in_millimeters(length: float) -> str:
    return f"{format_number(round(length, 1))}\u00a0mm"
