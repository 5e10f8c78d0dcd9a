"""Create the secret key of the local backend."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def load_or_create_secret(path: Path) -> str:
    """Return the secret in the file `path`. The first call creates it, readable only by its owner.

    Processes that start at the same time all get the secret that was written first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        if not path.stat().st_size:  # a full disk left an empty file
            path.unlink()
    if not path.exists():
        _create(path)
    return path.read_text(encoding="ascii").strip()


def _create(path: Path) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(name, path)  # unlike a rename, it fails if the file exists
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
