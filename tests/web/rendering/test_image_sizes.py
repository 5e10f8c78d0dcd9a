"""The `sizes` of gallery photos."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.photo import PhotoSummary
from app.web.rendering.image_sizes import WINDOW_WIDTHS, with_gallery_sizes
from tests.sample_photos import make_photo

LANDSCAPE, PORTRAIT, WIDE = (4032, 3024), (3024, 4032), (8000, 1000)
SIZES = re.compile(r"(?:\(min-width:\d+px\)[\d.]+vw,)*[\d.]+vw")
MAX_LENGTH = 24 * len(WINDOW_WIDTHS)  # characters

edges = st.integers(1, 50_000)


def summary(size: tuple[int, int]) -> PhotoSummary:
    width, height = size
    return make_photo(width=width, height=height).summary


def sizes(*shapes: tuple[int, int]) -> list[str]:
    return [sizes for _, sizes in with_gallery_sizes([summary(shape) for shape in shapes])]


def on_phones(sizes: str) -> float:
    """Return the percentage of the narrowest windows."""
    return float(sizes.rpartition(",")[2].removesuffix("vw"))


def test_a_photo_alone_in_its_row_has_the_window_s_width() -> None:
    """Landscapes and panoramas alone in a row take nearly the whole width of phones."""
    shown = sizes(LANDSCAPE, WIDE, LANDSCAPE)
    assert [on_phones(photo) for photo in shown] == pytest.approx([83, 83, 83], abs=2)


def test_photos_in_one_row_share_the_width() -> None:
    """Two portraits side by side take half of the width of phones each."""
    shown = sizes(PORTRAIT, PORTRAIT, WIDE)
    assert [on_phones(photo) for photo in shown[:2]] == pytest.approx([41, 41], abs=1)


def test_sizes_differ_where_rows_break_differently() -> None:
    """A portrait that shares its row only from 412 pixels on is smaller there."""
    portrait, _ = sizes(PORTRAIT, (4242, 2828))
    narrower, _, phones = portrait.rpartition("(min-width:412px)")
    assert narrower
    assert phones == "27.5vw,83vw"


def test_a_short_last_row_keeps_its_height_in_wide_windows() -> None:
    """One square alone has the initial height of rows: 20rem in a window of 3440 pixels."""
    [square] = sizes((1000, 1000))
    assert square.startswith("(min-width:3440px)8.2vw,")


@given(st.lists(st.tuples(edges, edges), max_size=40))
def test_sizes_are_valid_and_short(shapes: list[tuple[int, int]]) -> None:
    """Photos of every shape have a short and valid value, and keep their order."""
    summaries = [summary(shape) for shape in shapes]
    photos = list(with_gallery_sizes(summaries))
    assert [shown for shown, _ in photos] == summaries
    for _, text in photos:
        assert SIZES.fullmatch(text)
        assert len(text) <= MAX_LENGTH
