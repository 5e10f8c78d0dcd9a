"""Double-entry bookkeeping over a collection of any size, in a temporary file instead of in memory."""

import sqlite3
from collections.abc import Iterable, Iterator

_CACHE = 16 * 1024  # KiB: all that a ledger takes of memory, however many accounts it has
_SCHEMA = """
CREATE TABLE accounts (name TEXT PRIMARY KEY, balance INTEGER, known INTEGER) WITHOUT ROWID;
CREATE TABLE listed (name TEXT, listing TEXT, PRIMARY KEY (name, listing)) WITHOUT ROWID;
CREATE TABLE doubts (name TEXT, doubt TEXT, PRIMARY KEY (name, doubt)) WITHOUT ROWID;
"""
_ENTER = """
INSERT INTO accounts VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET balance = balance + excluded.balance, known = max(known, excluded.known)
"""
_NOTE = "INSERT OR IGNORE INTO listed SELECT ?1, ?2 WHERE (SELECT balance FROM accounts WHERE name = ?1) != 0"
_BITS = 40  # of a weight: a thousand of them are still far from what a balance can hold


def fingerprint(thing: object) -> int:
    """What stands for `thing` in a balance: the same within one process, and hardly ever that of anything else."""
    return hash(thing) & ((1 << _BITS) - 1)


class Reconciliation:
    """What is there is credited, what should be there is debited: an account that does not come out even is suspect.

    Its file has no name and goes with it; it needs about 50 bytes of disk an account. One thread's at a time.
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA cache_size = -{_CACHE}; {_SCHEMA} BEGIN;"
        )

    def close(self) -> None:
        """Remove the file."""
        self._db.close()

    def add(self, entries: Iterable[tuple[str, int]], *, known: bool = False) -> None:
        """Add to the balances of accounts; `known` are those of photos that the catalog has."""
        self._db.executemany(_ENTER, ((name, amount, known) for name, amount in entries))

    def force_mismatch(self, name: str) -> None:
        """Make an account suspect whatever else is entered."""
        self.add([(name, 1 << (_BITS + 20))])

    def mismatches(self) -> Iterator[str]:
        """The names of the accounts that don't come out even."""
        return (
            name
            for (name,) in self._db.execute(
                "SELECT name FROM accounts WHERE balance != 0 ORDER BY name"
            )
        )

    def count_known_and_unknown(self) -> tuple[int, int]:
        """How many photos the catalog has, and how many accounts of photos it does not know."""
        query = "SELECT sum(known), sum(NOT known) FROM accounts WHERE name NOT LIKE '#%'"
        known, unknown = self._db.execute(query).fetchone()
        return known or 0, unknown or 0

    def note_listings(self, listings: Iterable[tuple[str, str]]) -> None:
        """Keep the listings of those accounts that are suspect."""
        self._db.executemany(_NOTE, listings)

    def listings_of(self, name: str) -> list[str]:
        """The listings that were noted for one account."""
        return [
            listing
            for (listing,) in self._db.execute("SELECT listing FROM listed WHERE name = ?", (name,))
        ]

    def note_first_findings(self, name: str, doubts: Iterable[str]) -> None:
        """Keep what was found at the first look."""
        self._db.executemany(
            "INSERT OR IGNORE INTO doubts VALUES (?, ?)", ((name, doubt) for doubt in doubts)
        )

    def keys_to_recheck(self) -> Iterator[str]:
        """The accounts that something was found for."""
        return (
            name for (name,) in self._db.execute("SELECT DISTINCT name FROM doubts ORDER BY name")
        )

    def first_findings(self, name: str) -> set[str]:
        """What was found for one account at the first look."""
        return {
            doubt
            for (doubt,) in self._db.execute("SELECT doubt FROM doubts WHERE name = ?", (name,))
        }
