"""The layout of gallery rows. tests/browser/test_rows.py compares it with that of Chromium."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.rendering.gallery.gallery_rows import MAX_GROWTH, gallery_layout, photo_widths

windows = st.integers(320, 5000)
ratio_lists = st.lists(st.floats(1 / 6, 19), max_size=60)


@given(windows, ratio_lists, st.booleans())
def test_photos_are_within_the_layout_s_limits(
    window: int, aspect_ratios: list[float], is_large: bool
) -> None:
    """No photo is wider than a row or higher than the highest row."""
    layout = gallery_layout(window, is_large=is_large)
    widths = photo_widths(aspect_ratios, layout)
    assert len(widths) == len(aspect_ratios)
    for ratio, width in zip(aspect_ratios, widths, strict=True):
        assert width <= layout.row_width * 1.0001
        assert width / ratio <= layout.row_height * MAX_GROWTH * 1.0001


@pytest.mark.parametrize("window", [320, 390, 430, 767])
def test_two_landscapes_share_a_row_on_phones(window: int) -> None:
    """Two photos of 3:2 have half of the width each."""
    layout = gallery_layout(window)
    widths = photo_widths([1.5, 1.5], layout)
    assert widths == pytest.approx([(layout.row_width - layout.gap) / 2] * 2)


@given(windows, st.floats(0.5, 0.75))
def test_a_wide_landscape_beside_a_portrait_has_no_mat(window: int, portrait: float) -> None:
    """A photo of 16:9 is as high as its row, also on phones."""
    layout = gallery_layout(window)
    widths = photo_widths([16 / 9, portrait], layout)
    assert widths[0] * 9 / 16 == pytest.approx(widths[1] / portrait)


@pytest.mark.parametrize("window", [320, 390, 430, 767])
def test_a_large_landscape_fills_the_width_of_a_phone(window: int) -> None:
    """If the visitor chose larger photos, a photo of 3:2 has a row of its own."""
    layout = gallery_layout(window, is_large=True)
    assert photo_widths([1.5, 1.5], layout) == pytest.approx([layout.row_width] * 2)


def test_a_last_row_that_is_nearly_full_fills_the_width() -> None:
    """It ends early only if its photos would have to grow beyond the limit."""
    layout = gallery_layout(1280)
    early = photo_widths([1.5, 1.5], layout)
    full = photo_widths([1.5, 1.5, 1.5], layout)
    assert sum(early) < 0.7 * layout.row_width
    assert sum(full) == pytest.approx(layout.row_width - 2 * layout.gap)


def test_a_row_before_a_panorama_grows_within_the_limit() -> None:
    """Its photo is as high as the limit allows, on a mat, and the panorama fills its own row."""
    layout = gallery_layout(1280)
    widths = photo_widths([1.5, 1.0, 8.0, 3.0], layout)
    highest = MAX_GROWTH * layout.row_height
    assert widths[:2] == pytest.approx([1.5 * highest, highest])
    assert widths[2] == layout.row_width
