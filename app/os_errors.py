"""What the operating system says when a disk does not do its part, in our errors."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.errors import StorageError, StorageRefused, StorageUnavailable

_REFUSALS = {
    errno.ENOSPC: "its disk is full. Free some space",
    errno.EDQUOT: "the disk quota is used up. Raise it or free some space",
    errno.EROFS: "it is mounted read-only. Mount it for writing",
    errno.EACCES: "Shoebox may not write or read there. Give its user the folder (chown)",
    errno.EPERM: "Shoebox may not write or read there. Give its user the folder (chown)",
    errno.EEXIST: "a file stands where a folder should be. Move that file away",
    errno.ENOTDIR: "a file stands where a folder should be. Move that file away",
}


@contextmanager
def translate_os_errors(place: Path) -> Iterator[None]:
    """Turn an OSError into the StorageError that names `place` and what the operator can do."""
    try:
        yield
    except OSError as error:
        raise from_os_error(place, error) from error


def from_os_error(place: Path, error: OSError, what: str = "use") -> StorageError:
    """StorageRefused for what only the operator can mend, StorageUnavailable for the rest."""
    if error.errno in _REFUSALS:
        return StorageRefused(f"Shoebox can't {what} {place}: {_REFUSALS[error.errno]}.")
    return StorageUnavailable(f"Shoebox can't {what} {place} just now: {error.strerror}.")
