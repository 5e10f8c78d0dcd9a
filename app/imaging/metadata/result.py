"""What every cleaner answers, and the limits and words they share."""

import mmap
from dataclasses import dataclass, field

from PIL import Image

from app.domain.errors import UnreadableImage
from app.domain.messages import message, plural_message

Data = bytes | mmap.mmap  # a file as it came; of the cleaners JPEG's alone walks it where it lies

DAMAGED = message("This file is damaged or incomplete. Try again from the original.")
TOO_MANY_FRAMES = plural_message(
    "This animation has more than %(count)s frame. Upload a shorter one.",
    "This animation has more than %(count)s frames. Upload a shorter one.",
)
MAX_FRAMES = 1_000  # an animation's; a browser holds every one of them
MAX_PARTS = 100_000  # segments, chunks or blocks of one file: above it a walk takes seconds
MAX_PROFILE = 4 << 20  # bytes; the biggest press profiles are under 3 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanFile:
    """One file without its private parts, and what its header says of it, before anything is decoded.

    `size` (width, height) in pixels as stored, that is before `exif.orientation` is applied.
    """

    body: bytes  # a TIFF's is the file as it came: its original is written anew from the pixels
    format: str  # Pillow's name of the one decoder that may open it
    content_type: str
    size: tuple[int, int]
    exif: Image.Exif = field(default_factory=Image.Exif)  # of the file as it came
    removed: frozenset[str] = frozenset()  # as in PreparedImage
    progressive: bool = False  # a JPEG's coefficients are all in memory before its first pixel
    whole: bool = True  # False where a JPEG had no end and may be cut off


def check_frames(frames: int) -> None:
    """Raise UnreadableImage where an animation has too many."""
    if frames > MAX_FRAMES:
        raise UnreadableImage(TOO_MANY_FRAMES.with_values(count=MAX_FRAMES))
