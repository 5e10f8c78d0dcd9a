"""The catalog in two DynamoDB tables: `<table>` has the records, `<table>-listings` feeds, claims and counts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from app.domain import object_keys
from app.domain.catalog_diff import Relisting, forgetting, relisting
from app.domain.errors import AlreadyPublished, EditConflict, PhotoNotFound, StorageUnavailable
from app.domain.pages import page_of
from app.domain.photo import Card, Page, Photo, State, TagCount
from app.domain.usage import Span, Usage
from app.services.ports import Listing
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import DynamoCalls
from app.storage.aws.dynamodb_counters import TAGS, USAGE, DynamoCounts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Feeds that list nothing: which photo an upload made, and which log-ins were ended before their time.
_UPLOAD = "upload:"
_CLAIM = "#claim"
_ENDED = "#ended"


class DynamoCatalog:
    """The Catalog of the AWS home; any number of instances may share the tables."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._calls = DynamoCalls(client)
        self._table = table
        self._listings = f"{table}-listings"
        self._counts = DynamoCounts(self._calls, self._listings)

    def publish(self, photo: Photo) -> None:
        """Record, claim and listings in one transaction, then the counts. Raises AlreadyPublished."""
        change = relisting(None, photo)
        record = items.put(self._table, items.of(photo.as_record()), items.absent("photo_id"))
        refused = self._calls.transact([record, self._claim(photo), *self._relisted(photo, change)])
        if 1 in refused:
            raise AlreadyPublished(self._claimant(photo.upload))
        if 0 in refused:
            raise AlreadyPublished(photo.photo_id)
        self._counts.follow(change)

    def get(self, photo_id: str) -> Photo:
        """The record, by one GetItem. Raises PhotoNotFound."""
        item = self._calls.item(self._table, _record_key(photo_id))
        if item is None:
            raise PhotoNotFound(photo_id)
        return _photo(item)

    def page(self, feed: str, limit: int, *, before: str | None = None, after: str | None = None) -> Page:
        """One Query, and one more for each megabyte of cards. `before` goes before `after`."""
        condition, values = "feed = :feed", {":feed": {"S": feed}}
        if (cursor := after if before is None else before) is not None:
            condition += f" AND photo_id {'>' if before is None else '<'} :cursor"
            values[":cursor"] = {"S": cursor}
        found = self._calls.query(
            limit + 1,
            TableName=self._listings,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ScanIndexForward=before is None and after is not None,
        )
        return page_of([_card(item) for item in found], limit, before, after)

    def revise(self, before: Photo, after: Photo) -> None:
        """Replace the record and relist it in one transaction, then the counts. Raises EditConflict."""
        change = self._fitted(before, after, relisting(before, after))
        record = items.put(self._table, items.of(after.as_record()), items.equal("version", before.version))
        if not self._replaced(record, after, change):
            raise EditConflict(before.photo_id)

    def tags(self) -> tuple[TagCount, ...]:
        """Every tag that a public photo carries, by name: one Query for each megabyte of counts."""
        return self._counts.tags()

    def usage(self, span: Span, limit: int) -> tuple[Usage, ...]:
        """Accounts that are not empty, the last by name first, by one Query."""
        return self._counts.usage(span, limit)

    def expired(self, now: int) -> Iterator[Photo]:
        """The trashed photos with `expires_at` before `now`; DynamoDB's TTL removes the same, within days."""
        found = self._calls.scan(
            TableName=self._table,
            FilterExpression="#state = :trashed AND expires_at < :now",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":trashed": {"S": State.TRASHED.value}, ":now": {"N": str(now)}},
        )
        return map(_photo, found)

    def forget(self, photo: Photo) -> None:
        """Remove a trashed photo's record and its listings in one transaction. Raises EditConflict."""
        record = items.delete(self._table, _record_key(photo.photo_id), items.equal("version", photo.version))
        listings = [self._listing(feed, photo.photo_id, None) for feed in photo.feeds]
        if self._calls.transact([record, *listings]):
            raise EditConflict(photo.photo_id)
        self._counts.add({}, forgetting(photo))

    def adopt(self, photo: Photo) -> None:
        """Publish what was published before, whoever has its upload by now. Raises AlreadyPublished."""
        record = items.put(self._table, items.of(photo.as_record()), items.absent("photo_id"))
        if not self._replaced(record, photo, relisting(None, photo)):
            raise AlreadyPublished(photo.photo_id)

    def relist(self, photo_id: str, photo: Photo | None, feeds: Iterable[str]) -> None:
        """Make `feeds` show what the record says: one transaction for 99 of them. Raises EditConflict."""
        condition = items.equal("version", photo.version) if photo else items.absent("photo_id")
        unchanged = items.check(self._table, _record_key(photo_id), condition)
        rest = iter(feeds)
        while some := list(islice(rest, items.TRANSACTION - 1)):
            if self._calls.transact([unchanged, *(self._listing(feed, photo_id, photo) for feed in some)]):
                raise EditConflict(photo_id)

    def recount(self, tag: str, shown: int, photos: int) -> bool:
        """Set the count of `tag` if it is still `shown`; one that fell below 0 shows as 0."""
        return self._counts.recount(tag, shown, photos)

    def accounts(self) -> Iterator[Usage]:
        """Every account, by Query."""
        return self._counts.accounts()

    def reckon(self, shown: Usage, real: Usage) -> bool:
        """Set an account if it is still as `shown`; what fell below 0 shows as 0."""
        return self._counts.reckon(shown, real)

    def photos(self) -> Iterator[Photo]:
        """Every record, by Scan."""
        return map(_photo, self._calls.scan(TableName=self._table))

    def listings(self) -> Iterator[Listing]:
        """Every listing, by Scan; claims and counts are none."""
        for item in self._calls.scan(TableName=self._listings):
            feed = item["feed"]["S"]
            if feed not in {TAGS, USAGE, _ENDED} and not feed.startswith(_UPLOAD):
                yield Listing(feed, _card(item))

    def end_login(self, login: str, until: int) -> None:
        """Remember that a log-in was ended, until DynamoDB's TTL removes it."""
        ended = _listing_key(_ENDED, login) | items.of({"expires_at": until})
        self._calls.transact([items.put(self._listings, ended)])

    def has_ended(self, login: str) -> bool:
        """Whether a log-in was ended, by one GetItem."""
        return self._calls.item(self._listings, _listing_key(_ENDED, login)) is not None

    def ping(self) -> None:
        """Return when both tables answer a read, else raise StorageError."""
        self._calls.item(self._table, _record_key("#ping"))
        self._calls.item(self._listings, _listing_key(object_keys.ALL, "#ping"))

    def _fitted(self, before: Photo, after: Photo, change: Relisting) -> Relisting:
        """As much of `change` as one transaction holds: new words for all the old ones can be more than that.

        What is too much is unlisted beforehand. Should the rest fail then, the photo is not found by some words that
        its editor meant to take out; saving again puts that right. Raises EditConflict.
        """
        room = items.TRANSACTION - 2 - len(change.listed)  # beside the record and the claim
        self.relist(before.photo_id, replace(after, version=before.version), change.unlisted[room:])
        return replace(change, unlisted=change.unlisted[:room])

    def _replaced(self, record: items.Write, photo: Photo, change: Relisting) -> bool:
        """Write the record and its listings in one transaction, then the counts; False if `record` is refused."""
        writes = [record, *self._relisted(photo, change)]
        claims = [self._claim(photo)] * change.claimed + [self._release(photo)] * change.released
        refused = self._calls.transact([*writes, *claims])
        if refused and 0 not in refused:  # the claim is with another photo that the upload has made since: leave it
            refused = self._calls.transact(writes)
        if not refused:
            self._counts.follow(change)
        return not refused

    def _listing(self, feed: str, photo_id: str, photo: Photo | None) -> items.Write:
        if photo and feed in photo.feeds:
            return items.put(self._listings, items.of({"feed": feed, **photo.card.as_record()}))
        return items.delete(self._listings, _listing_key(feed, photo_id))

    def _relisted(self, photo: Photo, change: Relisting) -> list[items.Write]:
        return [self._listing(feed, photo.photo_id, photo) for feed in (*change.listed, *change.unlisted)]

    def _claim(self, photo: Photo) -> items.Write:
        claim = _claim_key(photo.upload) | items.of({"published": photo.photo_id})
        return items.put(self._listings, claim, items.absent("feed"))

    def _release(self, photo: Photo) -> items.Write:
        held = items.equal("published", photo.photo_id, or_absent=True)
        return items.delete(self._listings, _claim_key(photo.upload), held)

    def _claimant(self, upload: str) -> str:
        """Id of the photo that `upload` has made."""
        claim = self._calls.item(self._listings, _claim_key(upload))
        if claim is None:
            raise StorageUnavailable("The photo that was made from this upload is being deleted just now.")
        return str(claim["published"]["S"])


def _record_key(photo_id: str) -> items.Item:
    return {"photo_id": {"S": photo_id}}


def _listing_key(feed: str, photo_id: str) -> items.Item:
    return {"feed": {"S": feed}, "photo_id": {"S": photo_id}}


def _claim_key(upload: str) -> items.Item:
    return _listing_key(_UPLOAD + upload, _CLAIM)


def _photo(item: Mapping[str, Any]) -> Photo:
    return Photo.from_record(items.values(item))


def _card(item: Mapping[str, Any]) -> Card:
    return Card.from_record(items.values(item))
