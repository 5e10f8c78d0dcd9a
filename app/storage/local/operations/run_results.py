"""Keep the results of maintenance in files, one for each name.

They are not in the catalog: the file of a catalog that was lost does not hide that a check failed,
and an earlier version of Shoebox ignores them.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from app.os_errors import translate_os_errors
from app.services.operations.run_results import MAX_BYTES


class FileRunResults:
    """Implement RunResults in a folder, which is created when the first result is stored."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def store(self, name: str, text: str) -> None:
        """Replace the file, so that a reader sees one of both texts completely."""
        with translate_os_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary = self._folder / f".{name}.{os.getpid()}"
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self._path(name))

    def read_all(self) -> Mapping[str, str]:
        """Return the texts of all files."""
        with translate_os_errors(self._folder):
            paths = sorted(self._folder.glob("[!.]*.json")) if self._folder.exists() else []
            return {path.stem: _read(path) for path in paths}

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def _read(path: Path) -> str:
    """Return the beginning of a file, one byte more than a result may have."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1).decode("utf-8", "replace")
