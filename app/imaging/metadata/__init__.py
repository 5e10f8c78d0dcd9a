"""The clean original: metadata goes at container level, no pixel is touched."""

import struct
import zlib
from collections.abc import Callable
from typing import Protocol

from app.domain.errors import UnreadableImage
from app.domain.messages import message
from app.imaging.metadata import gif, heif, jpeg, png, tiff, webp
from app.imaging.metadata.result import DAMAGED, CleanFile, Data

UNKNOWN = message("That file type isn’t supported. Use JPEG, PNG, WebP, GIF, AVIF, HEIC, or TIFF.")
EMPTY = message("This file is empty. Choose the photo again.")


class _Clean(Protocol):
    def __call__(self, data: bytes, *, keep_location: bool) -> CleanFile: ...


_CLEANERS: tuple[tuple[Callable[[bytes], bool], _Clean], ...] = (
    (png.recognises, png.clean),
    (webp.recognises, webp.clean),
    (gif.recognises, gif.clean),
    (heif.recognises, heif.clean),
    (tiff.recognises, tiff.clean),
)


def remove_metadata(data: Data, *, keep_location: bool = False) -> CleanFile:
    """The file `data` without what is private in it; keep_location leaves the place.

    Raises UnreadableImage where it is of no kind we know, damaged, or holds what can't be taken out.
    """
    if not data:
        raise UnreadableImage(EMPTY)
    try:
        if jpeg.matches(data):
            return jpeg.clean(data, keep_location=keep_location)
        data = bytes(data)
        for recognises, cleaner in _CLEANERS:
            if recognises(data):
                return cleaner(data, keep_location=keep_location)
    except (struct.error, LookupError, ValueError, zlib.error) as error:
        raise UnreadableImage(DAMAGED) from error
    raise UnreadableImage(UNKNOWN)
