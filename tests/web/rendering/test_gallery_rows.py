"""The layout of gallery rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.rendering.gallery_rows import gallery_layout, photo_heights

windows = st.integers(320, 5000)
aspect_ratios = st.lists(st.floats(1 / 3, 13), max_size=60)


@given(windows, aspect_ratios)
def test_heights_are_within_the_layout_s_limits(window: int, aspect_ratios: list[float]) -> None:
    """No photo is wider than a row or higher than the most, and only panoramas are low."""
    layout = gallery_layout(window)
    heights = photo_heights(aspect_ratios, layout)
    assert len(heights) == len(aspect_ratios)
    for ratio, height in zip(aspect_ratios, heights, strict=True):
        assert height <= layout.max_height
        assert ratio * height <= layout.row_width * 1.0001
        assert height >= 0.9999 * min(layout.row_height, layout.row_width / ratio)


@pytest.mark.parametrize(("window", "height"), [(360, 336), (767, 640), (768, 193.28)])
def test_the_last_row_grows_in_narrow_windows(window: int, height: float) -> None:
    """A square alone fills the width of a phone; from 768 pixels on it has the initial height."""
    assert photo_heights([1.0], gallery_layout(window)) == pytest.approx([height])


def test_the_last_row_grows_if_it_is_nearly_full() -> None:
    """In wide windows it grows if less than a fifth of the width is free."""
    layout = gallery_layout(1280)
    initial, _ = photo_heights([2.0, 1.0], layout)
    grown, _ = photo_heights([3.0, 1.5], layout)
    assert initial == layout.row_height
    assert grown > layout.row_height
