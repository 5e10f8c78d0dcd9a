"""DynamoDB's own properties: counted calls, conflicting transactions, separate counters.

Covers app.storage.aws.dynamodb_after_commit, app.storage.aws.dynamodb_client,
app.storage.aws.dynamodb_cursor, app.storage.aws.dynamodb_items,
app.storage.aws.dynamodb_search_index.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import chain, repeat
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from app.domain import object_keys, usage
from app.domain.errors import AlreadyPublished, EditConflict, StorageRefused, StorageUnavailable
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.search_terms import SearchQuery
from app.domain.tags import TagCount
from app.services.deadline import set_deadline
from app.services.operations.lost_catalog import is_catalog_lost
from app.services.ports import Catalog
from app.storage.aws.client_factory import Clients
from app.storage.aws.dynamodb import DynamoCatalog
from app.storage.aws.dynamodb_partitions import partition_of
from tests.backends import TABLE, Backend, make_photo
from tests.storage.aws_calls import (
    AwsCalls,
    answered,
    before_first,
    cancelled,
    dynamodb_answer,
    dynamodb_error,
    left_to_moto,
    listening,
    recorded,
)
from tests.storage.test_catalog_publish import everything, ids_of


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
            {"TransactWriteItems": 1, "UpdateItem": 2 + 6, "DeleteItem": 2} | words,
        ),
        (lambda: list(catalog.expired(2)), {"Scan": 1}),
        (lambda: list(catalog.listings()), {"Scan": 1}),
        (catalog.has_photos, {"Scan": 1}),
        (lambda: list(catalog.usage_counters()), {"Query": 4 + 4 + 2}),
        (lambda: catalog.delete(trashed), {"TransactWriteItems": 1, "UpdateItem": 2}),
        (lambda: revocations.revoke("one", 1), {"PutItem": 1}),
        (lambda: revocations.is_revoked("one"), {"GetItem": 1}),
        (catalog.ping, {"GetItem": 2}),
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
            writes += params["RequestItems"][f"{TABLE}-listings"]
    entries = [operation for write in writes for operation in write.values()]
    keys = [entry.get("Item") or entry.get("Key") for entry in entries]
    names = {key["listing"].partition("/")[0] for key in keys if "listing" in key}
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
    partitions = {partition_of(name, photo.photo_id) for name in changed}
    assert written_listings(calls) == {name.partition("/")[0] for name in partitions}
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
    listings = cloud.clients.dynamodb.scan(TableName=f"{TABLE}-listings")["Items"]
    expiring = {item["listing"] for item in listings if item.get("expires_at") == 1_900_000_000}
    assert expiring == {"trash", f"trash:{photo.owner}"}
    cloud.catalog.update(trashed, trashed.next_version(state=PhotoState.PUBLIC, expires_at=None))
    listings = cloud.clients.dynamodb.scan(TableName=f"{TABLE}-listings")["Items"]
    assert {item["listing"].partition(":")[0] for item in listings if "expires_at" in item} == {
        "#usage",
        "#owners",
    }


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


def test_the_same_form_on_two_instances_at_once(cloud: Backend) -> None:
    """The second publish of one upload raises AlreadyPublished and writes nothing."""
    assert cloud.clients
    ours, theirs = (make_photo(idempotency_key="form", tags=("sea",)) for _ in range(2))
    other_process = DynamoCatalog(cloud.clients.dynamodb, TABLE)
    with (
        before_first(cloud.clients, "TransactWriteItems", lambda: other_process.publish(theirs)),
        pytest.raises(AlreadyPublished) as error,
    ):
        cloud.catalog.publish(ours)
    assert error.value.photo_id == theirs.photo_id
    assert ids_of(cloud.catalog.page(object_keys.PUBLIC_LISTING, 5)) == [theirs.photo_id]
    assert tuple(cloud.catalog.tag_counts()) == (TagCount("sea", 1),)


def test_two_edits_on_two_instances_at_once(cloud: Backend) -> None:
    """The second edit is a conflict, and the first one stays."""
    assert cloud.clients
    photo = make_photo(tags=("sea",))
    cloud.catalog.publish(photo)
    theirs = photo.next_version(title="Theirs", tags=("theirs",))
    with (
        before_first(
            cloud.clients, "TransactWriteItems", lambda: cloud.catalog.update(photo, theirs)
        ),
        pytest.raises(EditConflict),
    ):
        cloud.catalog.update(photo, photo.next_version(title="Ours", tags=("ours",)))
    assert cloud.catalog.get(photo.photo_id) == theirs
    assert set(cloud.catalog.listings()) == set(cloud.catalog.entries_of(theirs))
    assert tuple(cloud.catalog.tag_counts()) == (TagCount("theirs", 1),)


def test_an_edit_whose_words_are_deleted_after_the_next_edit(cloud: Backend) -> None:
    """Search terms follow the transaction, so those of two edits may be written in any order."""
    assert cloud.clients
    photo = make_photo(title="Harbour")
    cloud.catalog.publish(photo)
    pier = photo.next_version(title="Pier")
    harbour = pier.next_version(title="Harbour")
    other_process = DynamoCatalog(cloud.clients.dynamodb, TABLE)
    with before_first(cloud.clients, "BatchWriteItem", lambda: other_process.update(pier, harbour)):
        cloud.catalog.update(photo, pier)
    found = cloud.catalog.search(SearchQuery.of("harbour "), 5).page
    assert found.summaries == (harbour.summary,)


def test_a_page_while_a_photo_is_published(cloud: Backend) -> None:
    """A page read during a publish has consistent cursors, with or without the new photo."""
    assert cloud.clients
    photos = [make_photo() for _ in range(4)]
    for photo in photos[:3]:
        cloud.catalog.publish(photo)
    with before_first(cloud.clients, "Query", lambda: cloud.catalog.publish(photos[3])):
        page = cloud.catalog.page(object_keys.PUBLIC_LISTING, 2)
    older = cloud.catalog.page(object_keys.PUBLIC_LISTING, 2, before=page.older)
    newest_first = [photo.photo_id for photo in reversed(photos)]
    assert ids_of(page) + ids_of(older) in (newest_first, newest_first[1:])


def test_transactions_that_meet_are_tried_again(cloud: Backend, no_pauses: None) -> None:
    """A transaction that was cancelled because it met another one goes through a moment later."""
    assert cloud.clients
    photo = make_photo()
    met = cancelled("None", "TransactionConflict", "None")
    with answered(cloud.clients, "TransactWriteItems", met, met, left_to_moto) as attempts:
        cloud.catalog.publish(photo)
    assert len(attempts) == 3
    assert cloud.catalog.get(photo.photo_id) == photo


@pytest.mark.parametrize(
    "reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)
def test_a_transaction_that_keeps_meeting_others(
    cloud: Backend, no_pauses: None, reason: str
) -> None:
    """Four attempts end in StorageUnavailable with DynamoDB's error as the cause."""
    assert cloud.clients
    with (
        answered(
            cloud.clients, "TransactWriteItems", cancelled("None", reason, "None")
        ) as attempts,
        pytest.raises(StorageUnavailable) as error,
    ):
        cloud.catalog.publish(make_photo())
    assert len(attempts) == 4
    assert type(error.value.__cause__).__name__ == "TransactionCanceledException"
    assert everything(cloud.catalog) == ([], [], (), [])


