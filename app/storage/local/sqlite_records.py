"""Convert photos to rows of the table `photos`, and back.

A row repeats nothing. Its record is the JSON of `Photo.to_dict` without the fields that have a
column, and without those that have their usual value.
"""

import json
import sqlite3
from contextlib import suppress
from functools import lru_cache
from typing import Any

from app.domain import photo_ids
from app.domain.catalog_diff import CatalogDiff
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, PhotoSummary

_KEPT_SUMMARIES = 2048  # about 3 kB each, with the record

_COLUMNS = ("photo_id", "version", "idempotency_key")
_USUAL_VALUES = {
    "state": PhotoState.PUBLIC.value,
    "camera": {},
    "removed_metadata": [],
    "contributor_name": "",
    "filename": "",
    "animated": False,
    "albums": [],
}

# The columns from which `photo_of` makes a photo. A row with a version has a record.
PHOTO = "photo_id, version, idempotency_key, record"
_INSERT = """
INSERT INTO photos (number, photo_id, version, expires_at, idempotency_key, record)
VALUES (?, ?, ?, ?, ?, ?)
"""
_UPDATE = """
UPDATE photos SET version = ?, expires_at = ?, idempotency_key = ?, record = ? WHERE number = ?
"""
_CLAIM_KEY = "UPDATE photos SET has_key = ? WHERE number = ?"
# The index has the first characters of each key. The plus sign keeps SQLite from replacing the
# column by the parameter in both conditions, after which it would not use the index.
_KEY_OWNER = """
SELECT photo_id FROM photos
WHERE substr(idempotency_key, 1, 8) = substr(?1, 1, 8) AND +idempotency_key = ?1 AND has_key = 1
"""


def insert(db: sqlite3.Connection, number: int, photo: Photo) -> None:
    """Insert the row of a photo."""
    db.execute(_INSERT, (number, photo.photo_id, *_values(photo)))


def update(db: sqlite3.Connection, number: int, photo: Photo) -> None:
    """Replace the record of a row."""
    db.execute(_UPDATE, (*_values(photo), number))


def keep_summary(db: sqlite3.Connection, number: int, summary: PhotoSummary) -> None:
    """Delete the record of a photo that has entries left, which `check` reports."""
    db.execute(_UPDATE, (None, None, None, _json(summary.to_dict()), number))
    db.execute(_CLAIM_KEY, (0, number))


def photo_with_key(db: sqlite3.Connection, idempotency_key: str) -> str | None:
    """Return the id of the photo to which the key leads."""
    row = db.execute(_KEY_OWNER, (idempotency_key,)).fetchone()
    return row[0] if row else None


def move_key(db: sqlite3.Connection, number: int, photo: Photo, change: CatalogDiff) -> None:
    """Let the photo's idempotency key lead to it, or not any more."""
    # Another photo was made with the key since: the restored photo leaves it the key.
    if change.key_claimed and photo_with_key(db, photo.idempotency_key) is None:
        db.execute(_CLAIM_KEY, (1, number))
    if change.key_released:
        db.execute(_CLAIM_KEY, (0, number))


def photo_of(photo_id: str, version: int, idempotency_key: str, record: str) -> Photo:
    """Return the photo of a row."""
    columns = zip(_COLUMNS, (photo_id, version, idempotency_key), strict=True)
    fields = _USUAL_VALUES | json.loads(record) | dict(columns)
    if "uploaded_at" not in fields:
        fields["uploaded_at"] = _uploaded_at(photo_id)
    return Photo.from_dict(fields)


@lru_cache(_KEPT_SUMMARIES)  # pages of listings show the same photos again and again
def summary_of(photo_id: str, record: str) -> PhotoSummary:
    """Return the summary of the photo of a row."""
    fields = json.loads(record)
    fields["photo_id"] = photo_id
    return PhotoSummary.from_dict(fields)


def _values(photo: Photo) -> tuple[Any, ...]:
    return photo.version, photo.expires_at, photo.idempotency_key, _json(_unusual(photo.to_dict()))


def _unusual(fields: dict[str, Any]) -> dict[str, Any]:
    usual = _USUAL_VALUES | {"uploaded_at": _uploaded_at(fields["photo_id"])}
    return {
        name: value
        for name, value in fields.items()
        if name not in _COLUMNS and (name not in usual or usual[name] != value)
    }


def _uploaded_at(photo_id: str) -> str | None:
    """Return the time in the id; None if it is after the year 9999."""
    with suppress(ValueError):
        return photo_ids.timestamp_of(photo_id).isoformat()
    return None


def _json(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
