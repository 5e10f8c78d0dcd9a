"""Write the listings of photos in the catalog's SQLite file.

The full-text index `entries` (https://www.sqlite.org/fts5.html) has one row a photo. The words of
the row are the numbers of the photo's listings. A search term is the listing `term:<term>`.

The number of a photo, its key in the table `photos`, starts with the period of its id, about a
second. So the index is in the order of the periods, and a query sorts the photos of a period by id.
"""

import sqlite3
import zlib
from collections.abc import Collection, Iterable

from app.domain import photo_ids
from app.domain.errors import StorageRefused
from app.storage.local import varints

PERIOD_BITS = 10  # a period has 2**10 milliseconds
NUMBER_BITS = 14  # and 2**14 numbers
LAST_IN_PERIOD = 2**NUMBER_BITS - 1
_DELETE_EMPTY = """
DELETE FROM listings WHERE {} IN ({})
AND NOT EXISTS (SELECT 1 FROM entries WHERE entries MATCH listings.number)
"""

# About one photo of this many has the word 0 as well: a search that finds nothing for long stops
# at such a photo, and then knows how far it has come.
_MILESTONE_INTERVAL = 2**14
MILESTONE = 0  # no listing has this number


def new_number(db: sqlite3.Connection, photo_id: str) -> int:
    """Return a number for a photo without one."""
    period = photo_ids.milliseconds_of(photo_id) >> PERIOD_BITS
    first = period << NUMBER_BITS
    last = first + LAST_IN_PERIOD
    query = "SELECT max(number) FROM photos WHERE number BETWEEN ? AND ?"
    (latest,) = db.execute(query, (first, last)).fetchone()
    if latest == last:
        raise StorageRefused(f"The catalog has {LAST_IN_PERIOD + 1} photos of the same second.")
    return first if latest is None else latest + 1


def has_milestone(number: int) -> bool:
    """Return whether the photo with this number has the word `MILESTONE`."""
    return zlib.crc32(number.to_bytes(8)) % _MILESTONE_INTERVAL == 0


def write(db: sqlite3.Connection, number: int, before: Iterable[str], after: Iterable[str]) -> None:
    """Write the entries of a photo in the listings `after`, and delete all others.

    Args:
        db: A connection in a transaction.
        number: The photo's number.
        before: The listings in which the photo probably has entries.
        after: The listings in which the photo has entries from now on.
    """
    _replace(db, number, set(_numbers_of(db, {*after}).values()), before)


def correct(
    db: sqlite3.Connection, number: int, expected: Iterable[str], listings: Iterable[str]
) -> bool:
    """Write the entries of a photo in those of the `listings` that are also `expected`.

    Delete its entries in the other `listings`. Return whether the photo has any entries then.
    """
    corrected = set(listings)
    wanted = set(_numbers_of(db, corrected.intersection(expected)).values())
    remaining = _written(db, number) - existing_numbers(db, corrected)
    _replace(db, number, remaining | wanted, corrected)
    return bool(remaining | wanted)


def remove(
    db: sqlite3.Connection, number: int, listings: Iterable[str], others: Iterable[str]
) -> bool:
    """Delete the entries of a photo, except those in `others` that are not in `listings`.

    Return whether there are such entries.
    """
    removed = set(listings)
    kept = _written(db, number) & existing_numbers(db, set(others) - removed)
    _replace(db, number, kept, removed)
    return bool(kept)


def _written(db: sqlite3.Connection, number: int) -> set[int]:
    """Return the numbers of the listings in which the photo has entries."""
    query = "SELECT listings FROM photos WHERE number = ?"
    return varints.unpack(db.execute(query, (number,)).fetchone()[0])


def _replace(db: sqlite3.Connection, number: int, after: set[int], names: Iterable[str]) -> None:
    """Replace the row of a photo in the index. FTS5 deletes a row only if it gets its words.

    Args:
        db: A connection in a transaction.
        number: The photo's number.
        after: The numbers of the photo's listings from now on.
        names: The probable names of the listings that it leaves; others are found by a scan.
    """
    before = _written(db, number)
    if before == after:
        return
    if before:
        delete = "INSERT INTO entries (entries, rowid, listings) VALUES ('delete', ?, ?)"
        db.execute(delete, (number, _words(number, before)))
    if after:
        insert = "INSERT INTO entries (rowid, listings) VALUES (?, ?)"
        db.execute(insert, (number, _words(number, after)))
    update = "UPDATE photos SET listings = ? WHERE number = ?"
    db.execute(update, (varints.pack(after), number))
    if before - after:
        _delete_empty(db, before - after, names)


def _words(number: int, listings: set[int]) -> str:
    milestone = {MILESTONE} if has_milestone(number) else set()
    return " ".join(map(str, sorted(listings | milestone)))


def _delete_empty(db: sqlite3.Connection, numbers: set[int], names: Iterable[str]) -> None:
    """Delete those of the listings that have no entries left."""
    existing = _existing(db, {*names})
    named = [name for name, number in existing.items() if number in numbers]
    unnamed = numbers - {*existing.values()}
    db.execute(_DELETE_EMPTY.format("name", _parameters(named)), named)
    if unnamed:
        db.execute(_DELETE_EMPTY.format("number", _parameters(unnamed)), [*unnamed])


def existing_numbers(db: sqlite3.Connection, names: Collection[str]) -> set[int]:
    """Return the numbers of those listings that have one."""
    return set(_existing(db, names).values())


def _existing(db: sqlite3.Connection, names: Collection[str]) -> dict[str, int]:
    query = f"SELECT name, number FROM listings WHERE name IN ({_parameters(names)})"  # noqa: S608
    return dict(db.execute(query, [*names]).fetchall())


def _numbers_of(db: sqlite3.Connection, listings: Collection[str]) -> dict[str, int]:
    """Return the numbers of the listings. New listings get a number that was never used."""
    numbers = _existing(db, listings)
    new = sorted(set(listings) - numbers.keys())
    if new:
        (last,) = db.execute("SELECT number FROM last_listing").fetchone()
        numbers |= {name: last + count for count, name in enumerate(new, 1)}
        rows = [(name, numbers[name]) for name in new]
        db.executemany("INSERT INTO listings VALUES (?, ?)", rows)
        db.execute("UPDATE last_listing SET number = ?", (last + len(new),))
    return numbers


def _parameters(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
