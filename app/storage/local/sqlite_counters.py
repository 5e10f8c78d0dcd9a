"""What is counted beside the photos: photos a tag, and what they take of the storage. What fell below 0 shows as 0."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from app.domain.photo import TagCount
from app.domain.usage import KeyRange, Usage
from app.storage.local.sqlite_database import SqliteDatabase

_ADD_TO_TAG = """
INSERT INTO tag_counts VALUES (?, ?)
ON CONFLICT (tag) DO UPDATE SET photos = photos + excluded.photos
"""
_ADD_TO_ACCOUNT = """
INSERT INTO usage_counters VALUES (?, ?, ?)
ON CONFLICT (account) DO UPDATE SET photos = photos + excluded.photos, bytes = bytes + excluded.bytes
"""
_USAGE = """
SELECT account, max(0, photos), max(0, bytes) FROM usage_counters WHERE account BETWEEN ? AND ? AND (photos > 0 OR bytes > 0)
ORDER BY account DESC LIMIT ?
"""


def apply_counts(db: sqlite3.Connection, tags: Mapping[str, int], usage: Sequence[Usage]) -> None:
    """Add to the counts in the transaction that changes a photo; an account that is empty then goes."""
    rows = [(account.account, account.photos, account.bytes) for account in usage]
    db.executemany(_ADD_TO_TAG, tags.items())
    db.executemany(_ADD_TO_ACCOUNT, rows)
    db.executemany(
        "DELETE FROM usage_counters WHERE account = ? AND photos = 0 AND bytes = 0",
        [row[:1] for row in rows],
    )


class SqliteCounters:
    """The counts in a catalog's file."""

    def __init__(self, file: SqliteDatabase) -> None:
        self._file = file

    def tags(self) -> tuple[TagCount, ...]:
        """Every tag that a public photo carries, by name."""
        rows = self._file.read("SELECT tag, photos FROM tag_counts WHERE photos > 0 ORDER BY tag")
        return tuple(TagCount(tag, photos) for tag, photos in rows)

    def usage(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """Accounts that are not empty, the last by name first."""
        return tuple(Usage(*row) for row in self._file.read(_USAGE, *span, limit))

    def accounts(self) -> Iterator[Usage]:
        """Every account, by name."""
        query = "SELECT account, max(0, photos), max(0, bytes) FROM usage_counters WHERE account > ? ORDER BY account LIMIT ?"
        return (Usage(*row) for row in self._file.read_in_batches(query, (), ("",)))

    def recount(self, tag: str, shown: int, photos: int) -> bool:
        """Set the count of `tag` if it is still `shown`."""
        with self._file.transaction() as db:
            found = db.execute("SELECT photos FROM tag_counts WHERE tag = ?", (tag,)).fetchone()
            if max(0, found[0] if found else 0) != shown:
                return False
            db.execute("INSERT OR REPLACE INTO tag_counts VALUES (?, ?)", (tag, photos))
        return True

    def reckon(self, shown: Usage, real: Usage) -> bool:
        """Set an account if it is still as `shown`."""
        with self._file.transaction() as db:
            found = db.execute(
                "SELECT photos, bytes FROM usage_counters WHERE account = ?", (real.account,)
            ).fetchone()
            if [max(0, it) for it in found or (0, 0)] != [shown.photos, shown.bytes]:
                return False
            db.execute(
                "INSERT OR REPLACE INTO usage_counters VALUES (?, ?, ?)",
                (real.account, real.photos, real.bytes),
            )
        return True
