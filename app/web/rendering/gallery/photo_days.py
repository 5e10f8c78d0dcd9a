"""Group the photos of a page by the day of their upload, or by the day they were taken.

Days with few photos share a heading and a list with their neighbors, so that a page is not mostly
empty. A day that may go on beyond the page has a list of its own: infinite-scroll.js appends the
rest of the day to it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache, partial
from itertools import groupby

from babel import Locale, dates
from flask import Flask

from app.domain import photo_ids
from app.domain.listings.archive import Period, YearPosition, period_of
from app.domain.pages import Page
from app.domain.photo_summary import PhotoSummary
from app.web.context import app_context
from app.web.rendering.archive_dates import format_period
from app.web.rendering.i18n import get_locale
from app.web.rendering.languages.day_patterns import (
    WITH_YEAR,
    WITHOUT_YEAR,
    day_pattern,
    heading_locale,
)
from app.web.rendering.local_time import to_local_time

MAX_SPARSE = 4  # photos of a day that shares a heading: about a row in a wide window
MAX_SHARED = 12  # photos under a shared heading to which no further day is added
_CACHED_HEADINGS = 512
_LATEST_ID = photo_ids.first_id_at(datetime(9999, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class DayGroup:
    """The photos of a day, or of several days with few photos each, newest first.

    The photos of a `period` have no day.
    """

    newest: date
    oldest: date
    photos: Sequence[PhotoSummary]
    start: int  # the number of photos above on the page
    is_complete: bool  # whether these are all photos of the day
    period: Period | None = None

    @property
    def day(self) -> date | Period | None:
        """The only day or period of the group."""
        return self.period or (self.newest if self.newest == self.oldest else None)

    @property
    def may_share(self) -> bool:
        """Whether the day may share its heading."""
        return self.is_complete and len(self.photos) <= MAX_SPARSE and self.period is None


def init_app(app: Flask) -> None:
    """Add the filters to templates."""
    app.jinja_env.filters.update(photo_days=photo_days, day_heading=day_heading)


def photo_days(page: Page, *, by_date: bool = False, year: int | None = None) -> list[DayGroup]:
    """Return the photos of a page by the days of their upload.

    If they are in the order of their dates, these are the days on which they were taken. The
    cursors of the page are then positions in the listing of the `year`, or have years themselves.
    """
    timezone = app_context().config.timezone
    if not by_date:
        days = _days(page, partial(_day_of_upload, timezone), partial(_upload_day, timezone))
    elif year is None:
        days = _days(page, partial(_taken_day, timezone), _day_of_cursor)
    else:
        days = _days(page, partial(_taken_day, timezone), partial(_day_of_position, year))
    return list(_join_sparse(days))


def separate_days(page: Page, *, by_date: bool = False) -> list[DayGroup]:
    """Return the photos of a page by day, each day in a group of its own."""
    day_of = _taken_day if by_date else _day_of_upload
    timezone = app_context().config.timezone
    return list(_days(page, partial(day_of, timezone), lambda _cursor: None))


def day_heading(group: DayGroup) -> str:
    """Return the days of a group as in a sentence: Saturday, November 14, or November 3 – 9.

    They have the year if that is not the current one. A period has its name: June 1974.
    """
    if group.period:
        return format_period(group.period)
    year = to_local_time(datetime.now(UTC)).year
    has_year = (group.oldest.year, group.newest.year) != (year, year)
    return _heading(group.oldest, group.newest, get_locale(), has_year=has_year)


def _days(
    page: Page,
    day_of: Callable[[PhotoSummary], date | Period],
    day_of_cursor: Callable[[str], date | Period | None],
) -> Iterator[DayGroup]:
    """Yield a group for each day."""
    newer = day_of_cursor(page.newer_neighbor) if page.newer_neighbor else None
    older = day_of_cursor(page.older_neighbor) if page.older_neighbor else None
    start = 0
    for day, summaries in groupby(page.summaries, day_of):
        photos = tuple(summaries)
        end = start + len(photos)
        begins_here = start > 0 or not page.newer or newer not in (None, day)
        ends_here = end < len(page.summaries) or not page.older or older not in (None, day)
        is_complete = begins_here and ends_here
        if isinstance(day, Period):
            first_day = date(day.year, day.month or 1, 1)
            yield DayGroup(first_day, first_day, photos, start, is_complete, day)
        else:
            yield DayGroup(day, day, photos, start, is_complete)
        start = end


def _join_sparse(days: Iterable[DayGroup]) -> Iterator[DayGroup]:
    """Yield the groups, with consecutive days of few photos in one group."""
    shared: DayGroup | None = None
    for day in days:
        if shared and day.may_share and len(shared.photos) < MAX_SHARED:
            photos = (*shared.photos, *day.photos)
            shared = DayGroup(shared.newest, day.oldest, photos, shared.start, is_complete=True)
            continue
        if shared:
            yield shared
        shared = day if day.may_share else None
        if not shared:
            yield day
    if shared:
        yield shared


def _day_of_upload(timezone: tzinfo, summary: PhotoSummary) -> date:
    return _upload_day(timezone, summary.photo_id)


def _upload_day(timezone: tzinfo, photo_id: str) -> date:
    """Return the day of an id, which may be any cursor: their times reach the year 10889."""
    uploaded_at = photo_ids.timestamp_of(min(photo_id, _LATEST_ID))
    return uploaded_at.astimezone(timezone).date()


def _taken_day(timezone: tzinfo, summary: PhotoSummary) -> date | Period:
    """Return the day on which a photo was taken, or the period if that is all that is known."""
    if summary.taken is None:
        return _upload_day(timezone, summary.photo_id)
    return summary.taken.earliest.date() if summary.taken.has_day else period_of(summary.taken)


def _day_of_cursor(cursor: str) -> date | Period | None:
    parsed = YearPosition.parse(cursor)
    return _day_of_position(*parsed) if parsed else None


def _day_of_position(year: int, position: str) -> date | Period | None:
    """Return the day of a position, None if there is no such day: it may be any cursor."""
    month, day = position[:2], position[2:4]
    if day == "00":
        return Period(year, int(month) or None)
    with suppress(ValueError):
        return date.fromisoformat(f"{year:04}-{month}-{day}")
    return None


@lru_cache(_CACHED_HEADINGS)
def _heading(oldest: date, newest: date, locale: Locale, *, has_year: bool) -> str:
    locale = heading_locale(locale)
    if oldest == newest:
        pattern = "full" if has_year else day_pattern(locale)
        return dates.format_date(newest, pattern, locale)
    skeleton = WITH_YEAR if has_year else WITHOUT_YEAR
    return dates.format_interval(oldest, newest, skeleton, locale=locale)
