"""Remove metadata from image files at the container level, without decoding their pixels."""

import struct
import zlib
from dataclasses import replace
from typing import Protocol

from app.domain.errors import UnreadableImage
from app.domain.messages import message
from app.imaging.decoder_errors import DAMAGED
from app.imaging.metadata import gif, heif, jpeg, png, private_data, tiff, webp
from app.imaging.metadata.iptc.kept import DEFAULT_RULES, KeepRules, SelectKept
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

    def remove_metadata(self, data: Data, select_kept: SelectKept) -> CleanFile:
        """Return the file without its metadata, except the part that `select_kept` returns."""


REMOVERS: dict[str, MetadataRemover] = {
    "JPEG": jpeg,
    "PNG": png,
    "WebP": webp,
    "GIF": gif,
    "HEIC and AVIF": heif,
    "TIFF": tiff,
}


def remove_metadata(data: Data, rules: KeepRules = DEFAULT_RULES) -> CleanFile:
    """Return the image file `data` without private metadata.

    Args:
        data: The uploaded file.
        rules: Select the metadata that stays in the file, where the format allows it.

    Raises:
        UnreadableImage: The format is unknown, the file is damaged, or it cannot be cleaned.
    """
    if not data:
        raise UnreadableImage(EMPTY)
    remover = _find_remover(data[:_HEADER_LENGTH])
    try:
        cleaned = remover.remove_metadata(data, rules.select)
    except _PARSE_ERRORS as error:
        raise UnreadableImage(DAMAGED) from error
    return replace(cleaned, removed_metadata=_removed_kinds(cleaned, data))


def _removed_kinds(cleaned: CleanFile, data: Data) -> frozenset[str]:
    """Return the kinds of removed metadata, without a name that stays as a credit."""
    is_clean = len(cleaned.body) == len(data) and cleaned.body == data[:]
    if is_clean and cleaned.format != "TIFF":
        return frozenset()
    kinds = set(cleaned.removed_metadata)
    if private_data.CREDIT in kinds and not cleaned.kept.has_credit_of_file:
        kinds.add("owner")
    return frozenset(kinds - {private_data.CREDIT})


def _find_remover(header: bytes) -> MetadataRemover:
    for remover in REMOVERS.values():
        if remover.matches(header):
            return remover
    raise UnreadableImage(UNKNOWN)
