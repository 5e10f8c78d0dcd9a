"""What imaging makes of a file: plain values, so that no floor above needs to know an image library."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.photo import CameraInfo


@dataclass(frozen=True, slots=True)
class Rendition:
    """One JPEG of the ladder, upright and free of metadata; sizes in pixels."""

    width: int
    height: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessedImage:
    """One uploaded file, verified, cleaned and scaled. Sizes in pixels, upright."""

    original: bytes  # as it will be published: no place, no serial number, no owner's name
    content_type: str  # one of domain.keys.CONTENT_TYPES, told by the decoder
    width: int
    height: int
    sha256: str  # of the file as it was sent, hexadecimal
    placeholder: str  # the dominant colour, as #rrggbb
    renditions: tuple[Rendition, ...]  # domain.ladder's sizes, smallest first
    camera: CameraInfo
    taken_at: datetime | None  # the camera's local time; aware only if the camera said its offset
    removed: tuple[
        str, ...
    ]  # what was taken out: any of "location", "serial", "owner", "thumbnail", "metadata"
