"""Keep the newest pages of listings in memory for a second.

Without it, every view of the gallery would read the same partitions, which take 3 000 read units a
second. With it, a process reads them once a second.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.pages import Page

MAX_PAGES = 200  # the gallery and the tags that many visitors look at


@dataclass(slots=True)
class _KeptPage:
    page: Page
    read_at: float
    is_refreshing: bool = False


class RecentPages:
    """The newest pages that this process has read. Threads may share it.

    Args:
        read: Reads the newest page of a listing: its arguments are the listing and the limit.
        clock: Returns seconds.
    """

    def __init__(
        self, read: Callable[[str, int], Page], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._pages: dict[tuple[str, int], _KeptPage] = {}
        self._generation = 0

    def page(self, listing: str, limit: int, max_age: float) -> Page:
        """Return the newest page, read at most `max_age` seconds ago.

        While one thread reads the page again, others get a page of at most twice that age.
        """
        key = (listing, limit)
        with self._lock:
            now, generation = self._clock(), self._generation
            kept = self._pages.get(key)
            if kept and now - kept.read_at <= max_age * (2 if kept.is_refreshing else 1):
                return kept.page
            if kept:
                kept.is_refreshing = True
        try:
            page = self._read(listing, limit)
        finally:
            if kept:
                kept.is_refreshing = False
        with self._lock:
            if generation == self._generation:
                self._keep(key, _KeptPage(page, now))
        return page

    def discard(self) -> None:
        """Read every page again, since this process has changed a photo."""
        with self._lock:
            self._pages.clear()
            self._generation += 1

    def _keep(self, key: tuple[str, int], page: _KeptPage) -> None:
        if key not in self._pages and len(self._pages) >= MAX_PAGES:
            del self._pages[next(iter(self._pages))]
        self._pages[key] = page
