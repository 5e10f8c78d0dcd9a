"""The cursors of listings: photo ids, or positions in the listing of a year."""

from dataclasses import dataclass
from typing import Protocol

from app.domain import photo_ids
from app.domain.listings import archive
from app.domain.listings.archive import EVERY_YEAR, Period, YearPosition
from app.domain.photo_summary import PhotoSummary
from app.services.listings.every_year import cursor_of


class Cursors(Protocol):
    """The cursors of one listing."""

    @property
    def first(self) -> str:
        """A cursor before those of all photos."""

    def is_cursor(self, text: str) -> bool:
        """Return whether `text` can be a cursor."""

    def of(self, summary: PhotoSummary) -> str:
        """Return the cursor at a photo of the listing."""


@dataclass(frozen=True, slots=True)
class PhotoIdCursors:
    """The cursors of a listing in the order of upload."""

    first = photo_ids.MIN_ID

    def is_cursor(self, text: str) -> bool:
        """Return whether `text` is a photo id."""
        return photo_ids.is_photo_id(text)

    def of(self, summary: PhotoSummary) -> str:
        """Return the id of the photo."""
        return summary.photo_id


@dataclass(frozen=True, slots=True)
class PositionCursors:
    """The cursors of a year or a month."""

    period: Period

    @property
    def first(self) -> str:
        """A position before those of all photos of the period."""
        return self.period.first_position

    def is_cursor(self, text: str) -> bool:
        """Return whether `text` can be a position."""
        return archive.is_position(text)

    def of(self, summary: PhotoSummary) -> str:
        """Return the position of a photo that has a date, otherwise `first`."""
        if summary.taken is None:
            return self.first
        return archive.entry_of(summary.taken, summary.photo_id).position


@dataclass(frozen=True, slots=True)
class YearCursors:
    """The cursors of the photos of all years."""

    first = EVERY_YEAR.first

    def is_cursor(self, text: str) -> bool:
        """Return whether `text` is a year and a position."""
        return YearPosition.parse(text) is not None

    def of(self, summary: PhotoSummary) -> str:
        """Return the cursor at a photo that has a date, otherwise `first`."""
        return cursor_of(summary) or self.first


PHOTO_IDS = PhotoIdCursors()
YEARS = YearCursors()
