"""Ids of the photos of a batch sort by date taken, then by position."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.domain import photo_ids
from app.domain.batches import MAX_POSITION, Batch, BatchClock
from app.domain.image.taken_date import FIRST_YEAR

BATCH = Batch(1_800_000_000_000)
FIRST = datetime(FIRST_YEAR, 1, 1)  # noqa: DTZ001  local
EPOCH = datetime.fromisoformat("1970-01-01").date()  # its first minutes have ids of earlier years
SECONDS = st.integers(0, 271 * 365 * 24 * 60 * 60).map(lambda n: FIRST + timedelta(seconds=n))
PLACES = st.tuples(st.none() | SECONDS, st.integers(0, MAX_POSITION))


def order(place: tuple[datetime | None, int]) -> tuple[datetime, int]:
    taken_at, position = place
    return taken_at or FIRST - timedelta(seconds=1), -position


@given(places=st.lists(PLACES, min_size=2, max_size=10, unique=True))
@settings(derandomize=True, database=None)
def test_ids_sort_by_date_then_by_position_from_the_last(
    places: list[tuple[datetime | None, int]],
) -> None:
    """Newest first, a batch has the latest date on top, and the first file of the same second."""
    ids = {place: BATCH.new_id(*place) for place in places}
    assert sorted(places, key=ids.__getitem__) == sorted(places, key=order)


@given(place=PLACES)
@settings(derandomize=True, database=None)
def test_every_id_of_a_batch_is_between_its_first_and_its_last(
    place: tuple[datetime | None, int],
) -> None:
    """It is a photo id with the time of the batch, and begins with the name of the batch."""
    photo_id = BATCH.new_id(*place)
    assert photo_ids.is_photo_id(photo_id)
    assert BATCH.first_id <= photo_id <= BATCH.last_id
    assert photo_id.startswith(BATCH.name)
    assert photo_ids.milliseconds_of(photo_id) == BATCH.milliseconds


def test_dates_are_compared_as_the_clock_showed_them() -> None:
    """A phone that stores its time zone and a camera that does not show the same time."""
    noon = datetime.fromisoformat("2026-08-15T12:00")
    in_busan = noon.replace(tzinfo=timezone(timedelta(hours=9)))
    in_utc = noon.replace(tzinfo=UTC)
    ids = [BATCH.new_id(taken_at, n) for n, taken_at in enumerate((noon, in_busan, in_utc))]
    assert ids == sorted(ids, reverse=True)


def test_dates_and_positions_beyond_the_limits_share_the_last_place() -> None:
    """A date before the first is still a date, and no id leaves its batch."""
    for day in ("0001-01-01", f"{FIRST_YEAR}-01-01", "9999-12-31"):
        taken_at = datetime.fromisoformat(day)
        assert BATCH.new_id(None, 0) < BATCH.new_id(taken_at, MAX_POSITION) <= BATCH.last_id
    assert BATCH.new_id(None, 10**9) > BATCH.first_id
    assert BATCH.new_id(None, 10**9) < BATCH.new_id(None, MAX_POSITION - 1)


def test_early_years_and_the_first_day_of_1970_have_ids_of_that_day() -> None:
    """So ids of the other days of 1970 are between those of earlier and later years."""
    second_day = datetime.fromisoformat("1970-01-02")
    for day in (f"{FIRST_YEAR}-01-01", "1900-01-01", "1969-12-31", "1970-01-01"):
        batch = Batch.of_time_taken(datetime.fromisoformat(day), UTC, BATCH)
        assert batch.last_id < Batch.of_time_taken(second_day, UTC, BATCH).first_id


@given(dates=st.lists(SECONDS, min_size=2, max_size=10, unique=True))
@settings(derandomize=True, database=None)
def test_ids_of_the_time_taken_sort_by_it(dates: list[datetime]) -> None:
    """Also before 1970, where ids cannot have the time. No id is later than the latest batch."""
    assume(not any(taken_at.date() == EPOCH for taken_at in dates))
    in_order = sorted(dates)
    batches = [Batch.of_time_taken(taken_at, UTC, BATCH) for taken_at in in_order]
    ids = [batch.new_id(taken_at, 0) for batch, taken_at in zip(batches, in_order, strict=True)]
    assert ids == sorted(ids)
    assert max(ids) <= BATCH.last_id


def test_the_time_taken_is_that_of_a_clock_in_its_zone() -> None:
    """The offset of a camera does not count, as in the order of a batch."""
    busan = timezone(timedelta(hours=9))
    noon = datetime.fromisoformat("2026-08-15T12:00")
    for taken_at in (noon, noon.replace(tzinfo=UTC)):
        batch = Batch.of_time_taken(taken_at, busan, BATCH)
        assert photo_ids.timestamp_of(batch.first_id) == noon.replace(tzinfo=busan)


def test_two_ids_for_the_same_place_differ() -> None:
    assert len({BATCH.new_id(None, 0) for _ in range(100)}) == 100


def test_a_batch_is_found_by_its_name() -> None:
    """No other text is a name."""
    assert Batch.of_name(BATCH.name) == BATCH
    for text in ("", BATCH.first_id, BATCH.name.lower(), "8" + BATCH.name[1:], "0123456U89"):
        assert Batch.of_name(text) is None


def test_batches_of_one_process_begin_at_different_times() -> None:
    """Also within a millisecond, and when the clock goes backwards."""
    clock = BatchClock(iter([2.0, 2.0, 1.0, 3.0]).__next__)
    assert [clock.begin().milliseconds for _ in range(4)] == [2000, 2001, 2002, 3000]
