"""Count photos per tag and the storage used. Pages show a negative count as 0."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from app.domain.tags import TagCount, TagPage, build_tag_page
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
_DELETE_UNUSED_TAG = "DELETE FROM tag_counts WHERE tag = ? AND photos = 0"
_DELETE_EMPTY_USAGE = "DELETE FROM usage_counters WHERE counter = ? AND photos = 0 AND bytes = 0"
_MOST_USED_TAGS = """
SELECT tag, photos FROM tag_counts WHERE photos > 0 ORDER BY photos DESC, tag LIMIT ?
"""
_TAGS = "SELECT tag, photos FROM tag_counts WHERE tag >= ? ORDER BY tag LIMIT ?"
_TAGS_AFTER = "SELECT tag, photos FROM tag_counts WHERE tag > ? ORDER BY tag LIMIT ?"
_USAGE = """
SELECT counter, max(0, photos), max(0, bytes) FROM usage_counters
WHERE counter BETWEEN ? AND ? AND (photos > 0 OR bytes > 0)
ORDER BY counter DESC LIMIT ?
"""


def apply_counts(db: sqlite3.Connection, tags: Mapping[str, int], usage: Sequence[Usage]) -> None:
    """Add to the counters in the transaction that changes a photo. Delete those that are empty."""
    if tags:
        db.executemany(_ADD_TO_TAG, tags.items())
        db.executemany(_DELETE_UNUSED_TAG, [(tag,) for tag in tags])
    if usage:
        rows = [(change.counter, change.photos, change.bytes) for change in usage]
        db.executemany(_ADD_TO_USAGE, rows)
        db.executemany(_DELETE_EMPTY_USAGE, [(change.counter,) for change in usage])


class SqliteCounters:
    """The counters in a catalog's file."""

    def __init__(self, file: SqliteDatabase) -> None:
        self._file = file

    def most_used_tags(self, limit: int) -> tuple[TagCount, ...]:
        """Return the most used tags, a range of the index by number of photos."""
        return tuple(TagCount(*row) for row in self._file.read(_MOST_USED_TAGS, limit))

    def tags(self, start: str, limit: int) -> TagPage:
        """Return tags by name, a range of the primary key."""
        rows = self._file.read(_TAGS, start, limit + 1)
        return build_tag_page([TagCount(*row) for row in rows], limit)

    def tag_counts(self) -> Iterator[TagCount]:
        """Yield the tags of public photos, sorted."""
        counts = (TagCount(*row) for row in self._file.read_in_batches(_TAGS_AFTER, (), ("",)))
        return (tag for tag in counts if tag.count > 0)

    def usage(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """Return the counters in `span` that are not empty, in descending order."""
        return tuple(Usage(*row) for row in self._file.read(_USAGE, *span, limit))

    def usage_counters(self) -> Iterator[Usage]:
        """Yield every usage counter, sorted."""
        query = (
            "SELECT counter, photos, bytes FROM usage_counters "
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
            db.execute(_DELETE_UNUSED_TAG, (tag,))
        return True

    def compare_and_set_usage(self, shown: Usage, real: Usage) -> bool:
        """Set a usage counter if it is still `shown`."""
        with self._file.transaction() as db:
            found = db.execute(
                "SELECT photos, bytes FROM usage_counters WHERE counter = ?", (real.counter,)
            ).fetchone()
            if (found or (0, 0)) != (shown.photos, shown.bytes):
                return False
            db.execute(
                "INSERT OR REPLACE INTO usage_counters VALUES (?, ?, ?)",
                (real.counter, real.photos, real.bytes),
            )
            db.execute(_DELETE_EMPTY_USAGE, (real.counter,))
        return True
