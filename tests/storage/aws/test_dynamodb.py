"""DynamoDB's own properties: counted calls, the entries of an edit, items that expire.

Covers app.storage.aws.dynamodb_cursor, app.storage.aws.dynamodb_items,
app.storage.aws.listings.search_index.
"""

from datetime import datetime
from typing import Any

import pytest

from app.domain import object_keys, usage
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.search_terms import SearchQuery, beginning_of
from app.services.operations.lost_catalog import is_catalog_lost
from app.services.ports import Catalog
from tests.backends import TABLE, Backend, make_photo
from tests.storage.aws_calls import AwsCalls, recorded


def test_what_each_method_sends(cloud: Backend) -> None:
    """A write is one transaction, an update per counter, and the words. A page is 4 Queries."""
    assert cloud.clients
    catalog, revocations = cloud.catalog, cloud.session_revocations
    photo = make_photo(tags=("sea", "dusk"), taken_at=datetime.fromisoformat("2026-11-05"))
    [neighbor] = photo.ordered_entries
    trashed = photo.next_version(state=PhotoState.TRASHED, expires_at=1)
    # The words, and whether another change has come in between.
    words = {"BatchWriteItem": 1, "GetItem": 1}
    steps: list[tuple[Any, dict[str, int]]] = [
        (lambda: catalog.publish(photo), {"TransactWriteItems": 1, "UpdateItem": 2 + 4} | words),
        (lambda: catalog.get(photo.photo_id), {"GetItem": 1}),
        (lambda: catalog.page(object_keys.PUBLIC_LISTING, 30), {"Query": 4}),
        (lambda: catalog.page("tag:sea", 30, before=photo.photo_id), {"Query": 4}),
        (lambda: catalog.page("owner:ada", 30, after=photo.photo_id), {"Query": 1}),
        (lambda: catalog.search(SearchQuery.of("sea dusk "), 30), {"Query": 2, "BatchGetItem": 1}),
        (lambda: catalog.most_used_tags(30), {"Query": 16}),
        (lambda: catalog.tags("", 30), {"Query": 16}),
        (lambda: catalog.usage(usage.DAYS, 30), {"Query": 4}),
        (lambda: catalog.usage(usage.MONTHS, 30), {"Query": 2}),
        (lambda: cloud.ordered_listings.page("taken:2026", 30), {"Query": 4}),
        (lambda: cloud.ordered_listings.neighbors(neighbor), {"Query": 8}),
        (lambda: catalog.usage((usage.SITE, usage.SITE), 1), {"BatchGetItem": 1}),
        (
            lambda: catalog.update(photo, trashed),
            {"TransactWriteItems": 1, "UpdateItem": 2 + 6, "DeleteItem": 2 + 4} | words,
        ),
        (lambda: list(catalog.expired(2)), {"Scan": 1}),
        (lambda: list(catalog.listings()), {"Scan": 2}),
        (catalog.has_photos, {"Scan": 1}),
        (lambda: list(catalog.usage_counters()), {"Query": 4 + 4 + 2}),
        (
            lambda: catalog.delete(trashed),
            {"TransactWriteItems": 1, "UpdateItem": 2, "DeleteItem": 2},
        ),
        (lambda: revocations.revoke("one", 1), {"PutItem": 1}),
        (lambda: revocations.is_revoked("one"), {"GetItem": 1}),
        (catalog.ping, {"GetItem": 3}),
    ]
    for step, expected in steps:
        with recorded(cloud.clients) as calls:
            step()
        assert calls.counts == expected


def test_a_lost_table_is_noticed_with_one_read_unit(cloud: Backend) -> None:
    """Each worker looks for it when it starts."""
    assert cloud.clients
    for _ in range(3):
        cloud.catalog.publish(make_photo())
    with recorded(cloud.clients) as calls:
        assert not is_catalog_lost(cloud)
    assert [(name, params["Limit"]) for name, params in calls.made] == [("Scan", 1)]


def written_listings(calls: AwsCalls) -> set[str]:
    """Return the listings whose entries `calls` write, in a transaction or one by one."""
    writes: list[dict[str, Any]] = []
    for name, params in calls.made:
        if name == "TransactWriteItems":
            writes += params["TransactItems"]
        elif name == "BatchWriteItem":
            writes += params["RequestItems"][f"{TABLE}-postings"]
    entries = [operation for write in writes for operation in write.values()]
    keys = [entry.get("Item") or entry.get("Key") for entry in entries]
    names = {key["listing"].partition("/")[0] for key in keys if "listing" in key}
    names |= {f"term:{key['b']}" for key in keys if "b" in key}
    return {name for name in names if not name.startswith("#")}


