"""Read the public photos of all years by date, one year after the other."""

from collections.abc import Sequence

from app.domain.listings.archive import EVERY_YEAR, Period, YearPosition, entry_of
from app.domain.pages import Page, build_page_of, build_partial_page
from app.domain.photo_summary import PhotoSummary
from app.services.listings.ordered_listings import OrderedListings

# Of one page. So the page of a site with few photos a year may be short. It may even be empty, as
# the counters may name years that have no photos.
MAX_READS = 8

_Found = list[tuple[str, PhotoSummary]]  # cursors and photos, nearest first


class EveryYear:
    """Pages of all years, latest first. A cursor is a year and a position there."""

    def __init__(self, listings: OrderedListings) -> None:
        self._listings = listings

    def page(
        self,
        years: Sequence[int],
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
        max_age: float = 0.0,
    ) -> Page:
        """Return at most `limit` photos of `years`, with one read for each year of the page.

        The page is shorter, or empty, if it would take more than `MAX_READS` reads. Then its
        cursor is after the last year that was read.
        """
        cursor = YearPosition.parse(before or after or "")
        is_forward = before is None and after is not None
        unread = _years_from(years, cursor, is_forward=is_forward)
        to_read = unread[:MAX_READS]
        found = self._read_years(to_read, limit + 1, cursor, is_forward=is_forward, max_age=max_age)
        page = _page_of(found, limit, before, after)
        if len(found) > limit or to_read == unread:
            return page
        stopped_at = _end_of(to_read[-1], is_forward=is_forward)
        return build_partial_page(page, str(stopped_at), before, after).page

    def _read_years(
        self,
        years: Sequence[int],
        limit: int,
        cursor: YearPosition | None,
        *,
        is_forward: bool,
        max_age: float,
    ) -> _Found:
        """Read one year after the other until there are `limit` photos."""
        found: _Found = []
        for year in years:
            missing = limit - len(found)
            found += self._read(year, missing, cursor, is_forward=is_forward, max_age=max_age)
            if len(found) >= limit:
                break
        return found

    def _read(
        self,
        year: int,
        limit: int,
        cursor: YearPosition | None,
        *,
        is_forward: bool,
        max_age: float,
    ) -> _Found:
        position = cursor.position if cursor and cursor.year == year else None
        if is_forward:
            after = position or Period(year).first_position
            page = self._listings.page(Period(year).listing, limit, after=after, max_age=max_age)
            nearest = page.summaries[::-1]
        else:
            page = self._listings.page(
                Period(year).listing, limit, before=position, max_age=max_age
            )
            nearest = page.summaries
        return [(cursor_of(summary), summary) for summary in nearest]


def cursor_of(summary: PhotoSummary) -> str:
    """Return the cursor at a photo that has a date."""
    taken = summary.taken
    if taken is None:
        return ""
    position = entry_of(taken, summary.photo_id).position
    return str(YearPosition(taken.earliest.year, position))


def _page_of(found: _Found, limit: int, before: str | None, after: str | None) -> Page:
    cursors = [cursor for cursor, _ in found]
    summaries = [summary for _, summary in found[:limit]]
    return build_page_of(cursors, summaries, limit, before, after, EVERY_YEAR)


def _end_of(year: int, *, is_forward: bool) -> YearPosition:
    return YearPosition.last_of(year) if is_forward else YearPosition.first_of(year)


def _years_from(
    years: Sequence[int], cursor: YearPosition | None, *, is_forward: bool
) -> list[int]:
    """Return the years that have positions beyond the cursor, in the order of reading."""
    in_order = sorted(years, reverse=not is_forward)
    if cursor is None:
        return in_order
    if is_forward:
        return [year for year in in_order if cursor < YearPosition.last_of(year)]
    return [year for year in in_order if YearPosition.first_of(year) < cursor]
