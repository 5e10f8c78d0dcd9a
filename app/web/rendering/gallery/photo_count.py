"""Count the photos of the site for the gallery: one BatchGetItem a minute and process on AWS."""

import logging
import time
from collections.abc import Callable

from flask import Flask, current_app

from app.domain.errors import StorageError
from app.domain.pages import Page
from app.domain.usage import SITE
from app.services.photo_service import PhotoService

MAX_AGE = 60  # seconds

_EXTENSION = "photo-count"
_log = logging.getLogger(__name__)


class PhotoCount:
    """The number of photos on the site, hidden ones included, read at most a minute ago.

    Args:
        service: The service for published photos.
        clock: Returns seconds.
    """

    def __init__(self, service: PhotoService, clock: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._clock = clock
        self._photos: int | None = None
        self._expires_at = float("-inf")

    def with_page(self, page: Page) -> int | None:
        """Return the number of photos if it is known, for the first page of the gallery.

        A page without an older one has all photos. A counter that is less than the photos of the
        page is off until `repair` corrects it.
        """
        if not page.older:
            return len(page.summaries)
        photos = self._latest()
        return photos if photos and photos > len(page.summaries) else None

    def _latest(self) -> int | None:
        now = self._clock()
        if now >= self._expires_at:
            self._expires_at = now + MAX_AGE  # before the read: other threads need not read too
            self._read()
        return self._photos

    def _read(self) -> None:
        """Read the counter. After an error the page shows the number that was read before."""
        try:
            counters = self._service.usage((SITE, SITE), 1)
        except StorageError as error:
            _log.warning("The number of photos can't be read: %s", error, exc_info=error)
        else:
            self._photos = counters[0].photos if counters else None


def init_app(app: Flask, service: PhotoService) -> None:
    """Store the count in the app."""
    app.extensions[_EXTENSION] = PhotoCount(service)


def photo_count() -> PhotoCount:
    """Return the count of the current app."""
    count: PhotoCount = current_app.extensions[_EXTENSION]
    return count
