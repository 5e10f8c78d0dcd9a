"""What is counted beside the photos, in listings that list nothing: photos a tag, and what they take of the storage."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from app.domain.catalog_diff import CatalogDiff
from app.domain.errors import StorageError
from app.domain.photo import TagCount
from app.domain.usage import KeyRange, Usage, expiry_date
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient

log = logging.getLogger(__name__)

# The sort key is the tag, or the account.
TAGS = "#tags"
USAGE = "#usage"


class DynamoCounters:
    """The counts in one table, each an item that is added to. What fell below 0 shows as 0."""

    def __init__(self, calls: DynamoClient, table: str) -> None:
        self._calls = calls
        self._table = table

    def apply(self, change: CatalogDiff) -> None:
        """Add what a change of a photo comes to. It is written already: a failure costs nothing but a repair."""
        self.add(change.counts, change.usage)

    def add(self, tags: Mapping[str, int], usage: Sequence[Usage]) -> None:
        """Add to the counts of tags and accounts; a failure is logged and no more."""
        try:
            for tag, change in tags.items():
                self._calls.increment(self._table, _key(TAGS, tag), {"photos": change})
            for account in usage:
                self._calls.increment(
                    self._table, _key(USAGE, account.account), _numbers(account), _expiry(account)
                )
        except StorageError:
            log.exception(
                "the counts are off by some of %s and %s; repair puts them right", dict(tags), usage
            )

    def tags(self) -> tuple[TagCount, ...]:
        """Every tag that a public photo carries, by name: one Query for each megabyte of counts."""
        counts = [
            TagCount(item["position"]["S"], int(item["photos"]["N"])) for item in self._all(TAGS)
        ]
        return tuple(tag for tag in counts if tag.count > 0)

    def usage(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """Accounts that are not empty, the last by name first, by one Query."""
        found = self._calls.query(
            limit,
            TableName=self._table,
            KeyConditionExpression="listing = :listing AND #position BETWEEN :first AND :last",
            ExpressionAttributeNames={"#position": "position"},
            ExpressionAttributeValues={
                ":listing": {"S": USAGE},
                ":first": {"S": span[0]},
                ":last": {"S": span[1]},
            },
            ScanIndexForward=False,
        )
        return tuple(account for account in map(_usage, found) if account.photos or account.bytes)

    def usage_counters(self) -> Iterator[Usage]:
        """Every account, by name."""
        return map(_usage, self._all(USAGE))

    def compare_and_set_tag_count(self, tag: str, shown: int, photos: int) -> bool:
        """Set the count of `tag` if it is still `shown`."""
        return self._calls.compare_and_set(
            self._table, _key(TAGS, tag), {"photos": shown}, {"photos": photos}
        )

    def compare_and_set_usage(self, shown: Usage, real: Usage) -> bool:
        """Set an account if it is still as `shown`."""
        return self._calls.compare_and_set(
            self._table, _key(USAGE, real.account), _numbers(shown), _numbers(real)
        )

    def _all(self, listing: str) -> Iterator[items.Item]:
        return self._calls.query_all(
            TableName=self._table,
            KeyConditionExpression="listing = :listing",
            ExpressionAttributeValues={":listing": {"S": listing}},
        )


def _key(listing: str, name: str) -> items.Item:
    return {"listing": {"S": listing}, "position": {"S": name}}


def _numbers(account: Usage) -> dict[str, int]:
    return {"photos": account.photos, "bytes": account.bytes}


def _usage(item: Mapping[str, Any]) -> Usage:
    return Usage(
        item["position"]["S"], max(0, int(item["photos"]["N"])), max(0, int(item["bytes"]["N"]))
    )


def _expiry(account: Usage) -> int | None:
    """When DynamoDB's TTL may remove an account of the trash: the day after its last one."""
    day = expiry_date(account.account)
    return int(datetime.combine(day + timedelta(days=1), time(), UTC).timestamp()) if day else None
