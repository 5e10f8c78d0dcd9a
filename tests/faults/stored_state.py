"""Save, restore and compare everything that a backend stores."""

import copyreg
import hashlib
import pickle
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import lru_cache
from math import inf
from pathlib import Path
from time import time
from typing import Any, NamedTuple

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import LimitedSizeDict
from moto.s3.models import FakeBucket, s3_backends

from app.domain import photo_ids
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import BUCKET, REGION, Backend
from tests.faults.shortcuts.saved_folder import SavedFolder, entries_of

_CATALOG = "catalog.sqlite3"
_TABLES = re.compile(
    "albums|last_listing|listings|ordered_listings|photos|positions|tag_counts|usage_counters"
)
# The rows of the index are not stored. Its vocabulary has the words of each row.
_VOCABULARY = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab('main', 'entries', 'instance')"
)
_VARIABLE = re.compile(
    r"(?P<photo>\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b)"
    r"|(?P<time>\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)?)"
    r"|(?P<key>\b20\d{12}\b)"
    r"|(?P<number>\b[23]\d{13}\b)"  # of a photo in the local catalog, of the second of its id
    r"|(?P<revision>\b\d{15}\b)"
    r"|(?P<epoch>\b1\d{9}(?:\.\d+)?\b)"
    r"|(?P<file>(?<=\.incoming/)[0-9a-f]{32}\b)"
)
# The partition in the key of an object is the last character of the photo id.
_PARTITION = re.compile(r"\b[0-9A-HJKMNP-TV-Z]/(?=[0-7][0-9A-HJKMNP-TV-Z]{25}\b)")
_SIGNED = "x-amz-content-sha256"  # a header of requests over HTTP that moto stores, and S3 doesn't
_RECENT = 3600.0  # seconds

Restore = Callable[[], None]
# As any dictionary is pickled, moto would measure all attributes again for each one of an item.
copyreg.pickle(LimitedSizeDict, lambda attributes: (LimitedSizeDict, (dict(attributes),)))


def save(backend: Backend, folder: Path, saved: Path) -> Restore:
    """Return a function that restores the present state.

    Args:
        backend: The backend to save.
        folder: The folder of a local backend.
        saved: A folder for a copy, which does not exist yet.
    """
    if backend.clients:
        return _save_aws()
    copy = SavedFolder(folder, saved, always=_CATALOG)
    restore_bucket = _save_aws() if backend.name == "store" else None

    def restore() -> None:
        copy.restore()
        if restore_bucket:
            restore_bucket()

    return restore


def digest(backend: Backend, folder: Path) -> str:
    """Return a hash of everything that is stored.

    It is the same for states that differ only in the ids and numbers of new photos, in random
    revisions, in times of the last hour and of times later than those, and in names of temporary
    files. Their order is the same.
    """
    parts = list(_aws_parts()) if backend.clients or backend.name == "store" else []
    if isinstance(backend.catalog, SqliteCatalog):
        backend.catalog.close()  # its locks end when this process closes the file that it reads
        parts += _file_parts(folder)
        parts += _rows(folder / _CATALOG, _content_of_catalog(folder))
    return hashlib.sha256("\n".join(_normalized(parts)).encode()).hexdigest()


def _save_aws() -> Restore:
    # Pickling takes a fraction of the time of `deepcopy`, and copies the bodies of objects too.
    items = pickle.dumps({name: table.items for name, table in _tables().items()})
    keys = pickle.dumps(list(_bucket().keys.values()))

    def restore() -> None:
        for name, saved in pickle.loads(items).items():  # noqa: S301  made above
            _tables()[name].items = saved
        stored = _bucket().keys
        for name in list(stored):
            stored.pop(name)
        for key in pickle.loads(keys):  # noqa: S301  made above
            stored[key.name] = key

    return restore


def _tables() -> dict[str, Any]:
    tables: dict[str, Any] = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    return tables


def _bucket() -> FakeBucket:
    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[BUCKET]


