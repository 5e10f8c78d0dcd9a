"""Count photos per tag and the storage used. A negative count is shown as 0."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from app.domain.tags import TagCount
from app.domain.usage import KeyRange, Usage
from app.storage.local.sqlite_database import SqliteDatabase

_ADD_TO_TAG = """
INSERT INTO tag_counts VALUES (?, ?)
ON CONFLICT (tag) DO UPDATE SET photos = photos + excluded.photos
"""
_ADD_TO_USAGE = """
INSERT INTO usage_counters VALUES (?, ?, ?)
ON CONFLICT (counter)
DO UPDATE SET photos = photos + excluded.photos, bytes = bytes + excluded.bytes
"""
_USAGE = """
SELECT counter, max(0, photos), max(0, bytes) FROM usage_counters
WHERE counter BETWEEN ? AND ? AND (photos > 0 OR bytes > 0)
ORDER BY counter DESC LIMIT ?
"""


def apply_counts(db: sqlite3.Connection, tags: Mapping[str, int], usage: Sequence[Usage]) -> None:
    """Add to the counters in the transaction that changes a photo. Delete empty usage counters."""
    rows = [(change.counter, change.photos, change.bytes) for change in usage]
    db.executemany(_ADD_TO_TAG, tags.items())
    db.executemany(_ADD_TO_USAGE, rows)
    db.executemany(
        "DELETE FROM usage_counters WHERE counter = ? AND photos = 0 AND bytes = 0",
        [row[:1] for row in rows],
    )


class SqliteCounters:
    """The counters in a catalog's file."""

    def __init__(self, file: SqliteDatabase) -> None:
        self._file = file

    def tags(self) -> tuple[TagCount, ...]:
        """Return the tags of public photos, sorted."""
        rows = self._file.read("SELECT tag, photos FROM tag_counts WHERE photos > 0 ORDER BY tag")
        return tuple(TagCount(tag, photos) for tag, photos in rows)

    def usage(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """Return the counters in `span` that are not empty, in descending order."""
        return tuple(Usage(*row) for row in self._file.read(_USAGE, *span, limit))

    def usage_counters(self) -> Iterator[Usage]:
        """Yield every usage counter, sorted."""
        query = (
            "SELECT counter, max(0, photos), max(0, bytes) FROM usage_counters "
            "WHERE counter > ? ORDER BY counter LIMIT ?"
        )
        return (Usage(*row) for row in self._file.read_in_batches(query, (), ("",)))

    def compare_and_set_tag_count(self, tag: str, shown: int, photos: int) -> bool:
        """Set the count of `tag` if it is still `shown`."""
        with self._file.transaction() as db:
            found = db.execute("SELECT photos FROM tag_counts WHERE tag = ?", (tag,)).fetchone()
            if max(0, found[0] if found else 0) != shown:
                return False
            db.execute("INSERT OR REPLACE INTO tag_counts VALUES (?, ?)", (tag, photos))
        return True

    def compare_and_set_usage(self, shown: Usage, real: Usage) -> bool:
        """Set a usage counter if it is still `shown`."""
        with self._file.transaction() as db:
            found = db.execute(
                "SELECT photos, bytes FROM usage_counters WHERE counter = ?", (real.counter,)
            ).fetchone()
            photos, size = found or (0, 0)
            if (max(0, photos), max(0, size)) != (shown.photos, shown.bytes):
                return False
            db.execute(
                "INSERT OR REPLACE INTO usage_counters VALUES (?, ?, ?)",
                (real.counter, real.photos, real.bytes),
            )
        return True
