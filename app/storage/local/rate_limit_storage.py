"""Count requests for rate limits in a SQLite file that all processes of a machine share.

The counts are useless after an hour, so writes are not synced, and a damaged file is replaced.
Clients are stored as keyed hashes, so the file has no IP addresses.
"""

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from limits.storage import MovingWindowSupport, Storage

from app.domain.errors import StorageUnavailable
from app.os_errors import translate_os_errors

_LOCK_TIMEOUT = 5.0  # seconds to wait for another process
_VERSION = 2
# `total` is the sum of the amounts of a key up to this hit. So the first and the last hit of a
# window are enough to know how many it has.
_SCHEMA = (
    "DROP TABLE IF EXISTS hits",  # that of version 1
    """CREATE TABLE hits (
        key BLOB, at REAL, total INTEGER, amount INTEGER, expires_at REAL,
        PRIMARY KEY (key, at, total)
    ) WITHOUT ROWID""",
    "CREATE INDEX hits_expiring ON hits (expires_at)",
    f"PRAGMA user_version = {_VERSION}",
)
# After the clock was set back, totals of hits of the future would lack those of later ones.
_DELETE_USELESS = "DELETE FROM hits WHERE expires_at <= :now OR (key = :key AND at > :now)"
_WINDOW = """
    SELECT at, amount - total + (
        SELECT total FROM hits WHERE key = :key AND at <= :now ORDER BY at DESC, total DESC LIMIT 1
    )
    FROM hits WHERE key = :key AND at > :after AND at <= :now AND expires_at > :now
    ORDER BY at, total LIMIT 1
"""
# A hit of the amount 0 may have the total and the time of the one before it.
_INSERT = """
    INSERT OR IGNORE INTO hits VALUES (:key, :now, :amount + coalesce((
        SELECT total FROM hits WHERE key = :key ORDER BY at DESC, total DESC LIMIT 1
    ), 0), :amount, :expires_at)
"""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

Result = TypeVar("Result")


class SqliteRateLimitStorage(Storage, MovingWindowSupport):
    """A storage of the `limits` library. `secret` keys the hashes of clients in the file `path`."""

    STORAGE_SCHEME = None  # no URI names it

    def __init__(
        self, uri: str | None = None, *, path: str, secret: str, **_: float | str | bool
    ) -> None:
        super().__init__(uri)
        self._path = Path(path)
        self._secret = hashlib.sha256(secret.encode()).digest()
        self._of_thread = threading.local()

    def together(self, work: Callable[[], Result]) -> Result:
        """Run `work`, whose calls of this storage are one transaction, and return its result.

        `work` runs again if the file turns out to be damaged.
        """

        def with_connection(db: sqlite3.Connection) -> Result:
            self._of_thread.db = db
            try:
                return work()
            finally:
                self._of_thread.db = None

        return self._with_file(with_connection)

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return the exception for a file that cannot be used."""
        return StorageUnavailable

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` hits, unless that exceeds `limit` within `expiry` seconds."""

        def acquire(db: sqlite3.Connection) -> bool:
            now = time.time()
            hit = {"key": self._hashed(key), "now": now, "amount": amount}
            db.execute(_DELETE_USELESS, hit)
            _first, hits = self._hits(db, key, now - expiry)
            if hits + amount > limit:
                return False
            db.execute(_INSERT, hit | {"expires_at": now + expiry})
            return True

        return self._with_file(acquire)

    def get_moving_window(
        self,
        key: str,
        limit: int,  # noqa: ARG002  the library's signature
        expiry: int,
    ) -> tuple[float, int]:
        """Return the time of the first hit in the window, and the number of hits."""
        now = time.time()
        first, hits = self._with_file(lambda db: self._hits(db, key, now - expiry))
        return first or now, hits

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` hits, and return how many have not expired."""
        self.acquire_entry(key, 2**31, expiry, amount)
        return self.get(key)

    def get(self, key: str) -> int:
        """Return how many hits have not expired."""
        _first, hits = self._with_file(lambda db: self._hits(db, key, 0.0))
        return hits

    def get_expiry(self, key: str) -> float:
        """Return when the last hit expires."""
        query = "SELECT max(expires_at) FROM hits WHERE key = ?"
        (last,) = self._with_file(lambda db: db.execute(query, (self._hashed(key),)).fetchone())
        return float(last or time.time())

    def check(self) -> bool:
        """Return whether the file can be used."""
        return self._with_file(lambda db: bool(db.execute("SELECT 1").fetchone()))

    def reset(self) -> int | None:
        """Delete every hit, and return how many there were."""
        return self._with_file(lambda db: db.execute("DELETE FROM hits").rowcount)

    def clear(self, key: str) -> None:
        """Delete the hits of `key`."""
        self._with_file(
            lambda db: db.execute("DELETE FROM hits WHERE key = ?", (self._hashed(key),)).rowcount
        )

    def _hits(self, db: sqlite3.Connection, key: str, after: float) -> tuple[float | None, int]:
        """Return the time of the first hit after `after`, and how many there are."""
        window = {"key": self._hashed(key), "after": after, "now": time.time()}
        first, hits = db.execute(_WINDOW, window).fetchone() or (None, 0)
        return first, hits

    def _hashed(self, key: str) -> bytes:
        return hashlib.blake2b(key.encode(), key=self._secret, digest_size=16).digest()

    def _with_file(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run `work` in one transaction, and return its result. Raises StorageError."""
        if db := getattr(self._of_thread, "db", None):  # the transaction of `together`
            return work(db)
        try:
            try:
                return self._once(work)
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
                    raise
                self._delete_file()
                return self._once(work)
        except sqlite3.Error as error:
            raise StorageUnavailable(
                f"Requests cannot be counted in {self._path}: {error}."
            ) from error

    def _delete_file(self) -> None:
        with translate_os_errors(self._path):
            for ending in ("", "-journal"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)

    def _once(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        with translate_os_errors(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
        # Each use opens a connection, since any thread and any forked process may be the caller.
        with closing(
            sqlite3.connect(self._path, timeout=_LOCK_TIMEOUT, isolation_level=None)
        ) as db:
            # The journal stays a file: SQLite would not notice most of the damage that a killed
            # process leaves with one in memory.
            db.execute("PRAGMA synchronous = OFF")
            with _transaction(db):
                return work(db)


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    if db.execute("PRAGMA user_version").fetchone() != (_VERSION,):
        for statement in _SCHEMA:
            db.execute(statement)
    yield
    db.execute("COMMIT")
