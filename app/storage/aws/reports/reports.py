"""Keep open reports in the listings table.

A report is the item at its id in one partition, so that one Query reads the newest ones. A copy
takes one of the places that its photo has. Both expire together.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from app.domain.listings.entries import EVERY_POSITION
from app.domain.reports.report import MAX_OPEN, Report, ReportPage
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_items import Item
from app.storage.aws.table_names import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PARTITION = "#reports"


class DynamoReports:
    """Implement ReportStore in `<table>-listings`. Threads may share it."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._dynamodb = DynamoClient(client)
        self._table = TableNames.of(table).listings

    def add(self, report: Report) -> bool:
        """Store the report in the first free place of its photo with one transaction.

        If another request takes the place first, try the next one.
        """
        while True:
            places = self._places(report.photo_id)
            if any(report.says_the_same_as(Report.from_dict(place)) for place in places):
                return True
            taken = {place["position"] for place in places}
            free = next((place for place in _PLACES if place not in taken), None)
            if free is None:
                return False
            failed = self._write(report, free)
            if not failed or _REPORT in failed:  # a lost answer was tried again
                return True

    def _write(self, report: Report, place: str) -> set[int]:
        is_new = items.attribute_not_exists("listing")
        record = items.to_item(report.to_dict()) | {"expires_at": report.expires_at}
        item = _key(report.report_id) | record | {"place": place}
        taken = _place_key(report.photo_id, place) | record
        writes = [items.put(self._table, item, is_new), items.put(self._table, taken, is_new)]
        return self._dynamodb.transact_write(writes)

    def get(self, report_id: str) -> Report | None:
        """Return the report with one GetItem."""
        item = self._dynamodb.get_item(self._table, _key(report_id))
        return Report.from_dict(item) if item else None

    def page(self, limit: int, now: int, *, before: str | None = None) -> ReportPage:
        """Return one page with one Query, without the reports that DynamoDB has yet to delete."""
        span = EVERY_POSITION.next_to(before, None)
        found = self._dynamodb.query(
            limit + 1,
            TableName=self._table,
            KeyConditionExpression=Key("listing").eq(_PARTITION)
            & Key("position").between(span.first, span.last),
            ScanIndexForward=False,
        )
        shown = found[:limit]
        reports = tuple(Report.from_dict(item) for item in shown if item["expires_at"] > now)
        return ReportPage(reports, str(shown[-1]["position"]) if len(found) > limit else None)

    def of_photo(self, photo_id: str) -> Sequence[str]:
        """Return the ids with one Query."""
        return [str(place["report_id"]) for place in self._places(photo_id)]

    def close(self, report_ids: Iterable[str]) -> None:
        """Delete the reports and free their places in one transaction."""
        found = self._dynamodb.get_items(self._table, map(_key, report_ids))
        removals = []
        for item in found:
            place = _place_key(item["photo_id"], item["place"])
            is_own = items.equals("report_id", item["report_id"], or_absent=True)
            removals += [
                items.delete(self._table, _key(item["report_id"])),
                items.delete(self._table, place, is_own),
            ]
        if removals:
            self._dynamodb.transact_write(removals)

    def _places(self, photo_id: str) -> list[Item]:
        return self._dynamodb.query(
            MAX_OPEN,
            TableName=self._table,
            KeyConditionExpression=Key("listing").eq(_places_of(photo_id)),
        )


_REPORT = 0  # its index in the transaction
_PLACES = tuple(f"{place:02}" for place in range(MAX_OPEN))


def _key(report_id: str) -> Item:
    return items.entry_key(_PARTITION, report_id)


def _places_of(photo_id: str) -> str:
    return f"{_PARTITION}:{photo_id}"


def _place_key(photo_id: str, place: str) -> Item:
    return items.entry_key(_places_of(photo_id), place)
