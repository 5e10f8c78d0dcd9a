"""The date a photo was taken: that of the camera, or one that a visitor typed.

A visitor may know the year only, or about when it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, Self

FIRST_YEAR = 1826  # no photo that exists is older
_MAX_OFFSET = timedelta(hours=14)  # from UTC; Kiribati has the largest


class DatePrecision(StrEnum):
    """The smallest part of a date that is known, if that is not the second."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"


# Characters of a date in ISO 8601.
_ISO_LENGTHS = {
    DatePrecision.YEAR: len("1974"),
    DatePrecision.MONTH: len("1974-06"),
    DatePrecision.DAY: len("1974-06-05"),
    DatePrecision.MINUTE: len("1974-06-05T14:05"),
    None: len("1974-06-05T14:05:09"),
}


class Dated(Protocol):
    """A photo, or the summary of one."""

    @property
    def taken_at(self) -> datetime | None:
        """The earliest time at which the photo can have been taken."""

    @property
    def taken_precision(self) -> DatePrecision | None:
        """The precision of the date, if it has no seconds."""

    @property
    def taken_about(self) -> bool:
        """Whether the date is a guess."""


@dataclass(frozen=True, slots=True)
class TakenDate:
    """When a photo was taken.

    Attributes:
        earliest: The earliest time: local time, aware only if the file has a UTC offset.
        precision: The part of the date that is known. None for that of a camera, which has seconds.
        is_about: Whether the date is a guess.
    """

    earliest: datetime
    precision: DatePrecision | None = None
    is_about: bool = False

    @classmethod
    def of(cls, photo: Dated) -> Self | None:
        """Return the date of a photo, None if it has none."""
        if photo.taken_at is None:
            return None
        return cls(photo.taken_at, photo.taken_precision, photo.taken_about)

    @property
    def is_possible(self) -> bool:
        """Whether a photo can have been taken then; cameras' clocks may be ahead."""
        return is_possible_time(self.earliest)

    @property
    def has_month(self) -> bool:
        """Whether the month is known."""
        return self.precision is not DatePrecision.YEAR

    @property
    def has_day(self) -> bool:
        """Whether the day is known."""
        return self.precision not in (DatePrecision.YEAR, DatePrecision.MONTH)

    @property
    def has_time(self) -> bool:
        """Whether the hour and the minute are known."""
        return self.precision in (None, DatePrecision.MINUTE)

    @property
    def iso(self) -> str:
        """The date in ISO 8601, as far as it is known: 1974, or 1974-06."""
        if self.has_time:
            return self.earliest.isoformat()
        length = {False: 4, True: 7}[self.has_month]
        return self.earliest.date().isoformat()[: 10 if self.has_day else length]

    def includes(self, other: "TakenDate") -> bool:
        """Return whether another date says the same, and maybe more. Offsets do not count."""
        length = _ISO_LENGTHS[self.precision]
        own, others = (date.earliest.replace(tzinfo=None).isoformat() for date in (self, other))
        return length <= _ISO_LENGTHS[other.precision] and own[:length] == others[:length]

    def shifted(self, by: timedelta) -> "TakenDate":
        """Return the date of a camera whose clock was wrong.

        A date without a time is shifted by whole days, and a month or a year stays as it is.

        Raises:
            OverflowError: There is no such date.
        """
        if self.has_time:
            return replace(self, earliest=self.earliest + by)
        whole_days = timedelta(days=int(by / timedelta(days=1)))
        return replace(self, earliest=self.earliest + whole_days) if self.has_day else self


def is_possible_time(time: datetime) -> bool:
    """Return whether a photo can have been taken at this time; cameras' clocks may be ahead."""
    offset = time.utcoffset() or timedelta()
    return abs(offset) <= _MAX_OFFSET and is_possible_year(time.year)


def is_possible_year(year: int) -> bool:
    """Return whether a photo can have been taken in the year; cameras' clocks may be ahead."""
    return FIRST_YEAR <= year <= last_year()


def last_year() -> int:
    """Return the last year in which a photo can have been taken: next year."""
    return datetime.now(UTC).year + 1


def fields_of(taken: TakenDate | None) -> dict[str, Any]:
    """Return the fields of a photo that `TakenDate.of` reads."""
    if taken is None:
        return {"taken_at": None, "taken_precision": None, "taken_about": False}
    return {
        "taken_at": taken.earliest,
        "taken_precision": taken.precision,
        "taken_about": taken.is_about,
    }


def optional_precision(record: Mapping[str, Any]) -> DatePrecision | None:
    """Return the precision in a record."""
    precision = record.get("taken_precision")
    return DatePrecision(precision) if precision else None
