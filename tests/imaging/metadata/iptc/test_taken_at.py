"""The time of a photo comes from the first source that has a valid one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.domain.image.taken_date import FIRST_YEAR, DatePrecision, TakenDate
from app.imaging.metadata import exif
from app.imaging.metadata.iptc.taken_at import read_taken
from tests.imaging.metadata.iptc.written_dates import EXPECTED, iptc, xmp
from tests.imaging.test_camera_info import exif_with

ORIGINAL, DIGITIZED = "x9003", "x9004"
OFFSET, OFFSET_ORIGINAL, OFFSET_DIGITIZED = "x9010", "x9011", "x9012"
NOTHING = Image.Exif()


def read_taken_at(block: Image.Exif, other: bytes) -> datetime | None:
    taken = read_taken(block, other)
    return taken.earliest if taken else None


@pytest.mark.parametrize(
    ("local_time", "offset", "expected"),
    [
        ("2024:05:06 07:08:09", None, datetime(2024, 5, 6, 7, 8, 9)),  # noqa: DTZ001
        ("2024:05:06 07:08:09", "+00:00", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        (
            "2024:05:06 07:08:09",
            "-09:30",
            datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone(-timedelta(hours=9.5))),
        ),
        ("2024:05:06 07:08:09", "   :  ", datetime(2024, 5, 6, 7, 8, 9)),  # noqa: DTZ001
        ("2024:05:06 07:08:09", "nonsense", datetime(2024, 5, 6, 7, 8, 9)),  # noqa: DTZ001
        ("0000:00:00 00:00:00", None, None),
        ("    :  :     :  :  ", None, None),
        ("2024:13:45 99:99:99", None, None),
        ("garbage", "+01:00", None),
    ],
)
def test_the_date_is_aware_only_with_an_offset(
    local_time: str, offset: str | None, expected: datetime | None
) -> None:
    values = {"x9003": local_time} | ({"x9011": offset} if offset else {})
    taken_at = read_taken_at(exif_with(**values), b"")
    assert taken_at == expected
    if taken_at and expected:
        assert (taken_at.tzinfo is None) == (expected.tzinfo is None)


@pytest.mark.parametrize(
    "text",
    [
        "2024:05:06 07:08:09",
        "2024-05-06T07:08:09",
        "2024/05/06 07:08:09",
        "2024.05.06 07:08:09.123",
        " 2024:05:06  07:08:09\0junk",
    ],
)
def test_dates_have_many_formats(text: str) -> None:
    assert read_taken_at(exif_with(x9003=text), b"") == EXPECTED


def test_seconds_and_the_time_of_the_day_may_be_missing() -> None:
    assert read_taken_at(exif_with(x9003="2024:05:06 07:08"), b"") == EXPECTED.replace(second=0)
    midnight = EXPECTED.replace(hour=0, minute=0, second=0)
    assert read_taken_at(exif_with(x9003="2024:05:06"), b"") == midnight


PRECISIONS = {
    DatePrecision.YEAR: "%Y",
    DatePrecision.MONTH: "%Y-%m",
    DatePrecision.DAY: "%Y-%m-%d",
    DatePrecision.MINUTE: "%Y-%m-%dT%H:%M",
    None: "%Y-%m-%dT%H:%M:%S",
}
EARLIEST = {
    DatePrecision.YEAR: {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0},
    DatePrecision.MONTH: {"day": 1, "hour": 0, "minute": 0, "second": 0},
    DatePrecision.DAY: {"hour": 0, "minute": 0, "second": 0},
    DatePrecision.MINUTE: {"second": 0},
    None: {},
}
TIMES = st.datetimes(datetime(FIRST_YEAR, 1, 1), datetime(2026, 12, 31))  # noqa: DTZ001  local


@given(
    time=TIMES,
    precision=st.sampled_from(list(PRECISIONS)),
    name=st.sampled_from(["exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate"]),
)
def test_a_date_is_known_as_far_as_its_file_says(
    time: datetime, precision: DatePrecision | None, name: str
) -> None:
    """A day is not midnight, and a year is not January 1."""
    time = time.replace(microsecond=0)
    text = f"{time.year:04}" + time.strftime(PRECISIONS[precision].removeprefix("%Y"))
    expected = TakenDate(time.replace(**EARLIEST[precision]), precision)
    assert read_taken(NOTHING, xmp(name, text)) == expected
    if precision in (DatePrecision.DAY, None):
        assert read_taken(exif_with(x9003=text.replace("-", ":")), b"") == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("19740000", TakenDate(datetime(1974, 1, 1), DatePrecision.YEAR)),  # noqa: DTZ001
        ("19740600", TakenDate(datetime(1974, 6, 1), DatePrecision.MONTH)),  # noqa: DTZ001
        ("19740605", TakenDate(datetime(1974, 6, 5), DatePrecision.DAY)),  # noqa: DTZ001
        ("19741300", None),
        ("00000000", None),
    ],
)
def test_zeros_are_parts_of_a_date_that_are_not_known(
    date: str, expected: TakenDate | None
) -> None:
    assert read_taken(NOTHING, iptc(date)) == expected


@pytest.mark.parametrize("hidden_by", ["0000:00:00 00:00:00", "    :  :     :  :  ", "", "junk"])
def test_an_invalid_date_does_not_hide_the_next_source(hidden_by: str) -> None:
    """The digitization comes after the original, then XMP, then IPTC."""
    block = exif_with(x9003=hidden_by, x9004="2024:05:06 07:08:09")
    assert read_taken_at(block, b"") == EXPECTED
    block = exif_with(x9003=hidden_by, x9004=hidden_by)
    assert read_taken_at(block, xmp("exif:DateTimeOriginal", "2024-05-06T07:08:09")) == EXPECTED
    other = xmp("xmp:CreateDate", hidden_by) + iptc("20240506")
    assert read_taken_at(block, other) == EXPECTED.replace(hour=0, minute=0, second=0)


def test_sources_have_an_order() -> None:
    """Each source that is added comes before those below it."""
    sources = [
        iptc("20010101", "000000+0000"),
        xmp("xmp:CreateDate", "2002-01-01T00:00:00"),
        xmp("photoshop:DateCreated", "2003-01-01", element=True),
        xmp("exif:DateTimeDigitized", "2004-01-01T00:00:00Z"),
        xmp("exif:DateTimeOriginal", "2005-01-01T00:00:00+02:00", element=True),
    ]
    other = b""
    for year, source in enumerate(sources, 2001):
        other += source
        taken_at = read_taken_at(NOTHING, other)
        assert taken_at is not None
        assert taken_at.year == year
    digitized = exif_with(x9004="2006:01:01 00:00:00")
    both = exif_with(x9003="2007:01:01 00:00:00", x9004="2006:01:01 00:00:00")
    assert [read_taken_at(block, other).year for block in (digitized, both)] == [2006, 2007]


def test_each_date_has_its_own_offset() -> None:
    """OffsetTime is used where the offset of the date is missing or invalid."""
    date, hour = "2024:05:06 07:08:09", timedelta(hours=1)
    fields = {OFFSET: "+03:00", OFFSET_ORIGINAL: "+01:00", OFFSET_DIGITIZED: "+02:00"}
    for tag, offset in ((ORIGINAL, 1), (DIGITIZED, 2)):
        taken_at = read_taken_at(exif_with(**{tag: date}, **fields), b"")
        assert taken_at is not None
        assert taken_at.utcoffset() == offset * hour
    for invalid in ({}, {OFFSET_ORIGINAL: "+99:00"}, {OFFSET_ORIGINAL: "   :  "}):
        taken_at = read_taken_at(exif_with(**{ORIGINAL: date, OFFSET: "+03:00"}, **invalid), b"")
        assert taken_at is not None
        assert taken_at.utcoffset() == 3 * hour


@pytest.mark.parametrize(
    ("year", "valid"), [(FIRST_YEAR - 1, False), (FIRST_YEAR, True), (1, False)]
)
def test_years_have_a_range(year: int, valid: bool) -> None:
    """It is that of the dates that people type."""
    taken_at = read_taken_at(exif_with(x9003=f"{year:04}:05:06 07:08:09"), b"")
    assert (taken_at is not None) == valid


def test_the_future_ends_with_the_next_year() -> None:
    """A camera's clock may run ahead of the server's, but not by years."""
    this_year = datetime.now(UTC).year
    for year, valid in ((this_year + 1, True), (this_year + 2, False)):
        taken_at = read_taken_at(exif_with(x9003=f"{year}:01:01 00:00:00"), b"")
        assert (taken_at is not None) == valid


def test_a_modification_is_not_the_photograph() -> None:
    block = Image.Exif()
    block[0x0132] = "2024:05:06 07:08:09"
    read = exif.read_exif(block.tobytes())
    assert read_taken_at(read, xmp("xmp:ModifyDate", "2024-05-06T07:08:09")) is None


@given(other=st.binary(max_size=300), text=st.text(max_size=60))
def test_no_text_raises_an_error(other: bytes, text: str) -> None:
    for name in ("exif:DateTimeOriginal", "photoshop:DateCreated"):
        read_taken_at(NOTHING, xmp(name, text) + other)
    read_taken_at(exif_with(x9003=text.encode("utf-8", "replace"), x9011=other), other)
