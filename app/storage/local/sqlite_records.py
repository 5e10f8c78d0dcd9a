"""Convert photos to rows of the table `photos`, and back.

A row repeats nothing. Its column `fields` is the JSON of `Photo.to_dict` without those that have a
column of their own, and without those that have their usual value.
"""

import json
import re
import sqlite3
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeAlias

from app.domain import photo_ids
from app.domain.catalog_diff import CatalogDiff
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, PhotoSummary

_KEPT_SUMMARIES = 2048  # about 3 kB each, with the record
_KEPT_SIZES = 256

Packed: TypeAlias = str | bytes  # see `_packed`

_COLUMNS = ("photo_id", "version", "idempotency_key", "sha256")
# Rows lack fields with these values, and widths of `_usual_widths`: both must never change.
_USUAL_VALUES = {
    "title": "",
    "description": "",
    "tags": [],
    "alt": "",
    "content_type": "image/jpeg",
    "state": PhotoState.PUBLIC.value,
    "camera": {},
    "removed_metadata": [],
    "contributor_name": "",
    "filename": "",
    "animated": False,
    "albums": [],
}
_USUAL_WIDTHS = (320, 640, 1280, 1600, 2048, 3200)  # of JPEGs
_USUAL_PORTRAIT_WIDTH = 2048  # the most of a photo that is not wider than high
# Portraits got a fifth width later, so their rows store the widths of their AVIFs.
_USUAL_AVIF_WIDTHS = (320, 480, 640, 960)
_HASH = re.compile("[0-9a-f]{64}")

# The columns from which `photo_of` makes a photo. A row with a version has a record; the `fields`
# of a row without one are a summary.
PHOTO = "photo_id, version, idempotency_key, sha256, fields"
ANY_RECORD = "SELECT 1 FROM photos WHERE version IS NOT NULL LIMIT 1"
_INSERT = """
INSERT INTO photos (number, photo_id, version, expires_at, idempotency_key, sha256, fields)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_UPDATE = """
UPDATE photos SET version = ?, expires_at = ?, idempotency_key = ?, sha256 = ?, fields = ?
WHERE number = ?
"""
_CLAIM_KEY = "UPDATE photos SET has_key = ? WHERE number = ?"
# The index has the first characters of each key. The plus sign keeps SQLite from replacing the
# column by the parameter in both conditions, after which it would not use the index.
_KEY_OWNER = """
SELECT photo_id FROM photos
WHERE substr(idempotency_key, 1, 8) = substr(?1, 1, 8) AND +idempotency_key = ?1 AND has_key = 1
"""


def number_and_version(db: sqlite3.Connection, photo_id: str) -> tuple[int | None, int | None]:
    """Return the photo's number, if it has a row, and its version, if it has a record."""
    query = "SELECT number, version FROM photos WHERE photo_id = ?"
    return db.execute(query, (photo_id,)).fetchone() or (None, None)


def insert(db: sqlite3.Connection, number: int, photo: Photo) -> None:
    """Insert the row of a photo."""
    db.execute(_INSERT, (number, photo.photo_id, *_values(photo)))


def update(db: sqlite3.Connection, number: int, photo: Photo) -> None:
    """Replace the record of a row."""
    db.execute(_UPDATE, (*_values(photo), number))


def keep_summary(db: sqlite3.Connection, number: int, summary: PhotoSummary) -> None:
    """Delete the record of a photo that has entries left, which `check` reports."""
    db.execute(_UPDATE, (None, None, None, None, _json(summary.to_dict()), number))
    db.execute(_CLAIM_KEY, (0, number))


def photo_with_key(db: sqlite3.Connection, idempotency_key: str) -> str | None:
    """Return the id of the photo to which the key leads."""
    row = db.execute(_KEY_OWNER, (_packed(idempotency_key),)).fetchone()
    return row[0] if row else None


def move_key(db: sqlite3.Connection, number: int, photo: Photo, change: CatalogDiff) -> None:
    """Let the photo's idempotency key lead to it, or not any more."""
    # Another photo was made with the key since: the restored photo leaves it the key.
    if change.key_claimed and photo_with_key(db, photo.idempotency_key) is None:
        db.execute(_CLAIM_KEY, (1, number))
    if change.key_released:
        db.execute(_CLAIM_KEY, (0, number))


def photo_of(
    photo_id: str, version: int, idempotency_key: Packed, sha256: Packed, fields: str
) -> Photo:
    """Return the photo of a row."""
    columns = (photo_id, version, _unpacked(idempotency_key), _unpacked(sha256))
    record = json.loads(fields) | dict(zip(_COLUMNS, columns, strict=True))
    if "uploaded_at" not in record:
        record["uploaded_at"] = _uploaded_at(photo_id)
    return Photo.from_dict(_usual_values(record["width"], record["height"]) | record)


@lru_cache(_KEPT_SUMMARIES)  # pages of listings show the same photos again and again
def summary_of(photo_id: str, fields: str) -> PhotoSummary:
    """Return the summary of the photo of a row."""
    record = json.loads(fields)
    record["photo_id"] = photo_id
    return PhotoSummary.from_dict(_usual_values(record["width"], record["height"]) | record)


def _values(photo: Photo) -> tuple[Any, ...]:
    record = photo.to_dict()
    hashes = (_packed(photo.idempotency_key), _packed(photo.sha256))
    return photo.version, photo.expires_at, *hashes, _json(_unusual(record))


def _unusual(record: dict[str, Any]) -> dict[str, Any]:
    uploaded_at = _uploaded_at(record["photo_id"])
    usual = _usual_values(record["width"], record["height"]) | {"uploaded_at": uploaded_at}
    return {
        name: value
        for name, value in record.items()
        if name not in _COLUMNS and (name not in usual or usual[name] != value)
    }


@lru_cache(_KEPT_SIZES)  # most photos have one of a few sizes
def _usual_values(width: int, height: int) -> dict[str, Any]:
    """Return the usual values of a photo of this size."""
    widths, avif_widths = _usual_widths(width, height)
    return _USUAL_VALUES | {"widths": widths, "avif_widths": avif_widths}


def _usual_widths(width: int, height: int) -> tuple[list[int], list[int]]:
    """Return the widths of the JPEGs and of the AVIFs that most photos of this size have."""
    widest = min(width, _USUAL_WIDTHS[-1] if width > height else _USUAL_PORTRAIT_WIDTH)
    widths = [each for each in _USUAL_WIDTHS if each < widest]
    return [*widths, widest], [each for each in _USUAL_AVIF_WIDTHS if each <= widest]


def _uploaded_at(photo_id: str) -> str | None:
    """Return the time in the id; None if it is after the year 9999."""
    with suppress(ValueError):
        return photo_ids.timestamp_of(photo_id).isoformat()
    return None


def _packed(text: str) -> Packed:
    """Return a hash in 64 hexadecimal digits as its 32 bytes, and another text as it is."""
    return bytes.fromhex(text) if _HASH.fullmatch(text) else text


def _unpacked(packed: Packed) -> str:
    return packed.hex() if isinstance(packed, bytes) else packed


def _json(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
