"""How many public photos were taken in each year and month."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Self

from app.domain.listings.archive import Period, month_of


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """The number of photos of a period."""

    period: Period
    photos: int


@dataclass(frozen=True, slots=True)
class YearCounts:
    """The number of photos of a year, and those of its months, latest first."""

    year: PeriodCount
    months: tuple[PeriodCount, ...]


@dataclass(frozen=True, slots=True)
class ArchiveCounts:
    """The years that have photos, latest first, and the number of photos without a date."""

    years: tuple[YearCounts, ...] = ()
    undated: int = 0

    @classmethod
    def of_months(cls, photos: Mapping[Period, int], undated: int) -> Self:
        """Return the counts. `photos` has the number of photos of each month."""
        latest_first = sorted(photos, reverse=True)
        months = [PeriodCount(month, photos[month]) for month in latest_first if photos[month] > 0]
        by_year = groupby(months, lambda count: count.period.whole_year)
        return cls(tuple(_year_counts(year, found) for year, found in by_year), max(0, undated))

    @classmethod
    def of_photos(cls, dates: Iterable[datetime | None]) -> Self:
        """Return the counts of photos that were taken at these times, or have no date."""
        photos: dict[Period, int] = {}
        undated = 0
        for taken_at in dates:
            if taken_at is None:
                undated += 1
            else:
                month = month_of(taken_at)
                photos[month] = photos.get(month, 0) + 1
        return cls.of_months(photos, undated)

    @property
    def months(self) -> tuple[PeriodCount, ...]:
        """The months that have photos, latest first."""
        return tuple(month for year in self.years for month in year.months)

    def months_of(self, year: int) -> tuple[PeriodCount, ...]:
        """Return the months of a year that have photos, latest first."""
        return tuple(month for month in self.months if month.period.year == year)

    def of(self, period: Period) -> int:
        """Return the number of photos of a year or a month."""
        counts = [*self.months, *(year.year for year in self.years)]
        return sum(count.photos for count in counts if count.period == period)

    def neighbors(self, period: Period) -> tuple[Period | None, Period | None]:
        """Return the next and the previous period of the same length that has photos."""
        counts = self.months if period.month else [year.year for year in self.years]
        periods = [count.period for count in counts]
        later = min((other for other in periods if other > period), default=None)
        earlier = max((other for other in periods if other < period), default=None)
        return later, earlier


def _year_counts(year: Period, found: Iterable[PeriodCount]) -> YearCounts:
    months = tuple(found)
    return YearCounts(PeriodCount(year, sum(month.photos for month in months)), months)