def test_commands_try_a_throttled_transaction_longer(cloud: Backend, no_pauses: None) -> None:
    """DynamoDB cancels it inside a response that botocore does not retry."""
    assert cloud.clients
    catalog = DynamoCatalog(cloud.clients.dynamodb, TABLE, retry_pauses=(1.0, 2.0))
    throttled = cancelled("ThrottlingError", "None")
    answers = (*[throttled] * 5, lambda: None)
    with answered(cloud.clients, "TransactWriteItems", *answers) as attempts:
        catalog.publish(make_photo())
    assert len(attempts) == 6


def test_a_transaction_that_can_never_go_through(cloud: Backend) -> None:
    """A transaction that DynamoDB finds invalid is refused at once."""
    assert cloud.clients
    with (
        answered(
            cloud.clients, "TransactWriteItems", cancelled("ValidationError", "None")
        ) as attempts,
        pytest.raises(StorageRefused),
    ):
        cloud.catalog.publish(make_photo())
    assert len(attempts) == 1


def test_tag_counts_never_fail_a_publish(
    cloud: Backend, no_pauses: None, caplog: pytest.LogCaptureFixture
) -> None:
    """A photo is published even if counting its tags fails. The failure is logged once."""
    assert cloud.clients
    photo = make_photo(tags=("sea", "dusk", "pier"))
    throttled = dynamodb_error("ThrottlingException")
    with (
        answered(cloud.clients, "UpdateItem", throttled) as attempts,
        caplog.at_level(logging.ERROR),
    ):
        cloud.catalog.publish(photo)
    assert ids_of(cloud.catalog.page("tag:pier", 5)) == [photo.photo_id]
    assert [record.name for record in caplog.records] == ["app.storage.aws.dynamodb_after_commit"]
    # Three tags, and the counters of the site, the day, the owner and the photos without a date.
    assert len(attempts) == 2 * (3 + 4)
    assert tuple(cloud.catalog.tag_counts()) == ()


