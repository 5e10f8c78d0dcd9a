"""The catalog in two DynamoDB tables: `<table>` has the records, `<table>-listings` listings, claims and counts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from app.domain import object_keys
from app.domain.catalog_diff import CatalogDiff, diff, removal_diff
from app.domain.errors import AlreadyPublished, EditConflict, PhotoNotFound, StorageUnavailable
from app.domain.pages import build_page
from app.domain.photo import Page, Photo, PhotoState, PhotoSummary, TagCount
from app.domain.usage import KeyRange, Usage
from app.services.ports import ListingEntry
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_counters import DynamoCounters

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Partitions of the listings table with this prefix hold counters, idempotency keys and revoked sessions.
_INTERNAL = "#"
# Each key has its own partition, so that uploads spread over partitions.
_IDEMPOTENCY_KEY = "#idempotency_key:"


class DynamoCatalog:
    """The Catalog of the AWS home; any number of instances may share the tables."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._calls = DynamoClient(client)
        self._table = table
        self._listings = f"{table}-listings"
        self._counts = DynamoCounters(self._calls, self._listings)

    def publish(self, photo: Photo) -> None:
        """Record, claim and listings in one transaction, then the counts. Raises AlreadyPublished."""
        change = diff(None, photo)
        record = items.put(
            self._table, items.serialize(photo.to_dict()), items.attribute_not_exists("photo_id")
        )
        refused = self._calls.transact_write(
            [record, self._claim(photo), *self._relisted(photo, change)]
        )
        if 1 in refused:
            raise AlreadyPublished(self._photo_for_key(photo.idempotency_key))
        if 0 in refused:
            raise AlreadyPublished(photo.photo_id)
        self._counts.apply(change)

    def get(self, photo_id: str) -> Photo:
        """The record, by one GetItem. Raises PhotoNotFound."""
        item = self._calls.get_item(self._table, _record_key(photo_id))
        if item is None:
            raise PhotoNotFound(photo_id)
        return _photo(item)

    def page(
        self, listing: str, limit: int, *, before: str | None = None, after: str | None = None
    ) -> Page:
        """One Query, and one more for each megabyte of summaries. `before` goes before `after`."""
        condition, values = "listing = :listing", {":listing": {"S": listing}}
        names: dict[str, dict[str, str]] = {}
        if (cursor := after if before is None else before) is not None:
            condition += f" AND #position {'>' if before is None else '<'} :cursor"
            values[":cursor"] = {"S": cursor}
            names = {"ExpressionAttributeNames": {"#position": "position"}}  # a reserved word
        found = self._calls.query(
            limit + 1,
            TableName=self._listings,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            **names,
            ScanIndexForward=before is None and after is not None,
        )
        return build_page([_summary(item) for item in found], limit, before, after)

    def update(self, before: Photo, after: Photo) -> None:
        """Replace the record and relist it in one transaction, then the counts. Raises EditConflict."""
        change = self._unlist_overflow(before, after, diff(before, after))
        record = items.put(
            self._table, items.serialize(after.to_dict()), items.equals("version", before.version)
        )
        if not self._replaced(record, after, change):
            raise EditConflict(before.photo_id)

    def tags(self) -> tuple[TagCount, ...]:
        """Every tag that a public photo carries, by name: one Query for each megabyte of counts."""
        return self._counts.tags()

    def usage(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """Accounts that are not empty, the last by name first, by one Query."""
        return self._counts.usage(span, limit)

    def expired(self, now: int) -> Iterator[Photo]:
        """The trashed photos with `expires_at` before `now`; DynamoDB's TTL removes the same, within days."""
        found = self._calls.scan(
            TableName=self._table,
            FilterExpression="#state = :trashed AND expires_at < :now",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={
                ":trashed": {"S": PhotoState.TRASHED.value},
                ":now": {"N": str(now)},
            },
        )
        return map(_photo, found)

    def delete(self, photo: Photo) -> None:
        """Remove a trashed photo's record and its listings in one transaction. Raises EditConflict."""
        record = items.delete(
            self._table, _record_key(photo.photo_id), items.equals("version", photo.version)
        )
        listings = [self._listing(listing, photo.photo_id, None) for listing in photo.listings]
        if self._calls.transact_write([record, *listings]):
            raise EditConflict(photo.photo_id)
        self._counts.add({}, removal_diff(photo))

    def import_photo(self, photo: Photo) -> None:
        """Publish what was published before, whoever has its upload by now. Raises AlreadyPublished."""
        record = items.put(
            self._table, items.serialize(photo.to_dict()), items.attribute_not_exists("photo_id")
        )
        if not self._replaced(record, photo, diff(None, photo)):
            raise AlreadyPublished(photo.photo_id)

    def sync_listings(self, photo_id: str, photo: Photo | None, listings: Iterable[str]) -> None:
        """Make `listings` show what the record says: one transaction for 99 of them. Raises EditConflict."""
        condition = (
            items.equals("version", photo.version)
            if photo
            else items.attribute_not_exists("photo_id")
        )
        unchanged = items.condition_check(self._table, _record_key(photo_id), condition)
        rest = iter(listings)
        while some := list(islice(rest, items.MAX_TRANSACTION_ITEMS - 1)):
            if self._calls.transact_write(
                [unchanged, *(self._listing(listing, photo_id, photo) for listing in some)]
            ):
                raise EditConflict(photo_id)

    def compare_and_set_tag_count(self, tag: str, shown: int, photos: int) -> bool:
        """Set the count of `tag` if it is still `shown`; one that fell below 0 shows as 0."""
        return self._counts.compare_and_set_tag_count(tag, shown, photos)

    def usage_counters(self) -> Iterator[Usage]:
        """Every account, by Query."""
        return self._counts.usage_counters()

    def compare_and_set_usage(self, shown: Usage, real: Usage) -> bool:
        """Set an account if it is still as `shown`; what fell below 0 shows as 0."""
        return self._counts.compare_and_set_usage(shown, real)

    def photos(self) -> Iterator[Photo]:
        """Every record, by Scan."""
        return map(_photo, self._calls.scan(TableName=self._table))

    def listings(self) -> Iterator[ListingEntry]:
        """Every listing, by Scan; claims and counts are none."""
        for item in self._calls.scan(TableName=self._listings):
            listing = item["listing"]["S"]
            if not listing.startswith(_INTERNAL):
                yield ListingEntry(listing, _summary(item))

    def ping(self) -> None:
        """Return when both tables answer a read, else raise StorageError."""
        self._calls.get_item(self._table, _record_key("#ping"))
        self._calls.get_item(self._listings, _listing_key(object_keys.PUBLIC_LISTING, "#ping"))

    def _unlist_overflow(self, before: Photo, after: Photo, change: CatalogDiff) -> CatalogDiff:
        """As much of `change` as one transaction holds: new words for all the old ones can be more than that.

        What is too much is unlisted beforehand. Should the rest fail then, the photo is not found by some words that
        its editor meant to take out; saving again puts that right. Raises EditConflict.
        """
        room = (
            items.MAX_TRANSACTION_ITEMS - 2 - len(change.listed)
        )  # beside the record and the claim
        self.sync_listings(
            before.photo_id, replace(after, version=before.version), change.unlisted[room:]
        )
        return replace(change, unlisted=change.unlisted[:room])

    def _replaced(self, record: items.Write, photo: Photo, change: CatalogDiff) -> bool:
        """Write the record and its listings in one transaction, then the counts; False if `record` is refused."""
        writes = [record, *self._relisted(photo, change)]
        claims = [self._claim(photo)] * change.key_claimed + [
            self._release(photo)
        ] * change.key_released
        refused = self._calls.transact_write([*writes, *claims])
        if (
            refused and 0 not in refused
        ):  # the claim is with another photo that the upload has made since: leave it
            refused = self._calls.transact_write(writes)
        if not refused:
            self._counts.apply(change)
        return not refused

    def _listing(self, listing: str, photo_id: str, photo: Photo | None) -> items.Write:
        if photo and listing in photo.listings:
            summary = photo.summary.to_dict()
            return items.put(
                self._listings, _listing_key(listing, photo_id) | items.serialize(summary)
            )
        return items.delete(self._listings, _listing_key(listing, photo_id))

    def _relisted(self, photo: Photo, change: CatalogDiff) -> list[items.Write]:
        return [
            self._listing(listing, photo.photo_id, photo)
            for listing in (*change.listed, *change.unlisted)
        ]

    def _claim(self, photo: Photo) -> items.Write:
        claim = _claim_key(photo.idempotency_key) | items.serialize({"photo_id": photo.photo_id})
        return items.put(self._listings, claim, items.attribute_not_exists("listing"))

    def _release(self, photo: Photo) -> items.Write:
        held = items.equals("photo_id", photo.photo_id, or_absent=True)
        return items.delete(self._listings, _claim_key(photo.idempotency_key), held)

    def _photo_for_key(self, upload: str) -> str:
        """Id of the photo that `upload` has made."""
        claim = self._calls.get_item(self._listings, _claim_key(upload))
        if claim is None:
            raise StorageUnavailable(
                "The photo that was made from this upload is being deleted just now."
            )
        return str(claim["photo_id"]["S"])


def _record_key(photo_id: str) -> items.Item:
    return {"photo_id": {"S": photo_id}}


def _listing_key(listing: str, position: str) -> items.Item:
    return {"listing": {"S": listing}, "position": {"S": position}}


def _claim_key(upload: str) -> items.Item:
    return _listing_key(_IDEMPOTENCY_KEY + upload, "photo")


def _photo(item: Mapping[str, Any]) -> Photo:
    return Photo.from_dict(items.deserialize(item))


def _summary(item: Mapping[str, Any]) -> PhotoSummary:
    return PhotoSummary.from_dict(items.deserialize(item))
