"""Read the public photos of all years by date, one year after the other."""

from collections.abc import Iterator, Sequence

from app.domain.listings.archive import EVERY_YEAR, Period, YearPosition, entry_of
from app.domain.pages import Page, build_page_of
from app.domain.photo_summary import PhotoSummary
from app.services.listings.ordered_listings import OrderedListings

# Of one page. A year that has photos gives at least one, so the page of a site with few photos a
# year may be short.
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

        The page is shorter if it would take more than `MAX_READS` reads.
        """
        cursor = YearPosition.parse(before or after or "")
        is_forward = before is None and after is not None
        found: _Found = []
        unread = _years_from(years, cursor, is_forward=is_forward)
        for reads, year in enumerate(unread, 1):
            found += self._read(
                year, limit + 1 - len(found), cursor, is_forward=is_forward, max_age=max_age
            )
            if len(found) > limit or (found and reads >= MAX_READS):
                break
        has_more = len(found) > limit or next(unread, None) is not None
        shown = found[:limit]
        cursors = [position for position, _ in shown]
        if has_more:  # the cursor of the next photo, or a place before it
            cursors.append(found[limit][0] if len(found) > limit else cursors[-1])
        summaries = [summary for _, summary in shown]
        return build_page_of(cursors, summaries, len(shown), before, after, EVERY_YEAR)

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


def _years_from(
    years: Sequence[int], cursor: YearPosition | None, *, is_forward: bool
) -> Iterator[int]:
    """Return the years from that of the cursor on, in the order of reading."""
    if is_forward:
        return iter(sorted(year for year in years if not cursor or year >= cursor.year))
    in_order = sorted(years, reverse=True)
    return iter([year for year in in_order if not cursor or year <= cursor.year])
