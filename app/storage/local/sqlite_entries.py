"""Write and read the entries of photos: those in the index, and those of ordered listings.

The table `positions` has one row for each entry of an ordered listing. All other entries are in the
full-text index (see `sqlite_listings`).
"""

import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from app.domain.listings.entries import EntryKey, ListingEntry
from app.domain.photo import Photo
from app.domain.photo_ids import just_after
from app.storage.local import sqlite_listings, sqlite_records, sqlite_search

if TYPE_CHECKING:
    from app.storage.local.sqlite_database import SqliteDatabase

_SUMMARIES_KEPT = 5_000  # while all listings are read: a photo is in about 40 of them
_LISTINGS = "SELECT name, number FROM listings WHERE name > ? ORDER BY name LIMIT ?"
_WRITTEN = "SELECT listing, position FROM positions WHERE number = ?"
_ENTRY = """
SELECT photo_id, record FROM positions CROSS JOIN photos USING (number)
WHERE listing = ? AND position = ?
"""
_ENTRIES = """
SELECT listing, position, photo_id, record FROM positions CROSS JOIN photos USING (number)
WHERE (listing, position) > (?, ?) ORDER BY listing, position LIMIT ?
"""


def write(db: sqlite3.Connection, number: int, before: Photo | None, after: Photo) -> None:
    """Write the entries of a photo, and delete all others.

    Args:
        db: A connection in a transaction.
        number: The photo's number.
        before: The photo as its entries probably are.
        after: The photo as its entries are from now on.
    """
    sqlite_listings.write(db, number, before.listings if before else (), after.listings)
    _replace_positions(db, number, set(after.ordered_entries))


def correct(
    db: sqlite3.Connection, number: int, photo: Photo | None, keys: Iterable[EntryKey]
) -> bool:
    """Write those of the entries with these keys that the photo should have. Delete the others.

    Return whether the photo has any entries then.
    """
    corrected = set(keys)
    listings = {key.listing for key in corrected if not key.is_ordered}
    has_plain = sqlite_listings.correct(db, number, photo.listings if photo else (), listings)
    wanted = corrected.intersection(photo.ordered_entries if photo else ())
    positions = (_written_positions(db, number) - corrected) | wanted
    _replace_positions(db, number, positions)
    return has_plain or bool(positions)


def remove(db: sqlite3.Connection, number: int, photo: Photo, recorded: Photo) -> bool:
    """Delete the entries of a photo, except those of the record that `photo` does not have.

    Return whether there are such entries.
    """
    has_plain = sqlite_listings.remove(db, number, photo.listings, recorded.listings)
    others = set(recorded.ordered_entries) - set(photo.ordered_entries)
    positions = _written_positions(db, number) & others
    _replace_positions(db, number, positions)
    return has_plain or bool(positions)


def read_all(file: "SqliteDatabase") -> Iterator[ListingEntry]:
    """Yield every entry, sorted by listing: those in the index, then those of ordered listings."""
    summary_of = lru_cache(_SUMMARIES_KEPT)(sqlite_records.summary_of)
    for name, number in file.read_in_batches(_LISTINGS, (), ("",)):
        rows = file.read_in_batches(sqlite_search.ENTRIES, (number,), (-1,))
        for _, photo_id, record in rows:
            yield ListingEntry(EntryKey(name, photo_id), summary_of(photo_id, record))
    for listing, position, photo_id, record in file.read_in_batches(_ENTRIES, (), ("", "")):
        yield ListingEntry(EntryKey(listing, position), summary_of(photo_id, record))


def entries_of(photo: Photo) -> Iterator[ListingEntry]:
    """Yield the entries that the photo should have."""
    return (ListingEntry(key, photo.summary) for key in photo.entry_keys)


def find(db: sqlite3.Connection, key: EntryKey) -> ListingEntry | None:
    """Return the entry that has this key."""
    if key.is_ordered:
        row = db.execute(_ENTRY, key).fetchone()
        return ListingEntry(key, sqlite_records.summary_of(*row)) if row else None
    found = sqlite_search.search(db, [[key.listing]], 1, just_after(key.photo_id), None)
    entries = [
        ListingEntry(key, summary)
        for summary in found.summaries()
        if summary.photo_id == key.photo_id
    ]
    return entries[0] if entries else None


def _written_positions(db: sqlite3.Connection, number: int) -> set[EntryKey]:
    return {EntryKey(*row) for row in db.execute(_WRITTEN, (number,))}


def _replace_positions(db: sqlite3.Connection, number: int, after: set[EntryKey]) -> None:
    before = _written_positions(db, number)
    if before - after:
        delete = "DELETE FROM positions WHERE listing = ? AND position = ?"
        db.executemany(delete, sorted(before - after))
    if after - before:
        rows = [(*key, number) for key in sorted(after - before)]
        db.executemany("INSERT INTO positions VALUES (?, ?, ?)", rows)
