"""Read the number of photos of a tag, and the photos that represent tags."""

from collections.abc import Sequence
from pathlib import Path

from app.domain.object_keys import tag_listing
from app.domain.photo_summary import PhotoSummary
from app.domain.tag_covers import CANDIDATES, choose_covers
from app.storage.local import sqlite_search
from app.storage.local.sqlite_database import SqliteDatabase, opened


class SqliteTagReader:
    """Implement TagReader in the catalog's SQLite file."""

    def __init__(self, file: Path | SqliteDatabase) -> None:
        self._file = opened(file)

    def count(self, tag: str) -> int:
        """Return the number of public photos that have the tag."""
        rows = self._file.read("SELECT max(0, photos) FROM tag_counts WHERE tag = ?", tag)
        return sum(photos for (photos,) in rows)

    def covers(self, tags: Sequence[str]) -> dict[str, PhotoSummary]:
        """Return a photo of each tag, with one query of the index for each."""
        newest: dict[str, Sequence[str]] = {}
        summaries: dict[str, PhotoSummary] = {}
        with self._file.connection() as db:
            for tag in tags:
                found = sqlite_search.search(db, [[tag_listing(tag)]], CANDIDATES, None, None)
                of_tag = {summary.photo_id: summary for summary in found.summaries()}
                newest[tag] = list(of_tag)
                summaries |= of_tag
        return {tag: summaries[photo_id] for tag, photo_id in choose_covers(newest).items()}
