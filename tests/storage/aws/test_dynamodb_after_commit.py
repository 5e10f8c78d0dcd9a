"""Counters and search terms that are written after the transaction of a photo."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, repeat
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from app.domain.search_terms import SearchQuery
from app.domain.tags import TagCount
from app.services.deadline import set_deadline
from app.storage.aws.dynamodb import DynamoCatalog
from tests.backends import TABLE, Backend, make_photo
from tests.storage.aws_calls import answered, dynamodb_error, listening
from tests.storage.test_catalog_publish import ids_of


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
    tags, usage = 3, 4  # the usage of the site, the owner, the day and the month
    all_sent = Barrier(tags + usage, timeout=20)

    def wait_for_others(**_: Any) -> None:
        all_sent.wait()

    with listening(cloud.clients, "before-send", wait_for_others, "UpdateItem"):
        catalog.publish(photo)
    assert not all_sent.broken
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
