"""Facts that stand outside of a file complete those in the file, or have precedence."""

from datetime import datetime, timedelta, timezone

import pytest

from app.domain.upload import KnownFacts

EARLY = datetime.fromisoformat("2001-02-03T04:05:06")
LATE = datetime.fromisoformat("2019-07-01T12:00:00")
IN_BUSAN = LATE.replace(tzinfo=timezone(timedelta(hours=9)))


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
    ],
)
def test_a_photo_has_one_date(
    known: datetime | None, overrides: bool, of_file: datetime | None, expected: datetime | None
) -> None:
    """Where both clocks agree, the date of the file stays, with its offset from UTC."""
    facts = KnownFacts(taken_at=known, overrides_date=overrides)
    assert facts.date_taken(of_file) == expected
    if of_file and expected == of_file:
        assert facts.date_taken(of_file) is of_file
