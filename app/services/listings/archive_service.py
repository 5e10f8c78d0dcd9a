"""The use cases of the date archive: pages of a year or a month, neighbors, and counts."""

from datetime import UTC, datetime

from app.domain.image.taken_date import TakenDate
from app.domain.listings.archive import Period, entry_of
from app.domain.listings.archive_counts import ArchiveCounts
from app.domain.pages import Neighbors, Page
from app.domain.usage import MONTHS, period_of_counter
from app.services.listings.every_year import EveryYear
from app.services.listings.ordered_listings import OrderedListings
from app.services.ports import Catalog

_MAX_MONTHS = 3000  # counters that are read: more than the months since the first photo


class ArchiveService:
    """The use cases of the public photos by the date they were taken."""

    def __init__(self, catalog: Catalog, listings: OrderedListings) -> None:
        self._catalog = catalog
        self._listings = listings
        self._every_year = EveryYear(listings)

    def page(
        self,
        period: Period,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
        max_age: float = 0.0,
    ) -> Page:
        """Return one page of a period, latest first: see `OrderedListings.page`."""
        return self._listings.page(
            period.listing,
            limit,
            before=before,
            after=after,
            within=period.positions,
            max_age=max_age,
        )

    def page_of_years(
        self,
        counts: ArchiveCounts,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
        max_age: float = 0.0,
    ) -> Page:
        """Return one page of all years that have photos, latest first: see `EveryYear.page`.

        This year is one of them, as its first photo may be newer than the counts.
        """
        years = {counted.year.period.year for counted in counts.years} | {datetime.now(UTC).year}
        return self._every_year.page(
            sorted(years), limit, before=before, after=after, max_age=max_age
        )

    def neighbors(self, period: Period, taken: TakenDate, photo_id: str) -> Neighbors:
        """Return the photos of a period next to one of its photos."""
        return self._listings.neighbors(entry_of(taken, photo_id), within=period.positions)

    def counts(self) -> ArchiveCounts:
        """Return the number of photos of each month, with one read."""
        photos: dict[Period, int] = {}
        undated = 0
        for counter in self._catalog.usage(MONTHS, _MAX_MONTHS):
            period = period_of_counter(counter.counter)
            if period is None:
                undated = counter.photos
            else:
                photos[period] = counter.photos
        return ArchiveCounts.of_months(photos, undated)
