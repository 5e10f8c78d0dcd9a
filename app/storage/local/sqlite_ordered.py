"""Read ordered listings in the catalog's SQLite file: a page is a range of a primary key."""

from functools import partial
from pathlib import Path

from app.domain.albums.pages import Placed
from app.domain.listings.entries import EVERY_POSITION, EntryKey, PositionRange
from app.domain.pages import Neighbors, Page, build_page_of
from app.domain.photo_summary import PhotoSummary
from app.storage.local import sqlite_positions
from app.storage.local.sqlite_database import SqliteDatabase, opened


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
        is_descending = before is not None or after is None
        with self._file.connection() as db:
            found = sqlite_positions.page(
                db,
                listing,
                limit + 1,
                is_descending=is_descending,
                before=before,
                after=after,
                within=within,
            )
        positions = [position for position, _ in found]
        summaries = [summary for _, summary in found[:limit]]
        return build_page_of(positions, summaries, limit, before, after, within)

    def neighbors(self, key: EntryKey, *, within: PositionRange = EVERY_POSITION) -> Neighbors:
        """Return the photos next to a position with two queries."""
        read = partial(sqlite_positions.page, listing=key.listing, limit=1, within=within)
        with self._file.connection() as db:
            newer = read(db, after=key.position, is_descending=False)
            older = read(db, before=key.position, is_descending=True)
        return Neighbors(_first(newer), _first(older))


def _first(found: list[Placed]) -> PhotoSummary | None:
    return found[0][1] if found else None
