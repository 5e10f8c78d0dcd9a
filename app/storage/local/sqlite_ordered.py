"""Read ordered listings in the catalog's SQLite file: a page is a range of a primary key."""

from pathlib import Path

from app.domain.listings.entries import EVERY_POSITION, EntryKey, PositionRange
from app.domain.pages import Neighbors, Page, build_page_of
from app.domain.photo_summary import PhotoSummary
from app.storage.local import sqlite_records
from app.storage.local.sqlite_database import SqliteDatabase, opened

_BEFORE = """
SELECT position, photo_id, record FROM positions CROSS JOIN photos USING (number)
WHERE listing = ? AND position BETWEEN ? AND ? ORDER BY position DESC LIMIT ?
"""
_AFTER = _BEFORE.replace(" DESC", "")

_Found = list[tuple[str, PhotoSummary]]  # the positions and the photos


class SqliteOrderedListings:
    """Implement OrderedListings in the catalog's SQLite file."""

    def __init__(self, file: Path | SqliteDatabase) -> None:
        self._file = opened(file)

    def page(
        self,
        listing: str,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
        within: PositionRange = EVERY_POSITION,
        max_age: float = 0.0,  # noqa: ARG002  every page has all changes
    ) -> Page:
        """Return one page with one query. `before` wins over `after`."""
        found = self._read(listing, limit + 1, before, after, within)
        positions = [position for position, _ in found]
        summaries = [summary for _, summary in found[:limit]]
        return build_page_of(positions, summaries, limit, before, after, within)

    def neighbors(self, key: EntryKey, *, within: PositionRange = EVERY_POSITION) -> Neighbors:
        """Return the photos next to a position with two queries."""
        newer = self._read(key.listing, 1, None, key.position, within)
        older = self._read(key.listing, 1, key.position, None, within)
        return Neighbors(_first(newer), _first(older))

    def _read(
        self, listing: str, limit: int, before: str | None, after: str | None, within: PositionRange
    ) -> _Found:
        span = within.next_to(before, after)
        query = _AFTER if before is None and after is not None else _BEFORE
        rows = self._file.read(query, listing, span.first, span.last, limit)
        return [(position, sqlite_records.summary_of(*photo)) for position, *photo in rows]


def _first(found: _Found) -> PhotoSummary | None:
    return found[0][1] if found else None
