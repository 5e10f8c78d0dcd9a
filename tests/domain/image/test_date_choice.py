"""Dates as visitors type them.

Covers app.domain.image.taken_date.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InvalidText
from app.domain.image.date_choice import DateChoice
from app.domain.image.taken_date import DatePrecision, TakenDate
from app.domain.listings.archive import Period, entry_of, is_position, period_of
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary
from tests.sample_photos import make_photo

SEOUL = timezone(timedelta(hours=9))
CAMERA = TakenDate(datetime(2026, 8, 15, 18, 30, 5, tzinfo=SEOUL))
KNOWN = (
    (DateChoice(year="1974"), DatePrecision.YEAR, "1974", "0000T000000"),
    (DateChoice(year="1974", month="6"), DatePrecision.MONTH, "1974-06", "0600T000000"),
    (DateChoice(year="1974", month="6", day="5"), DatePrecision.DAY, "1974-06-05", "0605T000000"),
    (
        DateChoice(year="1974", month="06", day="05", clock="7:08"),
        DatePrecision.MINUTE,
        "1974-06-05T07:08:00",
        "0605T070800",
    ),
)


@pytest.mark.parametrize(("choice", "precision", "iso", "key"), KNOWN)
def test_what_is_typed_is_what_is_known(
    choice: DateChoice, precision: DatePrecision, iso: str, key: str
) -> None:
    """The date has the precision of the last field that is filled in, and its place follows."""
    taken = choice.apply(CAMERA)
    assert taken
    assert (taken.precision, taken.iso, taken.is_about) == (precision, iso, False)
    entry = entry_of(taken, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert entry == ("taken:1974", f"{key}-01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert is_position(entry.position)
    assert period_of(taken) == Period(1974, 6 if choice.month else None)
    assert DateChoice.of(taken).apply(taken) == taken


def test_unknown_parts_come_before_all_known_ones() -> None:
    """In a year: the year alone, then a month alone, then its days."""
    dates = [choice.apply(None) for choice, *_ in KNOWN]
    positions = [entry_of(taken, "x").position for taken in dates if taken]
    assert positions == sorted(positions)
    assert len(positions) == 4


def test_a_date_that_is_not_changed_keeps_its_seconds_and_its_zone() -> None:
    """Also if only the mark of a guess changes."""
    shown = DateChoice.of(CAMERA)
    assert shown == DateChoice(year="2026", month="8", day="15", clock="18:30")
    assert shown.apply(CAMERA) is not None
    assert shown.apply(CAMERA) == CAMERA
    assert replace(shown, is_about=True).apply(CAMERA) == replace(CAMERA, is_about=True)
    assert DateChoice().apply(CAMERA) == CAMERA


def test_an_empty_form_removes_the_date() -> None:
    for choice in (DateChoice(year=""), DateChoice(year="", is_about=True)):
        assert choice.apply(CAMERA) is None
        assert choice.apply(None) is None


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        (DateChoice(year="", month="6"), "taken_year"),
        (DateChoice(year="1825"), "taken_year"),
        (DateChoice(year="9999"), "taken_year"),
        (DateChoice(year="٢٠٢٦"), "taken_year"),
        (DateChoice(year="19740000000000000000"), "taken_year"),
        (DateChoice(year="1974", day="5"), "taken_month"),
        (DateChoice(year="1974", month="13"), "taken_month"),
        (DateChoice(year="1974", month="x"), "taken_month"),
        (DateChoice(year="1974", month="6", clock="7:08"), "taken_day"),
        (DateChoice(year="1974", month="6", day="31"), "taken_day"),
        (DateChoice(year="1974", month="6", day="0"), "taken_day"),
        (DateChoice(year="1974", month="6", day="x"), "taken_day"),
        (DateChoice(year="1974", month="6", day="5", clock="24:00"), "taken_time"),
        (DateChoice(year="1974", month="6", day="5", clock="noon"), "taken_time"),
    ],
)
def test_an_impossible_date_names_its_field(choice: DateChoice, field: str) -> None:
    with pytest.raises(InvalidText) as invalid:
        choice.apply(CAMERA)
    assert invalid.value.field == field


@given(st.builds(DateChoice, year=st.text(), month=st.text(), day=st.text(), clock=st.text()))
def test_any_text_is_a_date_or_an_error(choice: DateChoice) -> None:
    taken = None
    with suppress(InvalidText):
        taken = choice.apply(None)
    assert taken is None or taken.is_possible


@pytest.mark.parametrize(
    ("choice", "hours", "shifted"),
    [
        (DateChoice(year="1974"), 48, "1974"),
        (DateChoice(year="1974", month="6"), -48, "1974-06"),
        (DateChoice(year="1974", month="6", day="1"), -25, "1974-05-31"),
        (DateChoice(year="1974", month="6", day="1"), 23, "1974-06-01"),
        (DateChoice(year="1974", month="6", day="1", clock="0:30"), -1, "1974-05-31T23:30:00"),
    ],
)
def test_a_shift_keeps_what_is_not_known(choice: DateChoice, hours: int, shifted: str) -> None:
    taken = choice.apply(None)
    assert taken
    assert taken.shifted(timedelta(hours=hours)).iso == shifted


def test_a_shift_keeps_the_zone_and_the_seconds() -> None:
    shifted = CAMERA.shifted(timedelta(days=-1, hours=1))
    assert shifted.iso == "2026-08-14T19:30:05+09:00"
    with pytest.raises(OverflowError):
        TakenDate(datetime(9999, 12, 31, tzinfo=UTC)).shifted(timedelta(days=2))


def test_records_and_summaries_keep_the_date() -> None:
    """Those of a camera's date are as before."""
    photo = make_photo(
        taken_at=datetime(1974, 6, 1, tzinfo=UTC),
        taken_precision=DatePrecision.MONTH,
        taken_about=True,
    )
    assert Photo.from_dict(photo.to_dict()) == photo
    assert PhotoSummary.from_dict(photo.summary.to_dict()) == photo.summary
    assert photo.summary.taken == photo.taken
    usual = make_photo(taken_at=datetime(1974, 6, 1, tzinfo=UTC)).to_dict()
    assert not {"taken_precision", "taken_about"} & usual.keys()


@given(
    st.datetimes(datetime(1826, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001  local
    *[st.sampled_from([*DatePrecision, None])] * 2,
)
def test_a_date_includes_those_that_say_more(
    time: datetime, one: DatePrecision | None, other: DatePrecision | None
) -> None:
    """A date includes itself, and no other year."""
    order = [*DatePrecision, None]
    known, more = (TakenDate(time, precision) for precision in (one, other))
    assert known.includes(more) == (order.index(one) <= order.index(other))
    assert not known.includes(TakenDate(time.replace(year=time.year - 1, day=1), other))
