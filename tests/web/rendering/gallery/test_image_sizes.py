"""The `sizes` of gallery photos."""

import random
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.photo_summary import PhotoSummary
from app.web.rendering.gallery.aspect_ratios import frame_ratio, width_share
from app.web.rendering.gallery.gallery_rows import gallery_layout, photo_widths
from app.web.rendering.gallery.image_sizes import (
    DENSE_SCREEN,
    MEASURED_STEP,
    SCROLL_BAR,
    SCROLL_BAR_WINDOW,
    WINDOW_WIDTHS,
    with_gallery_sizes,
)
from tests.sample_photos import make_photo

LANDSCAPE, PORTRAIT, WIDE = (4032, 3024), (3024, 4032), (8000, 1000)
DENSE = r"\(min-resolution:1\.5x\)"
SIZES = re.compile(
    rf"(?:\(min-width:\d+px\) and {DENSE}[\d.]+vw,)*{DENSE}[\d.]+vw,"
    r"(?:\(min-width:\d+px\)[\d.]+vw,)*[\d.]+vw"
)
SIZE = re.compile(rf"(?:\(min-width:(\d+)px\))?(?: and )?({DENSE})?([\d.]+)vw")
MAX_LENGTH = 72 * len(WINDOW_WIDTHS)  # characters
COMMON_SHAPES = [LANDSCAPE, LANDSCAPE, PORTRAIT, (4242, 2828), (2828, 4242), (4000, 2250), (9, 9)]
MIN_SHARE = 0.8  # of the shown width
MIN_DENSE_SHARE = 0.73

edges = st.integers(1, 50_000)


def summary(size: tuple[int, int]) -> PhotoSummary:
    width, height = size
    return make_photo(width=width, height=height).summary


def sizes(*shapes: tuple[int, int]) -> list[str]:
    return [sizes for _, sizes in with_gallery_sizes([summary(shape) for shape in shapes])]


def on_phones(sizes: str) -> float:
    """Return the percentage of the narrowest windows."""
    return float(sizes.rpartition(",")[2].removesuffix("vw"))


def test_a_panorama_alone_in_its_row_has_the_window_s_width() -> None:
    """It takes nearly the whole width of phones, of which 7/8 of the pixels suffice."""
    assert on_phones(sizes(LANDSCAPE, LANDSCAPE, WIDE)[2]) == pytest.approx(83, abs=2)


def test_photos_in_one_row_share_the_width() -> None:
    """Two landscapes side by side take half of the width of phones each."""
    shown = sizes(LANDSCAPE, LANDSCAPE, WIDE)
    assert [on_phones(photo) for photo in shown[:2]] == pytest.approx([41, 41], abs=1)


def test_larger_photos_differ_on_phones_only() -> None:
    """A landscape has a phone's width if the visitor chose larger photos."""
    photos = [summary(LANDSCAPE), summary(LANDSCAPE)]
    small, large = (
        next(with_gallery_sizes(photos, is_large=is_large))[1] for is_large in (False, True)
    )
    assert (on_phones(small), on_phones(large)) == pytest.approx((41, 83), abs=2)
    wide = small.rpartition(DENSE_SCREEN)[2].partition(",")[2].rpartition(",")[0]
    assert wide in large


def test_a_short_last_row_stays_low_in_wide_windows() -> None:
    """One square alone takes about an eighth of the width of a wide window."""
    [square] = sizes((1000, 1000))
    widest = square.rpartition(DENSE_SCREEN)[2].partition("px)")[2]
    assert float(widest.partition("vw")[0]) == pytest.approx(14, abs=2)


def declared_shares(
    shapes: Sequence[tuple[int, int]], window: int, bar: int, *, is_dense: bool = False
) -> list[float]:
    """Return the width in `sizes`, relative to the width shown in this window, of each photo."""
    ratios = [frame_ratio(width_share(summary(shape))) for shape in shapes]
    widths = photo_widths(ratios, gallery_layout(window, bar))
    shares = []
    for text, width in zip(sizes(*shapes), widths, strict=True):
        conditions = SIZE.findall(text)
        vw = next(
            float(vw)
            for least, dense, vw in conditions
            if window >= int(least or 0) and (is_dense or not dense)
        )
        shares.append(vw * window / 100 / width)
    return shares


@given(
    st.lists(st.tuples(edges, edges), min_size=1, max_size=40),
    st.sampled_from(WINDOW_WIDTHS),
    st.integers(0, 10),
    st.booleans(),
    st.booleans(),
)
def test_sizes_suffice_in_measured_windows(
    shapes: list[tuple[int, int]], start: int, steps: int, has_scroll_bar: bool, is_dense: bool
) -> None:
    """With photos of any shapes, each has at least 0.8 of its width, with a scroll bar or not.

    On screens with small pixels it is 0.73.
    """
    following = next((width for width in WINDOW_WIDTHS if width > start), start + 1)
    window = min(start + steps * MEASURED_STEP, following - 1)
    bar = SCROLL_BAR if has_scroll_bar and start >= SCROLL_BAR_WINDOW else 0
    least = MIN_DENSE_SHARE if is_dense else MIN_SHARE
    assert min(declared_shares(shapes, window, bar, is_dense=is_dense)) >= least


def test_sizes_fit_in_all_windows() -> None:
    """Between measured windows too, 99.8 % of photos suffice; 70 % of the pixels are shown."""
    numbers = random.Random(1)  # noqa: S311 - not a secret
    shares: list[float] = []
    for _ in range(8):
        shapes = numbers.choices(COMMON_SHAPES, k=30)
        for window in range(320 + numbers.randrange(29), 2001, 29):
            bar = numbers.choice((0, SCROLL_BAR)) if window >= SCROLL_BAR_WINDOW else 0
            shares += declared_shares(shapes, window, bar)
    assert sum(share < MIN_SHARE for share in shares) <= 0.002 * len(shares)
    shown = [min(1, 1 / share**2) for share in shares]
    assert sum(shown) >= 0.7 * len(shown)


@given(st.lists(st.tuples(edges, edges), max_size=40))
def test_sizes_are_valid_and_short(shapes: list[tuple[int, int]]) -> None:
    """Photos of every shape have a short and valid value, and keep their order."""
    summaries = [summary(shape) for shape in shapes]
    photos = list(with_gallery_sizes(summaries))
    assert [shown for shown, _ in photos] == summaries
    for _, text in photos:
        assert SIZES.fullmatch(text)
        assert len(text) <= MAX_LENGTH
