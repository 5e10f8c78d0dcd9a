"""Count and index a photo after the transaction that changed it."""

import logging
from collections.abc import Callable, Mapping

from app.domain.catalog_diff import CatalogDiff, removal_diff
from app.domain.photo import Photo
from app.services.deadline import extend_deadline
from app.storage.aws.dynamodb_counters import DynamoCounters
from app.storage.aws.listings.search_index import SearchIndex
from app.storage.aws.parallel_calls import ParallelCalls
from app.storage.aws.recent_pages import RecentPages

log = logging.getLogger(__name__)

# Seconds for these writes after the deadline of the request: two attempts (client_factory.py).
# Without them, a photo whose transaction ends at the deadline would stay out of every search.
_TIMEOUT = 3.0


class AfterCommit:
    """The writes that follow a transaction, in parallel, since a visitor waits.

    Log every failure instead of raising it, since the photo is written: `repair` corrects the
    counters and the search index.
    """

    def __init__(
        self,
        recent_pages: RecentPages,
        counters: DynamoCounters,
        search_index: SearchIndex,
        parallel: ParallelCalls,
    ) -> None:
        self._recent_pages = recent_pages
        self._counters = counters
        self._search_index = search_index
        self._parallel = parallel

    def run(self, before: Photo | None, after: Photo, change: CatalogDiff) -> None:
        """Add the changes of a photo to the counters, and its words to the search index."""
        self._recent_pages.discard()
        counters = self._counters.updates(after.photo_id, change.counts, change.usage)
        self._call_all(counters | self._search_index.updates(before, after))

    def uncount(self, photo: Photo) -> None:
        """Subtract a photo that was deleted permanently from the usage counters."""
        self._call_all(self._counters.updates(photo.photo_id, {}, removal_diff(photo)))

    def _call_all(self, calls: Mapping[str, Callable[[], object]]) -> None:
        with extend_deadline(_TIMEOUT):
            failures = self._parallel.errors(calls)
        if failures:
            log.error(
                "These counters or search terms may be off: %s. To correct them: repair --apply",
                ", ".join(failures),
                exc_info=BaseExceptionGroup("updates failed", list(failures.values())),
            )
