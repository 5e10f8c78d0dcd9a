"""Read and write the entries of ordered listings in the catalog's SQLite file.

A row of the table `positions` is one entry. Its key and its photo id are those of the position,
`<key>-<photo_id>`, so a page is a range of the primary key. The row has the id, although it has the
photo's number, because the numbers of the photos of a batch are not in the order of their ids.

No index finds the entries of a photo: its record says which they are.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from app.domain import photo_ids
from app.domain.albums.pages import Placed
from app.domain.listings.entries import (
    EVERY_POSITION,
    EntryKey,
    ListingEntry,
    PositionRange,
    parts_of,
    position_of,
)
from app.domain.photo_summary import PhotoSummary
from app.storage.local import sqlite_records

if TYPE_CHECKING:
    from app.storage.local.sqlite_database import SqliteDatabase

_LISTING = "(SELECT number FROM ordered_listings WHERE name = ?)"
_IS_AT = f"listing = {_LISTING} AND key = ? AND positions.photo_id = ?"
_PAGE = f"""
SELECT key, photos.photo_id, fields FROM positions CROSS JOIN photos USING (number)
WHERE listing = {_LISTING}
AND (key, positions.photo_id) > (?, ?) AND (key, positions.photo_id) < (?, ?)
ORDER BY key, positions.photo_id LIMIT ?
"""  # noqa: S608  made of constants
_PAGE_DESCENDING = _PAGE.replace(
    "ORDER BY key, positions.photo_id", "ORDER BY key DESC, positions.photo_id DESC"
)
_FIND = f"""
SELECT photos.photo_id, fields FROM positions LEFT JOIN photos USING (number) WHERE {_IS_AT}
"""  # noqa: S608  made of constants
_LISTINGS = "SELECT name, number FROM ordered_listings WHERE name > ? ORDER BY name LIMIT ?"
_ENTRIES = """
SELECT key, positions.photo_id, photos.photo_id, fields
FROM positions LEFT JOIN photos USING (number)
WHERE listing = ? AND (key, positions.photo_id) > (?, ?)
ORDER BY key, positions.photo_id LIMIT ?
"""
_INSERT = f"""
INSERT INTO positions VALUES ({_LISTING}, ?, ?, ?)
ON CONFLICT DO UPDATE SET number = excluded.number WHERE number <> excluded.number
"""  # noqa: S608  made of constants
_DELETE = f"DELETE FROM positions WHERE {_IS_AT}"  # noqa: S608  made of constants
_DELETE_EMPTY = """
DELETE FROM ordered_listings WHERE {}
NOT EXISTS (SELECT 1 FROM positions WHERE listing = ordered_listings.number)
"""

_SummaryOf = Callable[[str, str], PhotoSummary]
_Place = tuple[str, bytes]  # the key and the photo id in a position


def page(
    db: sqlite3.Connection,
    listing: str,
    limit: int,
    *,
    is_descending: bool,
    before: str | None = None,
    after: str | None = None,
    within: PositionRange = EVERY_POSITION,
) -> list[Placed]:
    """Return positions and photos of a listing. `before` takes precedence over `after`."""
    first, last = _place(within.first), _place(within.last)
    if before:
        last = min(last, _place(before))
    elif after:
        first = max(first, _place(after))
    query = _PAGE_DESCENDING if is_descending else _PAGE
    rows = db.execute(query, (listing, *first, *last, limit))
    return [
        (position_of(key, photo_id), sqlite_records.summary_of(photo_id, fields))
        for key, photo_id, fields in rows
    ]


def find(db: sqlite3.Connection, key: EntryKey) -> ListingEntry | None:
    """Return the entry that has this key."""
    row = db.execute(_FIND, _values(key)).fetchone()
    return _entry(key, row, sqlite_records.summary_of) if row else None


def read_all(file: "SqliteDatabase", summary_of: _SummaryOf) -> Iterator[ListingEntry]:
    """Yield every entry, sorted by listing and position."""
    for name, number in file.read_in_batches(_LISTINGS, (), ("",)):
        for key, photo_id, *row in file.read_in_batches(_ENTRIES, (number,), ("", b"")):
            at = EntryKey.ordered(name, key, photo_ids.from_bytes(photo_id))
            yield _entry(at, row, summary_of)


def insert(db: sqlite3.Connection, number: int, keys: Iterable[EntryKey]) -> None:
    """Write entries of the photo with this number. They may exist."""
    rows = [(*_values(key), number) for key in sorted(keys)]
    if not rows:
        return
    insert = "INSERT OR IGNORE INTO ordered_listings (name) VALUES (?)"
    db.executemany(insert, [(name,) for name, *_ in rows])
    db.executemany(_INSERT, rows)


def delete(db: sqlite3.Connection, keys: Iterable[EntryKey]) -> None:
    """Delete those of the entries that exist."""
    rows = [_values(key) for key in sorted(keys)]
    if not rows:
        return
    db.executemany(_DELETE, rows)
    delete_empty = _DELETE_EMPTY.format("name = ? AND")
    db.executemany(delete_empty, [(name,) for name, *_ in rows])


def delete_all(db: sqlite3.Connection, number: int) -> None:
    """Delete the entries of a photo without a record, by a scan."""
    db.execute("DELETE FROM positions WHERE number = ?", (number,))
    db.execute(_DELETE_EMPTY.format(""))


def has_any(db: sqlite3.Connection, number: int) -> bool:
    """Return whether a photo without a record has entries, by a scan."""
    query = "SELECT 1 FROM positions WHERE number = ? LIMIT 1"
    return db.execute(query, (number,)).fetchone() is not None


def _place(position: str) -> _Place:
    """Return the columns that order the position. An end of a range has no photo id."""
    key, photo_id = parts_of(position)
    if key and photo_ids.is_photo_id(photo_id):
        return key, photo_ids.to_bytes(photo_id)
    return position, b""


def _values(key: EntryKey) -> tuple[str, str, bytes]:
    return (key.listing, *_place(key.position))


def _entry(key: EntryKey, row: Sequence[str | None], summary_of: _SummaryOf) -> ListingEntry:
    """Return an entry. It has no summary if its photo is gone."""
    photo_id, fields = row
    if photo_id is None or fields is None:
        return ListingEntry(key, None)
    return ListingEntry(key, summary_of(photo_id, fields))
