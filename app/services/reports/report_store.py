"""Port of the open reports of photos."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from app.domain.reports.report import Report, ReportPage


class ReportStore(Protocol):
    """Open reports. A report that is closed, or has expired, is deleted.

    Raises StorageUnavailable and StorageRefused as an object store does.
    """

    def add(self, report: Report) -> bool:
        """Store a report unless an open one of the photo says the same.

        Returns:
            Whether there was room: a photo has at most `MAX_OPEN`.
        """

    def get(self, report_id: str) -> Report | None:
        """Return a report, None if it is closed."""

    def page(self, limit: int, now: int, *, before: str | None = None) -> ReportPage:
        """Return at most `limit` reports, newest first, with one read.

        Args:
            limit: The size of the page. Reports that have expired can make it smaller.
            now: The current Unix time, in seconds.
            before: Return reports older than this id: `older` of another page.
        """

    def of_photo(self, photo_id: str) -> Sequence[str]:
        """Return the ids of the reports of a photo, with one read."""

    def close(self, report_ids: Iterable[str]) -> None:
        """Delete at most `MAX_OPEN` reports, those that exist, in one transaction."""
