"""The date archive: the listings of the public photos by the date they were taken.

Dates are compared as the clock showed them, because most cameras do not store a time zone. Where
the day or the month is not known, it is 00 in the position: the photo is before the first day of
its month or year, and in no month if it has none.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple, Self

from app.domain.image.taken_date import TakenDate, is_possible_year
from app.domain.listings.entries import EVERY_POSITION, EntryKey, PositionRange
from app.domain.photo_ids import MAX_ID, MIN_ID, is_photo_id

UNDATED_LISTING = "undated"
YEAR_LISTING_PREFIX = "taken:"  # and the year
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
_KEY = re.compile(r"(?:0\d|1[0-2])(?:[0-2]\d|3[01])T(?:[01]\d|2[0-3])[0-5]\d[0-5]\d", re.ASCII)


@dataclass(frozen=True, slots=True)
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
        """Whether a photo can have been taken then."""
        is_month = self.month is None or 1 <= self.month <= 12
        return is_month and is_possible_year(self.year)

    @property
    def whole_year(self) -> "Period":
        """The year."""
        return Period(self.year)

    @property
    def listing(self) -> str:
        """The ordered listing of the photos of the year."""
        return f"{YEAR_LISTING_PREFIX}{self.year:04}"

    @property
    def positions(self) -> PositionRange:
        """The positions of the photos of the period in the listing of its year."""
        if self.month is None:
            return EVERY_POSITION
        return PositionRange(f"{self.month:02}", f"{self.month + 1:02}")

    @property
    def first_position(self) -> str:
        """A position before those of all photos of the period."""
        return EntryKey.ordered(self.listing, f"{self.month or 0:02}00T000000", MIN_ID).position

    def contains(self, taken: TakenDate) -> bool:
        """Return whether a photo with this date is in the period."""
        period = period_of(taken)
        return self in (period, period.whole_year)


class YearPosition(NamedTuple):
    """A cursor in the photos of all years: a year, and a position in its listing."""

    year: int
    position: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the cursor that `str` gave, None if `text` is none."""
        year, _, position = text.partition("-")
        if not (_PERIOD.fullmatch(year) and is_position(position)):
            return None
        return cls(int(year), position)

    @classmethod
    def first_of(cls, year: int) -> Self:
        """Return the cursor before those of all photos of a year."""
        return cls(year, f"0000T000000-{MIN_ID}")

    @classmethod
    def last_of(cls, year: int) -> Self:
        """Return the cursor after those of all photos of a year."""
        return cls(year, f"1231T235959-{MAX_ID}")

    def __str__(self) -> str:
        """Return the year and the position: 2026-1105T140307-01ARZ3NDEKTSV4RRFFQ69G5FAV."""
        return f"{self.year:04}-{self.position}"


# Cursors before and after those of all photos.
EVERY_YEAR = PositionRange(str(YearPosition.first_of(0)), str(YearPosition.last_of(9999)))


def period_of(taken: TakenDate) -> Period:
    """Return the month in which a photo was taken, or the year if that is all that is known."""
    return Period(taken.earliest.year, taken.earliest.month if taken.has_month else None)


def entry_of(taken: TakenDate, photo_id: str) -> EntryKey:
    """Return the key of a photo's entry in the listing of its year."""
    date = taken.earliest
    month = f"{date:%m}" if taken.has_month else "00"
    day = f"{date:%d}" if taken.has_day else "00"
    time = f"{date:%H%M%S}" if taken.has_time else "000000"
    return EntryKey.ordered(period_of(taken).listing, f"{month}{day}T{time}", photo_id)


def is_position(text: str) -> bool:
    """Return whether `text` can be a position in the listing of a year."""
    key, _, photo_id = text.partition("-")
    return _KEY.fullmatch(key) is not None and is_photo_id(photo_id)
