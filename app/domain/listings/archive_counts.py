"""How many public photos were taken in each year and month."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Self

from app.domain.image.taken_date import TakenDate
from app.domain.listings.archive import Period, period_of


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """The number of photos of a period."""

    period: Period
    photos: int


@dataclass(frozen=True, slots=True)
class YearCounts:
    """The number of photos of a year, and those of its months, latest first.

    Some photos of a year may be in none of its months.
    """

    year: PeriodCount
    months: tuple[PeriodCount, ...]


@dataclass(frozen=True, slots=True)
class ArchiveCounts:
    """The years that have photos, latest first, and the number of photos without a date."""

    years: tuple[YearCounts, ...] = ()
    undated: int = 0

    @classmethod
    def of_months(cls, photos: Mapping[Period, int], undated: int) -> Self:
        """Return the counts.

        `photos` has the number of photos of each month, and of each year without a month.
        """
        latest_first = sorted(photos, key=_order, reverse=True)
        counts = [PeriodCount(found, photos[found]) for found in latest_first if photos[found] > 0]
        by_year = groupby(counts, lambda count: count.period.whole_year)
        return cls(tuple(_year_counts(year, found) for year, found in by_year), max(0, undated))

    @classmethod
    def of_photos(cls, dates: Iterable[TakenDate | None]) -> Self:
        """Return the counts of photos with these dates, or without one."""
        periods = Counter(taken and period_of(taken) for taken in dates)
        undated = periods.pop(None, 0)
        return cls.of_months({period: n for period, n in periods.items() if period}, undated)

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
        later = [other for other in periods if _order(other) > _order(period)]
        earlier = [other for other in periods if _order(other) < _order(period)]
        return min(later, key=_order, default=None), max(earlier, key=_order, default=None)


def _order(period: Period) -> tuple[int, int]:
    return period.year, period.month or 0


def _year_counts(year: Period, found: Iterable[PeriodCount]) -> YearCounts:
    counts = tuple(found)
    months = tuple(count for count in counts if count.period.month)
    return YearCounts(PeriodCount(year, sum(count.photos for count in counts)), months)
