"""Photo ids."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.domain import photo_ids

PHOTO_ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"  # the example in the ULID specification


def test_ids_ascend_even_when_the_clock_goes_backwards() -> None:
    """Ids are strictly increasing within a millisecond and after the clock is set back."""
    times = iter([1.0, 1.0, 0.5, 2.0])
    new_id = photo_ids.PhotoIdFactory(lambda: next(times))
    created = [new_id() for _ in range(4)]
    assert created == sorted(set(created))
    assert all(photo_ids.is_photo_id(photo_id) for photo_id in created)
    assert photo_ids.timestamp_of(created[0]) == datetime.fromtimestamp(1, UTC)
    assert photo_ids.timestamp_of(created[3]) == datetime.fromtimestamp(2, UTC)


def test_ids_of_several_threads_are_unique_and_ascend_in_each() -> None:
    """Threads that share a factory never get the same id, and each gets its ids in order."""
    new_id = photo_ids.PhotoIdFactory()
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [new_id() for _ in range(500)], range(8)))
    assert len({photo_id for batch in batches for photo_id in batch}) == 8 * 500
    assert all(batch == sorted(batch) for batch in batches)


@pytest.mark.parametrize(
    "text",
    [
        "01arz3ndektsv4rrffq69g5fav",
        "81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01ARZ3NDEKTSV4RRFFQ69G5FA",
        "",
        "I" * 26,
        PHOTO_ID + "\n",
    ],
)
def test_only_canonical_ulids_are_ids(text: str) -> None:
    """Lower case, letters outside the alphabet, overflow and other lengths are invalid."""
    assert photo_ids.is_photo_id(PHOTO_ID)
    assert not photo_ids.is_photo_id(text)


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        (PHOTO_ID, "01ARZ3NDEKTSV4RRFFQ69G5FAW"),
        ("01ARZ3NDEKTSV4RRFFQ69G5FZZ", "01ARZ3NDEKTSV4RRFFQ69G5G00"),
        (photo_ids.MIN_ID, "0" * 25 + "1"),
    ],
)
def test_adjacent_ids_differ_by_one(lower: str, upper: str) -> None:
    """There is no id between an id and the next one."""
    assert photo_ids.next_id(lower) == upper
    assert photo_ids.previous_id(upper) == lower


def test_the_first_id_of_a_moment_is_the_smallest() -> None:
    """The ids of a moment come after its first id, and the ids of earlier moments before it."""
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    first = photo_ids.first_id_at(moment)
    assert photo_ids.timestamp_of(first) == moment
    assert photo_ids.milliseconds_of(first) == 1000 * moment.timestamp()
    assert photo_ids.timestamp_of(photo_ids.previous_id(first)) < moment
    assert photo_ids.PhotoIdFactory(moment.timestamp)() > first
    assert photo_ids.first_id_at(moment + timedelta(milliseconds=1)) > first


def test_the_uuid_has_the_same_bits() -> None:
    """The UUID is equal to the one that the reference implementation gives."""
    assert photo_ids.to_uuid(PHOTO_ID) == UUID("01563e3a-b5d3-d676-4c61-efb99302bd5b")


def test_the_bytes_sort_as_the_ids_do() -> None:
    """An id has 16 bytes, which give it back."""
    ids = sorted([photo_ids.MIN_ID, PHOTO_ID, photo_ids.next_id(PHOTO_ID), photo_ids.MAX_ID])
    packed = [photo_ids.to_bytes(photo_id) for photo_id in ids]
    assert packed == sorted(packed)
    assert {len(each) for each in packed} == {16}
    assert [photo_ids.from_bytes(each) for each in packed] == ids