def _aws_parts() -> Iterator[str]:
    for name, table in _tables().items():
        for item in table.all_items():
            attributes = {key: value.to_regular_json() for key, value in item.attrs.items()}
            yield f"{name}: {sorted(attributes.items())}"
    bucket = _bucket()
    assert not bucket.multiparts
    for key in bucket.keys.values():
        metadata = sorted(item for item in key.metadata.items() if item[0] != _SIGNED)
        yield f"{key.name}: {metadata} {key.value.decode('latin-1')}"


def _file_parts(folder: Path) -> Iterator[str]:
    for path, entry in entries_of(folder):
        if not entry.is_dir() and not entry.name.startswith(_CATALOG):
            status = entry.stat()
            version = (status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size)
            yield f"{path}: {_text(entry.path, version)}"


# Objects are replaced, and never changed.
@lru_cache(maxsize=2_000)
def _text(path: str, _version: tuple[int, ...]) -> str:
    return Path(path).read_text("latin-1")


def _content_of_catalog(folder: Path) -> str:
    """Return a hash of the file and of its write-ahead log: equal ones have equal rows."""
    content = hashlib.sha256()
    for path in sorted(folder.glob(f"{_CATALOG}*")):
        if not path.name.endswith("-shm"):  # an index of the log
            content.update(path.read_bytes())
    return content.hexdigest()


# Most faults leave a catalog that an earlier one left.
@lru_cache(maxsize=2_000)
def _rows(path: Path, _content: str) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_schema")]
        db.execute(_VOCABULARY)
        tables = [*filter(_TABLES.fullmatch, names), "temp.words"]
        rows: list[str] = []
        for table in tables:
            rows += _rows_of(db, table)
        return rows


def _rows_of(db: sqlite3.Connection, table: str) -> Iterator[str]:
    for row in db.execute(f"SELECT * FROM {table}"):  # noqa: S608  a name of a table
        yield f"{table}: {_with_photo_id(row) if table == 'positions' else row}"


def _with_photo_id(position: tuple[int, str, bytes, int]) -> tuple[int, str, str, int]:
    """Return the row with the text of the photo id, which is one of the variables."""
    listing, key, photo_id, number = position
    return listing, key, photo_ids.from_bytes(photo_id), number


class _Part(NamedTuple):
    """A part of the stored state, with a name in place of each variable."""

    template: str
    photo_ids: tuple[str, ...]  # and numbers
    times: tuple[tuple[str, float], ...]  # as they are stored, and in seconds since 1970


# Most parts of a state are those of an earlier one.
@lru_cache(maxsize=20_000)
def _split(part: str) -> _Part:
    photo_ids: list[str] = []
    times: list[tuple[str, float]] = []

    def replaced(match: re.Match[str]) -> str:
        if match["photo"] or match["number"]:
            photo_ids.append(match[0])
            return "<photo>" if match["photo"] else "<number>"
        if match["file"] or match["revision"]:
            return "<random>"
        times.append((match[0], _time(match)))
        return "<time>"

    template = _VARIABLE.sub(replaced, _PARTITION.sub("", part))
    return _Part(template, tuple(photo_ids), tuple(times))


def _normalized(stored: Iterable[str]) -> Iterator[str]:
    now = time()
    parts = sorted(_split(part) for part in stored)
    photo_ids = sorted({photo_id for part in parts for photo_id in part.photo_ids})
    places = {photo_id: place for place, photo_id in enumerate(photo_ids)}
    for part in parts:
        if not (part.photo_ids or part.times):
            yield part.template
            continue
        times = [_rounded(text, seconds - now) for text, seconds in part.times]
        yield f"{part.template} {[places[photo_id] for photo_id in part.photo_ids]} {times}"


def _rounded(text: str, seconds: float) -> str:
    """Return a time as it is stored, or if it is not that long ago, in hours from now."""
    return f"<{round(seconds / _RECENT)} h>" if seconds > -_RECENT else text


def _time(match: re.Match[str]) -> float:
    text = match[0]
    if match["epoch"]:
        return float(text)
    if match["key"]:
        text = f"{text[:8]}T{text[8:]}"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:  # other digits
        return -inf
    return found.timestamp() if found.tzinfo else found.replace(tzinfo=UTC).timestamp()
