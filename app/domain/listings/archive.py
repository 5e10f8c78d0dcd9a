"""The date archive: the listings of the public photos by the date they were taken.

Dates are compared as the clock showed them, because most cameras do not store a time zone.
"""

from dataclasses import dataclass
from datetime import datetime

from app.domain.listings.entries import EntryKey, PositionRange

UNDATED_LISTING = "undated"
_TAKEN = "taken:"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the archive."""

    year: int
    number: int  # from 1

    def __str__(self) -> str:
        """Return the month as in ISO 8601: 2026-11."""
        return f"{self.year:04}-{self.number:02}"

    @property
    def positions(self) -> PositionRange:
        """The positions of the photos of the month in the listing of its year."""
        return PositionRange(f"{self.number:02}", f"{self.number + 1:02}")


def taken_listing(year: int) -> str:
    """Return the ordered listing of the public photos that were taken in a year."""
    return f"{_TAKEN}{year:04}"


def month_of(taken_at: datetime) -> Month:
    """Return the month in which a photo was taken."""
    return Month(taken_at.year, taken_at.month)


def entry_of(taken_at: datetime, photo_id: str) -> EntryKey:
    """Return the key of a photo's entry in the listing of its year."""
    return EntryKey.ordered(taken_listing(taken_at.year), f"{taken_at:%m%dT%H%M%S}", photo_id)
