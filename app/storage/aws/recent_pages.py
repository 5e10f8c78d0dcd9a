"""Keep the newest pages of listings in memory for a second.

Without it, every view of the gallery would read the same partitions, which take 3 000 read units a
second. With it, a process reads them once a second.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from app.domain.pages import Page

MAX_PAGES = 200  # the gallery and the tags that many visitors look at


@dataclass(slots=True)
class _KeptPage:
    page: Page | None = None  # none while it is read for the first time
    read_at: float = float("-inf")
    reading: "Future[Page] | None" = None
    reading_since: float = float("-inf")


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

    def page(self, listing: str, limit: int, max_age: float) -> Page:
        """Return the newest page, read at most `max_age` seconds ago.

        While one thread reads the page again, others get a page of at most twice that age, or wait
        for that thread.
        """
        with self._lock:
            now, kept = self._clock(), self._kept((listing, limit))
            if kept.page and now - kept.read_at <= max_age * (2 if kept.reading else 1):
                return kept.page
            # The result of a slow read would be older than `max_age`.
            other = kept.reading if now - kept.reading_since < max_age else None
            own: Future[Page] = Future()
            if other is None:
                kept.reading, kept.reading_since = own, now
        return other.result() if other else self._read_again(kept, own, listing, limit, now)

    def discard(self) -> None:
        """Read every page again, since this process has changed a photo."""
        with self._lock:
            self._pages.clear()

    def _kept(self, key: tuple[str, int]) -> _KeptPage:
        if key not in self._pages and len(self._pages) >= MAX_PAGES:
            del self._pages[next(iter(self._pages))]
        return self._pages.setdefault(key, _KeptPage())

    def _read_again(
        self, kept: _KeptPage, own: "Future[Page]", listing: str, limit: int, now: float
    ) -> Page:
        try:
            page = self._read(listing, limit)
        except BaseException as error:
            self._end(kept, own)
            own.set_exception(error)
            raise
        with self._lock:
            if kept.read_at < now:
                kept.page, kept.read_at = page, now
        self._end(kept, own)
        own.set_result(page)
        return page

    def _end(self, kept: _KeptPage, own: "Future[Page]") -> None:
        with self._lock:
            if kept.reading is own:
                kept.reading = None
