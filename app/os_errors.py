"""Translate errors of the operating system to storage errors."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.errors import StorageError, StorageRefused, StorageUnavailable

_REFUSALS = {
    errno.ENOSPC: "its disk is full. Free some space",
    errno.EDQUOT: "the disk quota is used up. Raise it or free some space",
    errno.EROFS: "it is mounted read-only. Mount it for writing",
    errno.EACCES: "permission denied. Make the user of Shoebox its owner (chown)",
    errno.EPERM: "permission denied. Make the user of Shoebox its owner (chown)",
    errno.EEXIST: "there is a file in place of a folder. Move that file away",
    errno.ENOTDIR: "there is a file in place of a folder. Move that file away",
}


@contextmanager
def translate_os_errors(place: Path) -> Iterator[None]:
    """Raise a StorageError that names `place` instead of an OSError."""
    try:
        yield
    except OSError as error:
        raise from_os_error(place, error) from error


def from_os_error(place: Path, error: OSError, action: str = "use") -> StorageError:
    """Return the StorageError for an OSError.

    Args:
        place: The file or folder that the message names.
        error: The error to translate.
        action: The failed action on `place`; it completes "Shoebox can't …".

    Returns:
        StorageRefused, with an instruction, for errors that only the operator can fix, else
        StorageUnavailable.
    """
    if error.errno in _REFUSALS:
        return StorageRefused(f"Shoebox can't {action} {place}: {_REFUSALS[error.errno]}.")
    return StorageUnavailable(f"Shoebox can't {action} {place} just now: {error.strerror}.")
