"""Listings of the date archive from which a photo was opened.

`in=taken:2026` is a year, `in=taken:2026-11` a month, `in=taken` all photos that have a date, and
`in=undated` those without one.
"""

from dataclasses import dataclass
from typing import Any, Self

from flask import url_for

from app.domain.listings.archive import UNDATED_LISTING, Period
from app.domain.listings.gallery_order import GalleryOrder
from app.domain.object_keys import PUBLIC_LISTING
from app.domain.pages import Neighbors, Page
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, PhotoSummary
from app.services.downloads.download_service import PhotoPart
from app.web.auth.photo_access import get_visible
from app.web.context import archive_service, download_service, photo_service
from app.web.listings.cursors import YEARS, PositionCursors
from app.web.listings.gallery_order import gallery_url
from app.web.listings.newest_first import NewestFirst
from app.web.pagination import PAGE_SIZE, cursors, max_page_age, read_page
from app.web.rendering.archive_dates import format_period
from app.web.rendering.gallery.archive_nav import MAX_AGE, archive_counts
from app.web.rendering.i18n import gettext as _
from app.web.rendering.languages.capitals import capitalized

_MAX_AGE = 1.0  # seconds; see `Catalog.page`


@dataclass(frozen=True, slots=True)
class PeriodListing(NewestFirst):
    """The public photos that were taken in a year or a month."""

    period: Period

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Return the listing, or None if there can be no such year or month."""
        period = Period.parse(text)
        return cls(period) if period else None

    @property
    def value(self) -> str:
        """The value of the parameter `in`."""
        return f"taken:{self.period}"

    @property
    def title(self) -> str:
        """The year, or the month and the year."""
        return capitalized(format_period(self.period))

    @property
    def cursors(self) -> PositionCursors:
        """The cursors are positions."""
        return PositionCursors(self.period)

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Read the listing of the year."""
        return archive_service().page(self.period, 1, before=before, after=after, max_age=_MAX_AGE)

    def page(self) -> Page:
        """Read the listing of the year."""
        before, after = cursors(self.is_cursor)
        return archive_service().page(
            self.period, PAGE_SIZE, before=before, after=after, max_age=max_page_age()
        )

    def find(self, photo_id: str) -> tuple[Photo, Neighbors] | None:
        """Read the photo, then its neighbors. Raises PhotoNotFound."""
        photo = get_visible(photo_id)
        if photo.taken is None or not self._has(photo):
            return None
        return photo, archive_service().neighbors(self.period, photo.taken, photo_id)

    def photos(self, before: str | None) -> PhotoPart:
        """Read the entries, which have summaries, then the records."""

        def read(limit: int, cursor: str | None) -> Page:
            return archive_service().page(self.period, limit, before=cursor)

        return download_service().of_summaries(read, self._has, before, self._cursor_of)

    def _has(self, photo: Photo) -> bool:
        is_dated = photo.taken is not None and self.period.contains(photo.taken)
        return is_dated and photo.state is PhotoState.PUBLIC

    def _cursor_of(self, photo: Photo) -> str:
        return self.cursors.of(photo.summary)

    def url(self, **parameters: Any) -> str:
        """Return the path of the year or month."""
        return period_url(self.period, **parameters)


@dataclass(frozen=True, slots=True)
class GalleryByDate(NewestFirst):
    """Every public photo that has a date, in the order of the dates."""

    value = "taken"
    cursors = YEARS

    @property
    def title(self) -> str:
        """The name of the gallery."""
        return _("Photos")

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Read the listing of one year, and of others at its end."""
        counts = archive_counts().required()
        return archive_service().page_of_years(
            counts, 1, before=before, after=after, max_age=_MAX_AGE
        )

    def page(self) -> Page:
        """Read the listings of a few years."""
        before, after = cursors(self.is_cursor)
        max_age = max_page_age()
        counts = archive_counts().required(MAX_AGE if max_age else 0)
        return archive_service().page_of_years(
            counts, PAGE_SIZE, before=before, after=after, max_age=max_age
        )

    def find(self, photo_id: str) -> tuple[Photo, Neighbors] | None:
        """Read the photo, then its neighbors. Raises PhotoNotFound."""
        photo = get_visible(photo_id)
        if photo.state is not PhotoState.PUBLIC or photo.taken is None:
            return None
        cursor = self.cursors.of(photo.summary)
        newer, older = self.read(after=cursor), self.read(before=cursor)
        return photo, Neighbors(_only(newer), _only(older))

    def photos(self, before: str | None) -> PhotoPart:
        """Read the entries of all public photos, newest upload first, then the records."""
        return download_service().newest(PUBLIC_LISTING, before)

    def url(self, **parameters: Any) -> str:
        """Return the path of the gallery in this order."""
        return gallery_url(GalleryOrder.TAKEN, **parameters)


@dataclass(frozen=True, slots=True)
class UndatedListing(NewestFirst):
    """The public photos without a date."""

    value = "undated"

    @property
    def title(self) -> str:
        """The name of the page."""
        return _("Without a date")

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Read the listing."""
        return photo_service().page(
            UNDATED_LISTING, 1, before=before, after=after, max_age=_MAX_AGE
        )

    def page(self) -> Page:
        """Read the listing."""
        return read_page(UNDATED_LISTING)

    def find(self, photo_id: str) -> tuple[Photo, Neighbors] | None:
        """Read the ids around the photo, then the records."""
        return photo_service().find_in_listing(UNDATED_LISTING, photo_id)

    def photos(self, before: str | None) -> PhotoPart:
        """Read the ids, then the records."""
        return download_service().newest(UNDATED_LISTING, before)

    def url(self, **parameters: Any) -> str:
        """Return the path of the page."""
        return url_for("archive.undated", **parameters)


def _only(page: Page) -> PhotoSummary | None:
    return page.summaries[0] if page.summaries else None


def period_url(period: Period, **parameters: Any) -> str:
    """Return the path of a year or a month."""
    if period.month is None:
        return url_for("archive.year", year=period.year, **parameters)
    return url_for("archive.month", year=period.year, month=period.month, **parameters)
