"""Report photos, and answer reports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.photo import Photo
from app.domain.photo_ids import PhotoIdFactory, is_photo_id
from app.domain.photo_text import clean_report_text
from app.domain.reports.report import Report, ReportPage, ReportReason
from app.services.ports import Catalog
from app.services.reports.report_store import ReportStore

MAX_COUNTED = 100  # open reports; the admin needs no larger number


@dataclass(frozen=True, slots=True)
class ReportedPhotos:
    """One page of open reports, and the records of their photos by photo id."""

    page: ReportPage
    photos: Mapping[str, Photo]


class ReportService:
    """The use cases of reports.

    Args:
        store: The open reports.
        catalog: The records of the photos.
        now: The clock.
    """

    def __init__(self, store: ReportStore, catalog: Catalog, now: Callable[[], datetime]) -> None:
        self._store = store
        self._catalog = catalog
        self._now = now
        self._new_id = PhotoIdFactory(lambda: now().timestamp())

    def report(self, photo: Photo, reason: ReportReason, text: str) -> None:
        """Store a report, unless the photo has enough of them. Raises InvalidText."""
        report = Report(
            report_id=self._new_id(),
            photo_id=photo.photo_id,
            reason=reason,
            text=clean_report_text(text),
            created_at=self._now(),
        )
        self._store.add(report)

    def page(self, limit: int, *, before: str | None = None) -> ReportedPhotos:
        """Return one page of open reports and their photos, with two reads.

        Reports of photos that are gone are deleted. On AWS, photos in the trash expire without the
        site.
        """
        page = self._store.page(limit, self._seconds(), before=before)
        photo_ids = list(dict.fromkeys(report.photo_id for report in page.reports))
        found = self._catalog.get_all(photo_ids) if photo_ids else []
        photos = {photo.photo_id: photo for photo in found}
        for photo_id in photo_ids:
            if photo_id not in photos:
                self.close_all(photo_id)
        shown = tuple(report for report in page.reports if report.photo_id in photos)
        return ReportedPhotos(ReportPage(shown, page.older), photos)

    def count(self) -> int:
        """Return the number of open reports, at most `MAX_COUNTED`, with one read."""
        return len(self._store.page(MAX_COUNTED, self._seconds()).reports)

    def get(self, report_id: str) -> Report | None:
        """Return an open report, None if it is closed or no report."""
        return self._store.get(report_id) if is_photo_id(report_id) else None

    def dismiss(self, report: Report) -> None:
        """Close a report."""
        self._store.close([report.report_id])

    def close_all(self, photo_id: str) -> None:
        """Close all reports of a photo."""
        report_ids = self._store.of_photo(photo_id)
        if report_ids:
            self._store.close(report_ids)

    def _seconds(self) -> int:
        return int(self._now().timestamp())
