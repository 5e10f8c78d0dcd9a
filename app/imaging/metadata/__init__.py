"""Strip metadata from image files at container level, without decoding or changing any pixel."""

import struct
import zlib
from typing import Protocol

from app.domain.errors import UnreadableImage
from app.domain.messages import message
from app.imaging.decoder_errors import DAMAGED
from app.imaging.metadata import gif, heif, jpeg, png, tiff, webp
from app.imaging.metadata.result import CleanFile, Data

UNKNOWN = message("That file type isn’t supported. Use JPEG, PNG, WebP, GIF, AVIF, HEIC, or TIFF.")
EMPTY = message("This file is empty. Choose the photo again.")

_HEADER_LENGTH = 16  # bytes; no remover needs more to recognize its format
# The removers raise these for fields that are cut off or contradict each other.
_PARSE_ERRORS = (struct.error, LookupError, ValueError, zlib.error)


class MetadataRemover(Protocol):
    """A module that removes the metadata of one container format."""

    def matches(self, header: bytes) -> bool:
        """Return whether a file with these first bytes has this format."""

    def remove_metadata(
        self, data: Data, *, keep_location: bool, quarter_turns: int = 0
    ) -> CleanFile:
        """Return the file without its metadata, except its orientation and, if kept, location.

        In formats with an EXIF orientation, it is turned clockwise.
        """


REMOVERS: dict[str, MetadataRemover] = {
    "JPEG": jpeg,
    "PNG": png,
    "WebP": webp,
    "GIF": gif,
    "HEIC and AVIF": heif,
    "TIFF": tiff,
}


def remove_metadata(
    data: Data, *, keep_location: bool = False, quarter_turns: int = 0
) -> CleanFile:
    """Return the image file `data` without private metadata.

    Args:
        data: The uploaded file.
        keep_location: Whether GPS coordinates stay in the file, where the format allows it.
        quarter_turns: By how many quarter turns viewers show the file turned clockwise, where the
            format has an EXIF orientation.

    Raises:
        UnreadableImage: The format is unknown, the file is damaged, or it cannot be cleaned.
    """
    if not data:
        raise UnreadableImage(EMPTY)
    remover = _find_remover(data[:_HEADER_LENGTH])
    try:
        return remover.remove_metadata(
            data, keep_location=keep_location, quarter_turns=quarter_turns
        )
    except _PARSE_ERRORS as error:
        raise UnreadableImage(DAMAGED) from error


def _find_remover(header: bytes) -> MetadataRemover:
    for remover in REMOVERS.values():
        if remover.matches(header):
            return remover
    raise UnreadableImage(UNKNOWN)