def listed(catalog: Catalog, photo: Photo) -> set[str]:
    return {entry.listing for entry in catalog.entries_of(photo)}


@pytest.mark.parametrize(
    "changes",
    [{"description": "A gray day."}, {"tags": ("sea", "pier")}, {"tags": ("dusk", "sea")}],
)
def test_an_edit_writes_only_entries_that_change(cloud: Backend, changes: dict[str, Any]) -> None:
    """Other text than the title is in no entry, so only listings that gain or lose the photo."""
    assert cloud.clients
    photo = make_photo(tags=("sea", "dusk"), description="A day at sea.")
    cloud.catalog.publish(photo)
    edited = photo.next_version(**changes)
    with recorded(cloud.clients) as calls:
        cloud.catalog.update(photo, edited)
    changed = listed(cloud.catalog, photo) ^ listed(cloud.catalog, edited)
    listings = {name for name in changed if not name.startswith("term:")}
    words = {name.removeprefix("term:") for name in changed - listings}
    beginnings = {f"term:{beginning_of(word)}" for word in words}
    assert written_listings(calls) == listings | beginnings
    assert set(cloud.catalog.listings()) == set(cloud.catalog.entries_of(edited))


def test_an_edit_of_the_title_writes_one_entry_with_a_summary(cloud: Backend) -> None:
    """Listings of a tag, a contributor or a file are not written, nor are unchanged terms."""
    assert cloud.clients
    photo = make_photo(title="Pier 6", tags=("sea", "dusk"))
    cloud.catalog.publish(photo)
    edited = photo.next_version(title="Pier 7")
    with recorded(cloud.clients) as calls:
        cloud.catalog.update(photo, edited)
    assert written_listings(calls) == {object_keys.PUBLIC_LISTING, "term:6", "term:7"}


def test_a_page_reads_one_summary_more_than_it_shows(cloud: Backend) -> None:
    """A page of 30 asks for 31 summaries, consistently, and for no more."""
    assert cloud.clients
    with recorded(cloud.clients) as calls:
        cloud.catalog.page("owner:ada", 30)
    [(_, query)] = calls.made
    assert (query["Limit"], query["ConsistentRead"]) == (31, True)
    assert query["TableName"] == f"{TABLE}-listings"


def test_a_trashed_record_has_a_number_to_expire_by(cloud: Backend) -> None:
    """Only trashed records and their listings have `expires_at`, as a number for the TTL."""
    assert cloud.clients
    photo = make_photo()
    cloud.catalog.publish(photo)
    key = {"photo_id": photo.photo_id}
    assert "expires_at" not in cloud.clients.dynamodb.get_item(TableName=TABLE, Key=key)["Item"]
    trashed = photo.next_version(state=PhotoState.TRASHED, expires_at=1_900_000_000)
    cloud.catalog.update(photo, trashed)
    assert (
        cloud.clients.dynamodb.get_item(TableName=TABLE, Key=key)["Item"]["expires_at"]
        == 1_900_000_000
    )
    expiring = expiring_items(cloud)
    summaries = {item["listing"] for item in expiring if item["expires_at"] == 1_900_000_000}
    assert summaries == {"trash", f"trash:{photo.owner}"}
    counters = {str(item["listing"]).partition(":")[0] for item in expiring}
    assert counters == {"trash", "#usage", "#owners"}
    cloud.catalog.update(trashed, trashed.next_version(state=PhotoState.PUBLIC, expires_at=None))
    assert expiring_items(cloud) == []


def expiring_items(cloud: Backend) -> list[dict[str, Any]]:
    assert cloud.clients
    listings = cloud.clients.dynamodb.scan(TableName=f"{TABLE}-listings")["Items"]
    return [item for item in listings if "expires_at" in item]


def test_a_trash_counter_expires_after_its_day(cloud: Backend) -> None:
    """Only trash counters expire, at the end of their last day."""
    assert cloud.clients
    photo = make_photo(owner="ada")
    cloud.catalog.publish(photo)
    cloud.catalog.update(
        photo, photo.next_version(state=PhotoState.TRASHED, expires_at=1_900_000_000)
    )  # 2030-03-17, 17:46:40
    counters = cloud.clients.dynamodb.scan(
        TableName=f"{TABLE}-listings",
        FilterExpression="attribute_exists(kept)",
    )["Items"]
    expiring = {item["position"]: item["expires_at"] for item in counters if "expires_at" in item}
    assert expiring == dict.fromkeys(
        ["trash:site:2030-03-17", "trash:owner:ada:2030-03-17"], 1_900_022_400
    )
