"""A process that is killed while it migrates a file: `migrator FILE [PHOTO]`.

It is killed at the photo with the number `PHOTO`, or if there is none, when the file is made
smaller.
"""

import os
import signal
import sqlite3
import sys
from itertools import count
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

from app.domain.photo import Photo
from app.storage.local import sqlite_records, sqlite_schema
from app.storage.local.sqlite import SqliteCatalog


def main() -> None:
    """Migrate the file as far as asked."""
    catalog = SqliteCatalog(Path(sys.argv[1]))
    last = int(sys.argv[2]) if len(sys.argv) > 2 else -1
    update, photos = sqlite_records.update, count()

    def kill(*_: Any) -> NoReturn:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    def update_or_kill(db: sqlite3.Connection, number: int, photo: Photo) -> None:
        if next(photos) == last:
            kill()
        update(db, number, photo)

    with (
        patch.object(sqlite_records, "update", update_or_kill),
        patch.object(sqlite_schema, "_shrink", kill),
    ):
        catalog.ping()


if __name__ == "__main__":
    main()
