"""The years and months that have photos, for links to them: two Queries a minute on AWS."""

import logging
import threading
import time
from collections.abc import Callable

from flask import Flask, current_app

from app.domain.errors import StorageError
from app.domain.listings.archive_counts import ArchiveCounts
from app.domain.pages import Page
from app.services.listings.archive_service import ArchiveService

MAX_AGE = 60  # seconds

_EXTENSION = "archive-counts"
_log = logging.getLogger(__name__)


class RecentArchiveCounts:
    """The number of photos of each year and month, read at most a minute ago.

    Args:
        service: The service for the date archive.
        clock: Returns seconds.
    """

    def __init__(
        self, service: ArchiveService, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._service = service
        self._clock = clock
        self._counts: ArchiveCounts | None = None
        self._expires_at = float("-inf")
        self._lock = threading.Lock()  # one thread reads, and the others wait for it

    def latest(self) -> ArchiveCounts:
        """Return the counts, for links. After an error these are the earlier ones, or none."""
        try:
            return self.required()
        except StorageError as error:
            _log.warning("The photos of each month can't be read: %s", error, exc_info=error)
            return self._counts or ArchiveCounts()

    def required(self, max_age: float = MAX_AGE) -> ArchiveCounts:
        """Return the counts, for a page that is made from them. Raises StorageError.

        Args:
            max_age: Seconds. 0 for a visitor whose photo may be the first one of its year.
        """
        with self._lock:
            now = self._clock()
            is_recent = max_age > 0 and now < self._expires_at
            if self._counts is None or not is_recent:
                self._counts = self._service.counts()
                self._expires_at = now + MAX_AGE
            return self._counts

    def of_gallery(self, page: Page) -> ArchiveCounts:
        """Return the counts for the first page of the gallery.

        A page without an older one has all photos, so nothing is read.
        """
        if page.older:
            return self.latest()
        return ArchiveCounts.of_photos(summary.taken for summary in page.summaries)


def init_app(app: Flask, service: ArchiveService) -> None:
    """Store the counts in the app."""
    app.extensions[_EXTENSION] = RecentArchiveCounts(service)


def archive_counts() -> RecentArchiveCounts:
    """Return the counts of the current app."""
    counts: RecentArchiveCounts = current_app.extensions[_EXTENSION]
    return counts
