"""Between any two keys of an album there is another one."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from app.domain.albums.keys import is_position, key_between, own_keys, time_key
from app.domain.photo_ids import MAX_ID, MIN_ID

keys = st.from_regex(r"[0-9]{14}|[0-9]{14,20}[1-9]", fullmatch=True)


@given(st.lists(st.integers(0, 20), max_size=60))
def test_a_photo_can_be_moved_to_any_place(places: list[int]) -> None:
    """The keys stay in order, and the album can grow at both ends."""
    taken_at = datetime(2026, 11, 29, 19, 55)  # noqa: DTZ001  dates taken are local
    order = [time_key(taken_at)]
    for place in places:
        index = min(place, len(order))
        before = order[index - 1] if index else ""
        after = order[index] if index < len(order) else ""
        order.insert(index, key_between(before, after))
    assert order == sorted(set(order))
    assert all(len(key) >= 14 and key.isdigit() for key in order)


@given(keys, keys)
def test_a_key_is_between_two_others(one: str, other: str) -> None:
    """If both are equal, it is after them."""
    before, after = sorted((one, other))
    middle = key_between(before, after)
    assert before < middle
    assert middle < after or before == after


@given(keys, st.one_of(keys, st.just("")), st.integers(1, 5), st.integers(1, 2))
def test_photos_with_one_key_get_keys_of_their_own(
    key: str, other: str, count: int, step: int
) -> None:
    """In their order, before the next key, also if they get them in several steps from the end."""
    photo_ids = [MIN_ID, *(f"01ARZ3NDEKTSV4RRFFQ69G5FA{end}" for end in "VWX"), MAX_ID][:count]
    after = other if other > key else ""
    given: list[str] = []
    for end in range(count, 0, -step):
        part = photo_ids[max(end - step, 0) : end]
        given = own_keys(key, part, given[0] if given else after) + given
    assert given == sorted(set(given))
    assert key < given[0]
    assert given[-1] < after or not after
    assert all(len(own) <= max(len(key), len(after)) + 40 for own in given)
    assert not any(own.endswith("0") for own in given)


@given(st.datetimes(), st.datetimes())
def test_keys_of_times_are_in_their_order(one: datetime, other: datetime) -> None:
    """Years before 1000 have four digits too."""
    one, other = (time.replace(microsecond=0) for time in (one, other))
    assert (time_key(one) < time_key(other)) == (one < other)


@given(keys)
def test_the_place_of_a_photo_is_a_position(key: str) -> None:
    """Other texts are none: a URL may have any text as a cursor."""
    photo_id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    assert is_position(f"{key}-{photo_id}")
    for text in (key, photo_id, f"-{photo_id}", f"!{key}-{photo_id}", f"{key}-{photo_id}0", ""):
        assert not is_position(text)
    assert not is_position(f"{'1' * 1000}-{photo_id}")
    assert not is_position(f"٣-{photo_id}")
