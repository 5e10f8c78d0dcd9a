"""The date archive: the listings of the public photos by the date they were taken.

Dates are compared as the clock showed them, because most cameras do not store a time zone.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from app.domain.listings.entries import EVERY_POSITION, EntryKey, PositionRange
from app.domain.photo_ids import MIN_ID, is_photo_id

UNDATED_LISTING = "undated"
FIRST_YEAR = 1826  # no photo that exists is older
_TAKEN = "taken:"
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
_KEY = re.compile(
    r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3])[0-5]\d[0-5]\d", re.ASCII
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A year of the archive, or one of its months."""

    year: int
    month: int | None = None  # from 1; None for the whole year

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the period that `str` gave, None if there can be no such period."""
        found = _PERIOD.fullmatch(text)
        if not found:
            return None
        year, month = found.groups()
        period = cls(int(year), int(month) if month else None)
        return period if period.is_possible else None

    def __str__(self) -> str:
        """Return the period as in ISO 8601: 2026, or 2026-11."""
        return f"{self.year:04}" + (f"-{self.month:02}" if self.month else "")

    @property
    def is_possible(self) -> bool:
        """Whether a photo can have been taken then; cameras' clocks may be ahead."""
        is_month = self.month is None or 1 <= self.month <= 12
        return is_month and FIRST_YEAR <= self.year <= datetime.now(UTC).year + 1

    @property
    def whole_year(self) -> "Period":
        """The year."""
        return Period(self.year)

    @property
    def listing(self) -> str:
        """The ordered listing of the photos of the year."""
        return f"{_TAKEN}{self.year:04}"

    @property
    def positions(self) -> PositionRange:
        """The positions of the photos of the period in the listing of its year."""
        if self.month is None:
            return EVERY_POSITION
        return PositionRange(f"{self.month:02}", f"{self.month + 1:02}")

    @property
    def first_position(self) -> str:
        """A position before those of all photos of the period."""
        first_day = f"{self.month or 1:02}01T000000"
        return EntryKey.ordered(self.listing, first_day, MIN_ID).position

    def contains(self, taken_at: datetime) -> bool:
        """Return whether a photo that was taken at this time is in the period."""
        return self.year == taken_at.year and self.month in (None, taken_at.month)


def month_of(taken_at: datetime) -> Period:
    """Return the month in which a photo was taken."""
    return Period(taken_at.year, taken_at.month)


def entry_of(taken_at: datetime, photo_id: str) -> EntryKey:
    """Return the key of a photo's entry in the listing of its year."""
    listing = month_of(taken_at).listing
    return EntryKey.ordered(listing, f"{taken_at:%m%dT%H%M%S}", photo_id)


def is_position(text: str) -> bool:
    """Return whether `text` can be a position in the listing of a year."""
    key, _, photo_id = text.partition("-")
    return _KEY.fullmatch(key) is not None and is_photo_id(photo_id)
