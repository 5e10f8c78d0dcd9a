"""Change the rows of photos in a file of the versions 4 to 7 of the schema.

Those versions had the whole record but three columns in the column `record`, names of listings and
photo ids as text in `positions`, and an index of the photos there.
"""

import json
import sqlite3
from collections.abc import Callable
from functools import partial

from app.domain import photo_ids
from app.domain.errors import StorageRefused
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.storage.local import sqlite_positions, sqlite_records

_BATCH = 500  # photos

# A process of an earlier version may still run. Without its column it refuses the file, and does
# not read the shorter rows.
_COLUMNS = (
    "DROP TABLE IF EXISTS positions",
    "ALTER TABLE photos RENAME COLUMN record TO fields",
    "ALTER TABLE photos ADD COLUMN sha256 BLOB",
)
_RECORDS = f"""
SELECT number, photo_id, version, idempotency_key, fields FROM photos
WHERE number > ? AND version IS NOT NULL ORDER BY number LIMIT {_BATCH}
"""  # noqa: S608  made of constants
# Photos without a record keep their entries in the index. The earliest summaries have no AVIFs.
_LOST_RECORDS = (
    "DELETE FROM photos WHERE version IS NULL AND listings = x''",
    """
    UPDATE photos SET fields = json_insert(fields, '$.avif_widths', json('[]'))
    WHERE version IS NULL AND json_valid(fields)
    """,
)


def change_columns(db: sqlite3.Connection) -> None:
    """Give the table of photos its columns, and drop the entries of ordered listings."""
    for statement in _COLUMNS:
        db.execute(statement)


def shorten(db: sqlite3.Connection) -> None:
    """Write the fields of each photo again, and its entries in ordered listings."""
    number = -1
    while rows := db.execute(_RECORDS, (number,)).fetchall():
        for number, *row in rows:
            photo = checked(row[0], partial(_photo_of, *row))
            sqlite_records.update(db, number, photo)
            sqlite_positions.insert(db, number, photo.ordered_entries)
    for statement in _LOST_RECORDS:
        db.execute(statement)


def checked(photo_id: str, read: Callable[[], Photo]) -> Photo:
    """Return the photo that `read` returns. Raises StorageRefused if its record is damaged."""
    try:
        photo_ids.timestamp_of(photo_id)  # raises ValueError if it is no photo id
        return read()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageRefused(
            f"The record of the photo {photo_id} is damaged. Restore a backup of the SQLite file, "
            "or move the file away and run `flask --app app rebuild --apply`."
        ) from error


def _photo_of(photo_id: str, version: int, idempotency_key: str, record: str) -> Photo:
    """Return the photo of a row. Fields that it lacks are empty, except these two."""
    usual = {
        "state": PhotoState.PUBLIC.value,
        "uploaded_at": photo_ids.timestamp_of(photo_id).isoformat(),
    }
    columns = {"photo_id": photo_id, "version": version, "idempotency_key": idempotency_key}
    return Photo.from_dict(usual | json.loads(record) | columns)
