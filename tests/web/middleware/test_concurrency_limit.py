"""What a process does at the same time is counted."""

import pytest

from app.domain.errors import Busy
from app.web.middleware.concurrency_limit import ConcurrencyLimit


def test_an_address_and_all_together_have_limits() -> None:
    limit = ConcurrencyLimit(3, 2, Busy)
    for address in "aab":
        limit.acquire(address)
    for address in "abc":
        with pytest.raises(Busy):
            limit.acquire(address)
    limit.release("a")
    limit.acquire("c")


def test_an_address_is_forgotten_after_its_last_one() -> None:
    """A process does not collect the addresses of its visitors."""
    limit = ConcurrencyLimit(2, 1, Busy)
    limit.acquire("a")
    with pytest.raises(Busy):
        limit.acquire("a")
    limit.release("a")
    assert not limit._by_address
