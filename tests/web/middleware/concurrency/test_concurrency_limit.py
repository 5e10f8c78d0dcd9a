"""The requests that a process serves at the same time are counted."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.errors import Busy
from app.web.middleware.concurrency.concurrency_limit import ConcurrencyLimit, Queue

LONG = 30.0  # seconds


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


def test_those_who_wait_have_their_turn_in_order() -> None:
    """One whose address has its most is passed over, and keeps its place."""
    limit = ConcurrencyLimit(2, 1, Busy, Queue(4, 4, LONG))
    for address in "ab":
        limit.acquire(address)
    turns: list[str] = []

    def wait(number: int, address: str) -> None:
        limit.acquire(address)
        turns.append(f"{address}{number}")

    with ThreadPoolExecutor(4) as waiting:
        for number, address in enumerate("accb"):
            waiting.submit(wait, number, address)
            while len(limit._waiters) <= number:
                time.sleep(0.001)
        for address in ("b", "c", "a", "c"):
            before = len(turns)
            limit.release(address)
            while len(turns) == before:
                time.sleep(0.001)
    assert turns == ["c1", "c2", "a0", "b3"]
    assert limit._by_address == {"a": 1, "b": 1}


def test_the_queue_is_limited() -> None:
    """For all addresses, for each of them, and in time; who leaves it makes room."""
    limit = ConcurrencyLimit(1, 1, Busy, Queue(2, 1, LONG))
    limit.acquire("a")
    with ThreadPoolExecutor(2) as waiting:
        first = waiting.submit(limit.acquire, "b")
        while len(limit._waiters) < 1:
            time.sleep(0.001)
        with pytest.raises(Busy):
            limit.acquire("b")
        second = waiting.submit(limit.acquire, "c")
        while len(limit._waiters) < 2:
            time.sleep(0.001)
        with pytest.raises(Busy):
            limit.acquire("d")
        limit.release("a")
        first.result()
        limit.release("b")
        second.result()


def test_a_place_in_the_queue_is_lost_in_time() -> None:
    """After the time of the queue the error is raised, and the place is free again."""
    limit = ConcurrencyLimit(1, 1, Busy, Queue(1, 1, 0.01))
    limit.acquire("a")
    for _ in range(3):
        with pytest.raises(Busy):
            limit.acquire("b")
    assert limit._waiters == []
    limit.release("a")
    limit.acquire("b")
