"""Share one SQLite file between threads and processes."""

import logging
import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.domain.errors import StorageError, StorageRefused, StorageUnavailable
from app.os_errors import translate_os_errors
from app.storage.local import sqlite_schema

log = logging.getLogger(__name__)

SYNCHRONOUS = "FULL"  # a transaction waits for the disk, so that it outlasts a loss of power

_BATCH = 500
_LOCK_TIMEOUT = 10.0  # seconds that a writer waits for other writers
_CHECKPOINT_TIMEOUT = 250  # milliseconds that a checkpoint waits, while no other writer can write
_CHECKPOINT_INTERVAL = 60.0  # seconds until the next attempt

# Primary result codes (https://www.sqlite.org/rescode.html).
_TRANSIENT = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PROTOCOL,
}
_OWNERSHIP = "Give Shoebox's user the folder and its files (chown)"
_RECOVERY = (
    "Stop the site. Then restore a backup, or move the file away and run "
    "`flask --app app rebuild --apply`"
)
_REFUSALS = {
    sqlite3.SQLITE_FULL: "its disk is full. Free some space",
    sqlite3.SQLITE_READONLY: f"it can't be written. {_OWNERSHIP}",
    sqlite3.SQLITE_CANTOPEN: f"it can't be opened. {_OWNERSHIP}",
    sqlite3.SQLITE_PERM: f"it can't be opened. {_OWNERSHIP}",
    sqlite3.SQLITE_CORRUPT: f"it is damaged. {_RECOVERY}",
    sqlite3.SQLITE_NOTADB: f"it is not an SQLite file. {_RECOVERY}",
}

# Connections that a forked process inherited. It must neither use nor close them ("How To Corrupt
# An SQLite Database File", 2.6), so this list keeps them from the garbage collector.
_inherited: list[object] = []


class CatalogMissing(StorageRefused):
    """There are photos, but no SQLite file. A new one would make the site look empty."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is missing, although there are photos. "
            "Restore a backup, or run: flask --app app rebuild --apply"
        )
        self.path = path


class SqliteDatabase:
    """A pool of connections to the database at `path`, which the first use creates.

    A connection serves one thread at a time.
    """

    def __init__(self, path: Path, before_creation: Callable[[], None] = lambda: None) -> None:
        """Args: the file, and a function that may raise StorageError instead of creating it."""
        self._path = path
        self._before_creation = before_creation
        self._pid = os.getpid()
        self._idle: deque[sqlite3.Connection] = deque()
        self._truncate_at: float | None = None  # monotonic time, if the log has deleted text

    def close(self) -> None:
        """Close the idle connections."""
        if os.getpid() == self._pid:
            while self._idle:
                self._idle.pop().close()

    def create(self) -> None:
        """Create the file, if it does not exist."""
        with self.connection():
            pass

    def read(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of one query."""
        with self.connection() as db:
            return db.execute(query, values).fetchall()

    def read_in_batches(
        self, query: str, fixed: tuple[Any, ...], start: tuple[Any, ...]
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of `query` in batches, so that no transaction stays open between them.

        Args:
            query: Its last parameters are the values to start after, and a limit.
            fixed: The first parameters of the query.
            start: The values of the sort columns to start after. The columns come first in a row.
        """
        rows = self.read(query, *fixed, *start, _BATCH)
        yield from rows
        while len(rows) == _BATCH:
            rows = self.read(query, *fixed, *rows[-1][: len(start)], _BATCH)
            yield from rows

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run the block in one transaction, which is rolled back if the block raises.

        The transaction takes the write lock at the start, so no writer changes the rows it reads.
        """
        with self.connection() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        self._truncate_log_if_due()

    def truncate_log(self) -> None:
        """Copy the write-ahead log to the file and empty it, so that no deleted text stays in it.

        If a reader or writer is in the way, the first change after a minute tries again.
        """
        if self._truncate_at is None:
            self._truncate_at = time.monotonic()
        self._truncate_log_if_due()

    def _truncate_log_if_due(self) -> None:
        due = self._truncate_at
        if due is None or time.monotonic() < due:
            return
        self._truncate_at = None  # another thread may delete text while this one tries
        if not self._has_truncated_log():
            self._truncate_at = time.monotonic() + _CHECKPOINT_INTERVAL

    def _has_truncated_log(self) -> bool:
        """Return whether the log was emptied now; log a failure."""
        try:
            if self._try_to_truncate_log():
                return True
            log.warning("the write-ahead log was not emptied: the database was in use")
        except StorageError:
            log.warning("the write-ahead log was not emptied", exc_info=True)
        return False

    def _try_to_truncate_log(self) -> bool:
        with self.connection() as db:
            db.execute(f"PRAGMA busy_timeout = {_CHECKPOINT_TIMEOUT}")
            try:
                ((is_busy, _, _),) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                db.execute(f"PRAGMA busy_timeout = {int(_LOCK_TIMEOUT * 1000)}")
        return not is_busy

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Lend the block a connection, and roll back a transaction that it leaves open."""
        with self._translated():
            db = self._checkout()
            try:
                yield db
            finally:
                if db.in_transaction:
                    db.rollback()
                self._idle.append(db)

    def _checkout(self) -> sqlite3.Connection:
        if os.getpid() != self._pid:
            _inherited.append(self._idle)
            self._idle, self._pid = deque(), os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return self._opened()

    def _opened(self) -> sqlite3.Connection:
        with translate_os_errors(self._path):
            is_new = not has_content(self._path)
            if is_new:
                self._path.parent.mkdir(parents=True, exist_ok=True)
        if is_new:
            self._before_creation()
        db = sqlite3.connect(
            self._path, timeout=_LOCK_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        try:
            db.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
            self._migrate(db)
            db.execute("PRAGMA secure_delete = ON")  # overwrite deleted text with zeros
        except BaseException:
            db.close()
            raise
        return db

    def _migrate(self, db: sqlite3.Connection) -> None:
        version = sqlite_schema.version_of(db)
        if version > sqlite_schema.VERSION:
            raise StorageRefused(
                f"Shoebox can't use {self._path}: a later Shoebox made it (schema version "
                f"{version}). Install that version."
            )
        if version < sqlite_schema.VERSION:
            _switch_to_wal(db)
            sqlite_schema.migrate(db)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None)
            if code is None:  # a bug in this code, not an error of SQLite
                raise
            raise self._storage_error(code & 0xFF, error) from error

    def _storage_error(self, code: int, error: sqlite3.Error) -> StorageError:
        if code in _REFUSALS:
            return StorageRefused(f"Shoebox can't use {self._path}: {_REFUSALS[code]}.")
        if code in _TRANSIENT:
            return StorageUnavailable(f"Shoebox can't use {self._path}: {error}. Try again.")
        return StorageRefused(f"Shoebox can't use {self._path}: {error}.")


def has_content(path: Path) -> bool:
    """Return whether the file exists and is not empty, as a program that opens it may leave it."""
    return path.exists() and path.stat().st_size > 0


def opened(file: Path | SqliteDatabase) -> SqliteDatabase:
    """Return the database, or a new pool of connections to the one at a path."""
    return SqliteDatabase(file) if isinstance(file, Path) else file


def _switch_to_wal(db: sqlite3.Connection) -> None:
    """Set WAL mode, so that readers never wait. Retry: SQLite does not wait for locks here."""
    deadline = time.monotonic() + _LOCK_TIMEOUT
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
