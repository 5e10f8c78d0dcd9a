"""Write and read the entries of photos: those of ordered listings, and those in the index.

See `sqlite_positions` and `sqlite_listings`.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from app.domain.listings.entries import EntryKey, ListingEntry
from app.domain.photo import Photo
from app.domain.photo_ids import just_after
from app.storage.local import sqlite_listings, sqlite_positions, sqlite_records, sqlite_search

if TYPE_CHECKING:
    from app.storage.local.sqlite_database import SqliteDatabase

_SUMMARIES_KEPT = 5_000  # while all listings are read: a photo is in about 40 of them
_LISTINGS = "SELECT name, number FROM listings WHERE name > ? ORDER BY name LIMIT ?"


def write(db: sqlite3.Connection, number: int, before: Photo | None, after: Photo) -> None:
    """Write the entries of a photo, and delete the others.

    Args:
        db: A connection in a transaction.
        number: The photo's number.
        before: The photo as its entries probably are.
        after: The photo as its entries are from now on.
    """
    sqlite_listings.write(db, number, before.listings if before else (), after.listings)
    old = set(before.ordered_entries) if before else set()
    new = set(after.ordered_entries)
    sqlite_positions.delete(db, old - new)
    sqlite_positions.insert(db, number, new - old)


def correct(
    db: sqlite3.Connection, number: int, photo: Photo | None, keys: Iterable[EntryKey]
) -> bool:
    """Write those of the entries with these keys that the photo should have. Delete the others.

    Return whether the photo has any entries then.
    """
    corrected = set(keys)
    listings = {key.listing for key in corrected if not key.is_ordered}
    has_plain = sqlite_listings.correct(db, number, photo.listings if photo else (), listings)
    ordered = {key for key in corrected if key.is_ordered}
    wanted = ordered.intersection(photo.ordered_entries if photo else ())
    sqlite_positions.delete(db, ordered - wanted)
    sqlite_positions.insert(db, number, wanted)
    return has_plain or sqlite_positions.has_any(db, number)


def remove(db: sqlite3.Connection, number: int, photo: Photo, recorded: Photo) -> bool:
    """Delete the entries of a photo, except those of the record that `photo` does not have.

    Return whether there are such entries.
    """
    has_plain = sqlite_listings.remove(db, number, photo.listings, recorded.listings)
    others = set(recorded.ordered_entries) - set(photo.ordered_entries)
    sqlite_positions.delete(db, photo.ordered_entries)
    return has_plain or any(sqlite_positions.find(db, key) for key in others)


def read_all(file: "SqliteDatabase") -> Iterator[ListingEntry]:
    """Yield every entry, sorted by listing: those in the index, then those of ordered listings."""
    summary_of = lru_cache(_SUMMARIES_KEPT)(sqlite_records.summary_of)
    for name, number in file.read_in_batches(_LISTINGS, (), ("",)):
        rows = file.read_in_batches(sqlite_search.ENTRIES, (number,), (-1,))
        for _, photo_id, fields in rows:
            yield ListingEntry(EntryKey(name, photo_id), summary_of(photo_id, fields))
    yield from sqlite_positions.read_all(file, summary_of)


def entries_of(photo: Photo) -> Iterator[ListingEntry]:
    """Yield the entries that the photo should have."""
    return (ListingEntry(key, photo.summary) for key in photo.entry_keys)


def find(db: sqlite3.Connection, key: EntryKey) -> ListingEntry | None:
    """Return the entry that has this key."""
    if key.is_ordered:
        return sqlite_positions.find(db, key)
    found = sqlite_search.search(db, [[key.listing]], 1, just_after(key.photo_id), None)
    entries = [
        ListingEntry(key, summary)
        for summary in found.summaries()
        if summary.photo_id == key.photo_id
    ]
    return entries[0] if entries else None
