"""A token says when a batch began, and contributors cannot choose the time."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.domain.batches import LIFETIME, Batch
from app.web.auth import batch_token, contributor_cookie

NOW = Batch(1_800_000_000_000)


@pytest.fixture(autouse=True)
def app_context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def moved(by: timedelta) -> Batch:
    return Batch(NOW.milliseconds + by // timedelta(milliseconds=1))


@pytest.mark.parametrize("by", [-LIFETIME, timedelta(0), timedelta(minutes=1)])
def test_a_batch_is_valid_for_a_day(by: timedelta) -> None:
    """The clock of another instance may be ahead by a minute."""
    batch = moved(by)
    assert batch_token.batch_of(batch_token.token_of(batch), NOW) == batch


@pytest.mark.parametrize("by", [-LIFETIME - timedelta(seconds=1), timedelta(seconds=61)])
def test_an_old_batch_is_replaced_by_one_that_begins_now(by: timedelta) -> None:
    """So is one from the future: no photo gets far from the photos of its time."""
    assert batch_token.batch_of(batch_token.token_of(moved(by)), NOW) == NOW


@pytest.mark.parametrize("token", ["", "1800000000001", "x.y", "WzFd.AAAA"])
def test_a_token_that_this_site_did_not_sign_is_replaced(token: str) -> None:
    assert batch_token.batch_of(token, NOW) == NOW


def test_tokens_of_other_purposes_are_replaced() -> None:
    """Each kind of signed value has its own salt."""
    assert batch_token.batch_of(contributor_cookie.new_form_id(), NOW) == NOW
