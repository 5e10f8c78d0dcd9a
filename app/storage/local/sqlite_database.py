"""One SQLite file that threads and processes share: connections, transactions, its schema and its errors."""

import os
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.domain.errors import StorageError, StorageRefused, StorageUnavailable
from app.os_errors import translate_os_errors

_BATCH = 500
_PATIENCE = 10.0  # seconds that a writer waits for the others

_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS photos (
    photo_id TEXT PRIMARY KEY, version INTEGER NOT NULL, expires_at INTEGER, record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS photos_expiring ON photos (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS listings (
    listing TEXT, position TEXT, summary TEXT NOT NULL, PRIMARY KEY (listing, position)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS idempotency_keys (
    idempotency_key TEXT PRIMARY KEY, photo_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tag_counts (tag TEXT PRIMARY KEY, photos INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usage_counters (
    account TEXT PRIMARY KEY, photos INTEGER NOT NULL, bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS revoked_sessions (
    session_id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
"""

# Primary result codes (https://www.sqlite.org/rescode.html).
_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PROTOCOL,
}
_REFUSALS = {
    sqlite3.SQLITE_FULL: "its disk is full. Free some space",
    sqlite3.SQLITE_READONLY: "it can't be written. Give Shoebox's user the folder and its files (chown)",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened. Give Shoebox's user the folder and its files (chown)",
    sqlite3.SQLITE_PERM: "it can't be opened. Give Shoebox's user the folder and its files (chown)",
    sqlite3.SQLITE_CORRUPT: "it is damaged. Put back a backup, or rebuild it from the records beside the photos",
    sqlite3.SQLITE_NOTADB: "it is no SQLite file. Put back a backup, or rebuild it from the records beside the photos",
}

# Connections that a fork left to a child. SQLite forbids the child to use or close them ("How To Corrupt An SQLite
# Database File", 2.6), so they are kept from the garbage collector.
_inherited: list[object] = []


class SqliteDatabase:
    """The database at `path`, made when it is first used.

    A connection serves one thread at a time and is used again by the next: as many as there are busy threads.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pid = os.getpid()
        self._idle: deque[sqlite3.Connection] = deque()

    def close(self) -> None:
        """Close the connections that nobody is using."""
        if os.getpid() == self._pid:
            while self._idle:
                self._idle.pop().close()

    def read(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of one query."""
        with self._connection() as db:
            return db.execute(query, values).fetchall()

    def read_in_batches(
        self, query: str, fixed: tuple[Any, ...], start: tuple[str, ...]
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of `query` in batches: no transaction stays open while somebody works on them."""
        rows = self.read(query, *fixed, *start, _BATCH)
        while rows:
            yield from rows
            rows = self.read(query, *fixed, *rows[-1][: len(start)], _BATCH)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction, durable when the block is left; nothing of it stays when the block raises.

        The lock is taken at the start, so that what the block reads is what it changes.
        """
        with self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
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
            self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(
            self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            db.execute("PRAGMA synchronous = FULL")
            self._migrate(db)
        except BaseException:
            db.close()
            raise
        return db

    def _migrate(self, db: sqlite3.Connection) -> None:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise StorageRefused(
                f"Shoebox can't use {self._path}: a later Shoebox made it (version {version}). Install that one."
            )
        if version < _VERSION:
            _switch_to_wal(db)
            # BEGIN and everything after it in one script: processes that start together do it one after the other.
            db.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;"
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None)
            if code is None:  # not SQLite's: a mistake in this code
                raise
            raise self._storage_error(code & 0xFF, error) from error

    def _storage_error(self, code: int, error: sqlite3.Error) -> StorageError:
        if code in _REFUSALS:
            return StorageRefused(f"Shoebox can't use {self._path}: {_REFUSALS[code]}.")
        if code in _PASSING:
            return StorageUnavailable(f"Shoebox can't use {self._path} just now: {error}.")
        return StorageRefused(f"Shoebox can't use {self._path}: {error}.")


def _switch_to_wal(db: sqlite3.Connection) -> None:
    """Readers don't wait for a writer then. SQLite does not wait for other connections here, so this does."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
