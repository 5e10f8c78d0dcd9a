"""Add to the counters of a photo after the transaction that changed it."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial

from app.domain.usage import Usage
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_tag_counts import TagCounts
from app.storage.aws.dynamodb_usage import UsageCounters
from app.storage.aws.parallel_calls import ParallelCalls

log = logging.getLogger(__name__)


class DynamoCounters:
    """The tag counts and the usage counters of the listings table."""

    def __init__(self, dynamodb: DynamoClient, table: str, parallel: ParallelCalls) -> None:
        self.tags = TagCounts(dynamodb, table, parallel)
        self.usage = UsageCounters(dynamodb, table, parallel)
        self._parallel = parallel

    def add(self, photo_id: str, tags: Mapping[str, int], usage: Sequence[Usage]) -> None:
        """Add the changes of one photo to several counters at a time, since a visitor waits.

        Log every failure instead of raising it, since the photo is written: `repair` corrects the
        counters.
        """
        updates = {
            f"#tags {tag}": partial(self.tags.add, tag, photos, photo_id)
            for tag, photos in tags.items()
        }
        for change in usage:
            updates[f"#usage {change.counter}"] = partial(self.usage.add, change, photo_id)
        failures = self._parallel.errors(updates)
        if failures:
            log.error(
                "These counters may be off: %s. To correct them: flask repair",
                ", ".join(failures),
                exc_info=BaseExceptionGroup("counter updates failed", list(failures.values())),
            )
