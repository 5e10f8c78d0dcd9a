"""The limit on the bytes of all uploads in progress."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Busy
from app.services.byte_budget import ByteBudget


@given(st.lists(st.integers(0, 150), max_size=12))
def test_no_more_bytes_are_reserved_than_allowed(sizes: list[int]) -> None:
    """At any time the reserved bytes fit; a file larger than the limit has it to itself."""
    budget = ByteBudget(100, wait_seconds=10)
    lock = threading.Lock()
    reserved: list[int] = []

    def use(size: int) -> None:
        with budget.reserve(size):
            with lock:
                reserved.append(size)
                assert sum(min(size, 100) for size in reserved) <= 100
            with lock:
                reserved.remove(size)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(use, sizes))
    assert reserved == []


def test_a_caller_that_waits_too_long_is_refused() -> None:
    """The visitor is asked to try again."""
    budget = ByteBudget(100, wait_seconds=0)
    with budget.reserve(60):
        with pytest.raises(Busy), budget.reserve(41):
            pass
        with budget.reserve(40):
            pass


def test_an_error_gives_the_bytes_back() -> None:
    """A file that cannot be published leaves room for the next one."""
    budget = ByteBudget(100, wait_seconds=0)
    with pytest.raises(OSError, match="full"), budget.reserve(100):
        raise OSError("full")
    with budget.reserve(100):
        pass