@pytest.mark.parametrize("is_started", [True, False])
def test_no_error_of_a_counter_fails_an_edit(
    cloud: Backend,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    *,
    is_started: bool,
) -> None:
    """The edit is stored by then. The log has the counter and the cause; the others are counted."""
    photo = make_photo(tags=("sea",))
    cloud.catalog.publish(photo)
    submit = ThreadPoolExecutor.submit
    errors = chain([RuntimeError("can't start new thread")], repeat(None))

    def submit_or_fail(pool: ThreadPoolExecutor, *task: Any) -> Future[Any]:
        error = next(errors)
        if error is None:
            return submit(pool, *task)
        if is_started:
            return submit(pool, raise_error, error)
        raise error

    monkeypatch.setattr(ThreadPoolExecutor, "submit", submit_or_fail)
    cloud.catalog.update(photo, photo.next_version(tags=("dusk",)))
    assert cloud.catalog.get(photo.photo_id).tags == ("dusk",)
    assert tuple(cloud.catalog.tag_counts()) == ()  # "sea" was subtracted, "dusk" not added
    assert "#tags dusk" in caplog.text
    assert "can't start new thread" in caplog.text


def raise_error(error: Exception) -> None:
    raise error


def test_counters_are_updated_at_the_same_time(
    cloud: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The uploader waits for one response of DynamoDB instead of one for each counter."""
    assert cloud.clients
    monkeypatch.setattr("app.storage.aws.parallel_calls.MAX_PARALLEL_CALLS", 16)
    catalog = DynamoCatalog(cloud.clients.dynamodb, TABLE)
    photo = make_photo(tags=("sea", "dusk", "pier"))
    all_sent = Barrier(3 + 3, timeout=20)

    def wait_for_others(**_: Any) -> None:
        all_sent.wait()

    with listening(cloud.clients, "before-send", wait_for_others, "UpdateItem"):
        catalog.publish(photo)
    assert [tag.count for tag in cloud.catalog.tag_counts()] == [1, 1, 1]


def test_a_photo_is_counted_and_indexed_after_the_deadline(cloud: Backend) -> None:
    """The transaction has taken the time of the request. The photo would be in no search."""
    assert cloud.clients
    photo = make_photo(title="Harbour", tags=("sea",))

    def end_request(**_: Any) -> None:
        set_deadline(0.5)

    try:
        with listening(cloud.clients, "after-call", end_request, "TransactWriteItems"):
            cloud.catalog.publish(photo)
    finally:
        set_deadline(None)
    assert ids_of(cloud.catalog.search(SearchQuery.of("harb"), 5).page) == [photo.photo_id]
    assert tuple(cloud.catalog.tag_counts()) == (TagCount("sea", 1),)


def test_a_photo_is_counted_and_indexed_if_the_response_was_lost(cloud: Backend) -> None:
    """The record shows that the transaction was applied, to an upload and to an edit."""
    assert cloud.clients
    photo = make_photo(title="Harbour", tags=("sea",))
    edited = photo.next_version(title="Pier", tags=("dusk",))

    def lose(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://aws.invalid")

    with listening(cloud.clients, "after-call", lose, "TransactWriteItems"):
        cloud.catalog.publish(photo)
        assert ids_of(cloud.catalog.search(SearchQuery.of("harb"), 5).page) == [photo.photo_id]
        cloud.catalog.update(photo, edited)
    assert ids_of(cloud.catalog.search(SearchQuery.of("pier"), 5).page) == [photo.photo_id]
    assert tuple(cloud.catalog.tag_counts()) == (TagCount("dusk", 1),)


def test_counts_that_have_drifted_below_one_are_left_out(cloud: Backend) -> None:
    """A tag whose count was lost and then counted down is no tag, whatever number that gives."""
    assert cloud.clients
    photo = make_photo(tags=("sea",))
    with answered(cloud.clients, "UpdateItem", dynamodb_error("ValidationException")):
        cloud.catalog.publish(photo)
    cloud.catalog.update(photo, photo.next_version(tags=("land",)))
    assert tuple(cloud.catalog.tag_counts()) == (TagCount("land", 1),)


def test_an_idempotency_key_released_while_it_is_read(clients: Clients, no_pauses: None) -> None:
    """If the photo with the key is being trashed, the sender is asked to try again."""
    catalog: Catalog = DynamoCatalog(clients.dynamodb, TABLE)
    taken = cancelled("None", "ConditionalCheckFailed", "None")
    with (
        answered(clients, "TransactWriteItems", taken),
        answered(clients, "GetItem", dynamodb_answer()),
        pytest.raises(StorageUnavailable),
    ):
        catalog.publish(make_photo())
