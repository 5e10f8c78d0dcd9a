"""Facts that stand outside of a file complete those in the file, or have precedence."""

from datetime import datetime

import pytest

from app.domain.image.taken_date import DatePrecision, TakenDate
from app.domain.upload import KnownFacts

EARLY = TakenDate(datetime.fromisoformat("2001-02-03T04:05:06"))
LATE = TakenDate(datetime.fromisoformat("2019-07-01T12:00:00"))
IN_BUSAN = TakenDate(datetime.fromisoformat("2019-07-01T12:00:00+09:00"))
JULY_2019 = TakenDate(datetime.fromisoformat("2019-07-01T00:00:00"), DatePrecision.MONTH)


@pytest.mark.parametrize(
    ("known", "overrides", "of_file", "expected"),
    [
        (None, False, None, None),
        (None, True, EARLY, EARLY),
        (LATE, False, None, LATE),
        (LATE, False, EARLY, EARLY),
        (LATE, True, None, LATE),
        (LATE, True, EARLY, LATE),
        (LATE, True, IN_BUSAN, IN_BUSAN),
        (JULY_2019, True, LATE, LATE),
        (JULY_2019, True, EARLY, JULY_2019),
    ],
)
def test_a_photo_has_one_date(
    known: TakenDate | None,
    overrides: bool,
    of_file: TakenDate | None,
    expected: TakenDate | None,
) -> None:
    """Where both agree, the date of the file stays, with its time and its offset from UTC."""
    facts = KnownFacts(taken=known, overrides_date=overrides)
    assert facts.date_taken(of_file) == expected
    if of_file and expected == of_file:
        assert facts.date_taken(of_file) is of_file
