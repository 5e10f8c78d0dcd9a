"""Transactions of two instances at once, and those that DynamoDB cancels.

Covers app.storage.aws.dynamodb_client.
"""

import pytest

from app.domain import object_keys
from app.domain.errors import AlreadyPublished, EditConflict, StorageRefused, StorageUnavailable
from app.domain.search_terms import SearchQuery
from app.domain.tags import TagCount
from app.services.ports import Catalog
from app.storage.aws.client_factory import Clients
from app.storage.aws.dynamodb import DynamoCatalog
from tests.backends import TABLE, Backend, make_photo
from tests.storage.aws_calls import answered, before_first, cancelled, dynamodb_answer, left_to_moto
from tests.storage.test_catalog_publish import everything, ids_of


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
