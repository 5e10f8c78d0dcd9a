"""Keep albums in the catalog's SQLite file.

See `sqlite_positions` for the entries of photos in albums, and those of covers.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from app.domain.albums.album import LISTING, Album, album_listing
from app.domain.albums.covers import covers_of
from app.domain.albums.memberships import COVERS
from app.domain.albums.pages import AlbumList, AlbumPage
from app.domain.errors import AlbumConflict, AlbumNotFound
from app.domain.listings.entries import PositionRange
from app.domain.photo_summary import PhotoSummary
from app.domain.usage import album_counter
from app.services.albums.catalog import AlbumEntry
from app.storage.local import sqlite_positions, sqlite_records
from app.storage.local.sqlite_database import SqliteDatabase, opened
from app.storage.local.sqlite_schema import SETTLE_AT

_ALBUMS = "SELECT record FROM albums WHERE {} AND album_id < ? ORDER BY album_id DESC LIMIT ?"
_AFTER_EVERY_ID = "~"
_WITH_GUEST_CODE = """
SELECT record FROM guest_codes CROSS JOIN albums USING (album_id) WHERE code = ?
"""
# See the index `albums_to_settle`: the times are texts in UTC.
_TO_SETTLE = f"""
SELECT record FROM albums WHERE {SETTLE_AT} <= ? ORDER BY {SETTLE_AT} LIMIT ?
"""  # noqa: S608  made of constants
_RECORDS = f"""
SELECT {sqlite_records.PHOTO} FROM photos
WHERE photo_id IN (SELECT value FROM json_each(?)) AND version IS NOT NULL
"""  # noqa: S608  made of constants
_COUNTERS = """
SELECT counter, photos FROM usage_counters WHERE counter IN (SELECT value FROM json_each(?))
"""


class SqliteAlbums:
    """Implement AlbumCatalog in the catalog's SQLite file."""

    def __init__(self, file: Path | SqliteDatabase) -> None:
        self._file = opened(file)

    def close(self) -> None:
        """Close the file's idle connections; the object stays usable."""
        self._file.close()

    def create(self, album: Album) -> None:
        """Write the album. Raises AlbumConflict."""
        insert = "INSERT OR IGNORE INTO albums VALUES (?, ?, ?, ?, ?)"
        with self._file.transaction() as db:
            _require_change(db.execute(insert, _row(album)), album)
            _add_guest_code(db, album)

    def get(self, album_id: str) -> Album:
        """Return the album. Raises AlbumNotFound."""
        with self._file.connection() as db:
            return _read(db, album_id)

    def with_guest_code(self, code: str) -> Album:
        """Return the album with one query. Raises AlbumNotFound."""
        rows = self._file.read(_WITH_GUEST_CODE, code)
        if not rows:
            raise AlbumNotFound(code)
        return Album.from_dict(json.loads(rows[0][0]))

    def update(self, before: Album, after: Album) -> None:
        """Replace the album. Raises AlbumConflict."""
        update = """
            UPDATE albums SET owner = ?2, is_public = ?3, version = ?4, record = ?5
            WHERE album_id = ?1 AND version = ?6
        """
        with self._file.transaction() as db:
            _require_change(db.execute(update, (*_row(after), before.version)), after)
            if after.guest_code != before.guest_code:
                _delete_guest_code(db, before)
                _add_guest_code(db, after)

    def delete(self, album: Album) -> None:
        """Delete the album. Raises AlbumConflict."""
        delete = "DELETE FROM albums WHERE album_id = ? AND version = ?"
        with self._file.transaction() as db:
            _require_change(db.execute(delete, (album.album_id, album.version)), album)
            _delete_guest_code(db, album)

    def page(
        self, album_id: str, limit: int, *, before: str | None = None, after: str | None = None
    ) -> AlbumPage:
        """Return one page with two queries, and one for the cover on the first page."""
        listing = album_listing(album_id)
        is_first = before is None and after is None
        is_descending = before is not None
        read = partial(sqlite_positions.page, listing=listing, is_descending=is_descending)
        with self._file.connection() as db:
            album = _read(db, album_id)
            covers = read(db, limit=1, within=COVERS) if is_first else []
            photos = read(db, limit=limit + 1, before=before, after=after)
        cover = covers[0][1] if covers else None
        return AlbumPage.of(album, cover, photos, limit, before=before, after=after)

    def last_position(self, album_id: str) -> str | None:
        """Return the position of the last public photo with one query."""
        with self._file.connection() as db:
            found = sqlite_positions.page(db, album_listing(album_id), 1, is_descending=True)
        return found[0][0] if found else None

    def public(self, limit: int, *, before: str | None = None) -> AlbumList:
        """Return public albums with one query, and their covers with another one."""
        with self._file.connection() as db:
            albums = _albums(db, "is_public = 1", (), limit + 1, before)
            covers = _covers(db, albums) if albums else {}
        return AlbumList.of(albums, covers, limit)

    def oldest_public(self) -> str | None:
        """Return the id of the oldest public album with one query."""
        rows = self._file.read("SELECT min(album_id) FROM albums WHERE is_public = 1")
        return str(rows[0][0]) if rows[0][0] else None

    def owned(self, owner: str, limit: int, *, before: str | None = None) -> AlbumList:
        """Return a contributor's albums with one query."""
        with self._file.connection() as db:
            albums = _albums(db, "owner = ?", (owner,), limit + 1, before)
        return AlbumList.of(albums, {}, limit)

    def to_settle(self, now: datetime, limit: int) -> list[Album]:
        """Return the albums whose time has come with one query."""
        rows = self._file.read(_TO_SETTLE, now.astimezone(UTC).isoformat(), limit)
        return [Album.from_dict(json.loads(record)) for (record,) in rows]

    def covers(self, albums: Sequence[Album]) -> Mapping[str, PhotoSummary]:
        """Return the covers that are public with one query."""
        rows = self._file.read(_RECORDS, _json_list(album.cover for album in albums))
        return covers_of(albums, (sqlite_records.photo_of(*row) for row in rows))

    def counts(self, album_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the numbers of photos with one query."""
        counters = {album_counter(album_id): album_id for album_id in album_ids}
        rows = self._file.read(_COUNTERS, _json_list(counters))
        return {counters[counter]: photos for counter, photos in rows}

    def all(self) -> Iterator[Album]:
        """Yield every album, sorted by id."""
        query = "SELECT album_id, record FROM albums WHERE album_id > ? ORDER BY album_id LIMIT ?"
        for _, record in self._file.read_in_batches(query, (), ("",)):
            yield Album.from_dict(json.loads(record))

    def entries(self) -> Iterator[AlbumEntry]:
        """Yield every record, and a copy for each list: the lists are columns of the record."""
        for album in self.all():
            for listing in (album_listing(album.album_id), *album.listings):
                yield AlbumEntry(listing, album)

    def find_copies(self, album_id: str, listings: Iterable[str]) -> Iterator[AlbumEntry]:
        """Yield a copy for each of these lists that has the album."""
        with suppress(AlbumNotFound):
            album = self.get(album_id)
            found = set(listings).intersection(album.listings)
            yield from (AlbumEntry(listing, album) for listing in sorted(found))

    def sync_copies(self, album_id: str, album: Album | None, listings: Iterable[str]) -> None:
        """Do nothing: there are no copies that could differ."""


def _json_list(texts: Iterable[str]) -> str:
    return json.dumps(list(texts))


def _row(album: Album) -> tuple[str, str, bool, int, str]:
    record = json.dumps(album.to_dict(), ensure_ascii=False)
    return album.album_id, album.owner, album.is_public, album.version, record


def _require_change(cursor: sqlite3.Cursor, album: Album) -> None:
    """Raise AlbumConflict if the statement changed no row."""
    if cursor.rowcount == 0:
        raise AlbumConflict(album.album_id)


def _add_guest_code(db: sqlite3.Connection, album: Album) -> None:
    """Let the guest code lead to the album. Raises AlbumConflict if it leads to another one."""
    if album.guest_code:
        insert = "INSERT OR IGNORE INTO guest_codes VALUES (?, ?)"
        _require_change(db.execute(insert, (album.guest_code, album.album_id)), album)


def _delete_guest_code(db: sqlite3.Connection, album: Album) -> None:
    db.execute("DELETE FROM guest_codes WHERE code = ?", (album.guest_code,))


def _read(db: sqlite3.Connection, album_id: str) -> Album:
    query = "SELECT record FROM albums WHERE album_id = ?"
    row = db.execute(query, (album_id,)).fetchone()
    if row is None:
        raise AlbumNotFound(album_id)
    return Album.from_dict(json.loads(row[0]))


def _albums(
    db: sqlite3.Connection,
    condition: str,
    values: tuple[str, ...],
    limit: int,
    before: str | None,
) -> list[Album]:
    rows = db.execute(_ALBUMS.format(condition), (*values, before or _AFTER_EVERY_ID, limit))
    return [Album.from_dict(json.loads(record)) for (record,) in rows]


def _covers(db: sqlite3.Connection, albums: list[Album]) -> dict[str, PhotoSummary]:
    """Return the covers of albums, sorted from the newest to the oldest, by album id."""
    span = PositionRange(albums[-1].album_id, f"{albums[0].album_id}~")
    found = sqlite_positions.page(db, LISTING, 3 * len(albums), is_descending=False, within=span)
    return {position.partition("-")[0]: cover for position, cover in found}
