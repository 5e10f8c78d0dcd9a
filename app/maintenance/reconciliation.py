"""Compare existing with expected entries by one sum a photo, in a temporary file.

Add a fingerprint for each thing that exists and subtract one for each thing that should exist. A
key whose sum is not zero has a mismatch. The sums are in a temporary SQLite file, so memory stays
bounded for any number of keys.
"""

import sqlite3
from collections.abc import Iterable, Iterator

from app.domain.listings.entries import EntryKey

_CACHE_KIB = 16 * 1024  # the most memory that SQLite uses for the file
_SCHEMA = """
CREATE TABLE sums (key TEXT PRIMARY KEY, total INTEGER, recorded INTEGER) WITHOUT ROWID;
CREATE TABLE listed (
    key TEXT, listing TEXT, position TEXT, PRIMARY KEY (key, listing, position)
) WITHOUT ROWID;
CREATE TABLE first_findings (key TEXT, finding TEXT, PRIMARY KEY (key, finding)) WITHOUT ROWID;
"""
_ADD = """
INSERT INTO sums VALUES (?, ?, ?)
ON CONFLICT (key) DO UPDATE
SET total = total + excluded.total, recorded = max(recorded, excluded.recorded)
"""
_NOTE_ENTRY = """
INSERT OR IGNORE INTO listed
SELECT ?1, ?2, ?3 WHERE (SELECT total FROM sums WHERE key = ?1) != 0
"""
# A photo has fewer than 2**10 fingerprints, so their sum fits SQLite's 64-bit integers.
_FINGERPRINT_BITS = 40
_FORCED_MISMATCH = 1 << (_FINGERPRINT_BITS + 20)  # more than fingerprints can sum up to


def fingerprint(value: object) -> int:
    """Return a hash of `value` as a positive integer of 40 bits, stable within this process."""
    return hash(value) & ((1 << _FINGERPRINT_BITS) - 1)


class Reconciliation:
    """Sums of fingerprints or counts by key. For one thread.

    SQLite deletes the temporary file with the connection. The file takes about 50 bytes a key.
    A key that starts with `#` belongs to a counter, any other to a photo or an object.
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        pragmas = f"PRAGMA journal_mode = OFF; PRAGMA cache_size = -{_CACHE_KIB};"
        self._db.executescript(f"{pragmas} {_SCHEMA} BEGIN;")

    def close(self) -> None:
        """Close the connection, which deletes the file."""
        self._db.close()

    def add(self, entries: Iterable[tuple[str, int]], *, recorded: bool = False) -> None:
        """Add each `(key, amount)` to the sum of its key.

        Args:
            entries: Amounts are positive for existing entries, negative for expected ones.
            recorded: The entries come from records in the catalog.
        """
        self._db.executemany(_ADD, ((key, amount, recorded) for key, amount in entries))

    def force_mismatch(self, key: str) -> None:
        """Report `key` as a mismatch whatever else is added to its sum."""
        self.add([(key, _FORCED_MISMATCH)])

    def mismatches(self) -> Iterator[str]:
        """Yield the keys whose sum is not zero, sorted."""
        rows = self._db.execute("SELECT key FROM sums WHERE total != 0 ORDER BY key")
        return (key for (key,) in rows)

    def is_consistent(self, key: str) -> bool:
        """Return whether the sum of `key` is zero, and a record has the key."""
        query = "SELECT 1 FROM sums WHERE key = ? AND total = 0 AND recorded"
        return self._db.execute(query, (key,)).fetchone() is not None

    def doubtful(self) -> Iterator[str]:
        """Yield the keys that no record has, and those whose sum is not zero."""
        rows = self._db.execute(
            "SELECT key FROM sums WHERE total != 0 OR NOT recorded ORDER BY key"
        )
        return (key for (key,) in rows)

    def has_mismatches(self) -> bool:
        """Return whether any sum is not zero."""
        return next(self.mismatches(), None) is not None

    def count_recorded_and_unrecorded(self) -> tuple[int, int]:
        """Return how many photos the catalog has, and how many other keys exist in the stores."""
        query = "SELECT sum(recorded), sum(NOT recorded) FROM sums WHERE key NOT LIKE '#%'"
        recorded, unrecorded = self._db.execute(query).fetchone()
        return recorded or 0, unrecorded or 0

    def note_entries(self, keys: Iterable[EntryKey]) -> None:
        """Store the key of each listing entry whose photo has a mismatch."""
        rows = ((key.photo_id, key.listing, key.position) for key in keys)
        self._db.executemany(_NOTE_ENTRY, rows)

    def entries_of(self, key: str) -> list[EntryKey]:
        """Return the keys of the listing entries that were noted for one photo."""
        rows = self._db.execute("SELECT listing, position FROM listed WHERE key = ?", (key,))
        return [EntryKey(*row) for row in rows]

    def note_first_findings(self, key: str, findings: Iterable[str]) -> None:
        """Store the first inspection's findings for one key, to compare them with the second's."""
        rows = ((key, finding) for finding in findings)
        self._db.executemany("INSERT OR IGNORE INTO first_findings VALUES (?, ?)", rows)

    def keys_to_recheck(self) -> Iterator[str]:
        """Yield the keys that have first findings, sorted."""
        rows = self._db.execute("SELECT DISTINCT key FROM first_findings ORDER BY key")
        return (key for (key,) in rows)

    def first_findings(self, key: str) -> set[str]:
        """Return the first inspection's findings for one key."""
        rows = self._db.execute("SELECT finding FROM first_findings WHERE key = ?", (key,))
        return {finding for (finding,) in rows}
