"""The embedded home's own secret key."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def load_or_create_secret(path: Path) -> str:
    """The secret kept in `path`, made on first use, readable by its owner alone.

    Workers that start together all get the one whose file was there first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        if not path.stat().st_size:  # left by a disk that was full
            path.unlink()
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(name, path)  # unlike a rename it fails where there is one already
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
