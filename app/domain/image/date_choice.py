"""The date taken as a visitor types it: a year, and as much more as is known."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Self

from app.domain.errors import InvalidText
from app.domain.image.taken_date import (
    FIRST_YEAR,
    DatePrecision,
    TakenDate,
    is_possible_year,
    last_year,
)
from app.domain.messages import message

_NUMBER = re.compile(r"[0-9]{1,4}")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9])?")

_NO_YEAR = message("Type a year from %(first)s to %(last)s.")
_NO_MONTH = message("Choose the month too.")
_NO_DAY = message("Type the day too.")
_IMPOSSIBLE_DAY = message("This month has no such day.")
_IMPOSSIBLE_TIME = message("Type a time such as 14:05.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DateChoice:
    """The date of a form. `year` is None if the form has no date: it stays as it is."""

    year: str | None = None
    month: str = ""  # its number
    day: str = ""
    clock: str = ""  # hours and minutes
    is_about: bool = False

    @classmethod
    def of(cls, taken: TakenDate | None) -> Self:
        """Return the choice that keeps a date."""
        if taken is None:
            return cls(year="")
        date = taken.earliest
        return cls(
            year=f"{date.year:04}",
            month=str(date.month) if taken.has_month else "",
            day=str(date.day) if taken.has_day else "",
            clock=f"{date:%H:%M}" if taken.has_time else "",
            is_about=taken.is_about,
        )

    def apply(self, current: TakenDate | None) -> TakenDate | None:
        """Return the new date of a photo, None if it has none.

        The date of a camera keeps its seconds and its time zone if the form did not change it.

        Raises:
            InvalidText: There is no such date, or a part of it is missing.
        """
        if self.year is None:
            return current
        if current and replace(self, is_about=current.is_about) == DateChoice.of(current):
            return replace(current, is_about=self.is_about)
        if not (self.year or self.month or self.day or self.clock):
            return None
        year, month, day = self._year(), self._month(), self._day()
        precision = self._precision()
        try:
            earliest = datetime.combine(date(year, month, day), self._time())
        except ValueError as error:
            raise InvalidText("taken_day", _IMPOSSIBLE_DAY) from error
        return TakenDate(earliest, precision, self.is_about)

    def _precision(self) -> DatePrecision:
        if self.clock:
            return DatePrecision.MINUTE
        if self.day:
            return DatePrecision.DAY
        return DatePrecision.MONTH if self.month else DatePrecision.YEAR

    def _year(self) -> int:
        year = int(self.year or 0) if _NUMBER.fullmatch(self.year or "") else 0
        if not is_possible_year(year):
            limits = {"first": str(FIRST_YEAR), "last": str(last_year())}
            raise InvalidText("taken_year", _NO_YEAR.with_values(**limits))
        return year

    def _month(self) -> int:
        if not self.month and not (self.day or self.clock):
            return 1
        month = int(self.month) if _NUMBER.fullmatch(self.month) else 0
        if not 1 <= month <= 12:
            raise InvalidText("taken_month", _NO_MONTH)
        return month

    def _day(self) -> int:
        if not self.day and not self.clock:
            return 1
        if not self.day:
            raise InvalidText("taken_day", _NO_DAY)
        if not _NUMBER.fullmatch(self.day):
            raise InvalidText("taken_day", _IMPOSSIBLE_DAY)
        return int(self.day)

    def _time(self) -> time:
        if not self.clock:
            return time()
        found = _TIME.fullmatch(self.clock)
        if not found:
            raise InvalidText("taken_time", _IMPOSSIBLE_TIME)
        return time(int(found[1]), int(found[2]))
