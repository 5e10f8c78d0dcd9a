"""Sets of numbers come back the same, and take few bytes."""

from hypothesis import given
from hypothesis import strategies as st

from app.storage.local.varints import pack, unpack


@given(st.sets(st.integers(0, 2**63)))
def test_numbers_come_back(numbers: set[int]) -> None:
    assert unpack(pack(numbers)) == numbers


def test_close_numbers_take_a_byte_each() -> None:
    assert len(pack(range(1000, 5000, 100))) == 41
