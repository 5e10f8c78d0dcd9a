"""The names of files in a ZIP file can be stored on every system."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.image.taken_date import DatePrecision
from app.services.downloads.file_names import MAX_TITLE_BYTES, clean_title, file_names
from tests.sample_photos import make_photo


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A pier at dusk", "A pier at dusk"),
        ("호숫가", "호숫가"),
        ("../../etc/passwd", "etc passwd"),
        ("C:\\Windows", "C Windows"),
        ('<a> "b" | c? *', "a b c"),
        ("line\nbreak\ttab\0", "line break tab"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("dots...", "dots"),
        (". . .", ""),
        ("  ", ""),
        ("👩‍🚀 in space", "👩‍🚀 in space"),
    ],
)
def test_titles_become_parts_of_names(title: str, name: str) -> None:
    assert clean_title(title) == name


@given(st.text(max_size=300))
def test_any_title_becomes_a_name(title: str) -> None:
    """It is short, has no forbidden character, and cannot lead out of the folder."""
    cleaned = clean_title(title)
    assert len(cleaned.encode()) <= MAX_TITLE_BYTES
    assert not set(cleaned) & set('<>:"/\\|?*\r\n\0')
    assert cleaned == cleaned.strip(". ")
    assert clean_title(cleaned) == cleaned


def test_names_are_numbered_and_never_the_same() -> None:
    """Numbers have as many digits as the last one, at least three, so that names sort as listed."""
    few = [make_photo(title="Lake") for _ in range(2)]
    assert file_names(few) == ["001 Lake.jpg", "002 Lake.jpg"]
    many = file_names([make_photo(title="")] * 1001)
    assert many[0].startswith("0001 ")
    assert many == sorted(set(many))


def test_a_photo_without_a_title_has_its_date() -> None:
    """That of the camera, otherwise that of the upload. Reserved names have a number before."""
    taken = datetime(2026, 8, 15, 18, 5)  # noqa: DTZ001  cameras may record no time zone
    photos = [
        make_photo(title="?", taken_at=taken, content_type="image/heic"),
        make_photo(title="", photo_id="01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        make_photo(title="CON"),
        make_photo(title="", taken_at=taken, taken_precision=DatePrecision.MONTH),
    ]
    names = file_names(photos)
    assert names[0] == "001 2026-08-15 18.05.heic"
    assert names[1] == "002 2016-07-30 23.54.jpg"
    assert names[2] == "003 CON.jpg"
    assert names[3] == "004 2026-08.jpg"
