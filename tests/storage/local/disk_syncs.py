"""Leave out the syncs of the disk.

No test cuts the power: a process that is killed leaves its writes to the system, synced or not. On
many disks a sync takes longer than a request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from app.storage.local import sqlite_database

SYNCHRONOUS = sqlite_database.SYNCHRONOUS  # as the site runs


@contextmanager
def without_syncs() -> Iterator[None]:
    """Make `os.fsync` and the commits of SQLite return at once in this process and its forks."""
    with (
        mock.patch("os.fsync", _sync_nothing),
        mock.patch.object(sqlite_database, "SYNCHRONOUS", "OFF"),
    ):
        yield


def _sync_nothing(_descriptor: int) -> None:
    """Do nothing."""
