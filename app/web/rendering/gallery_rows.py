"""Compute the heights of gallery photos in a window, as browsers lay out `.gallery`.

The lengths are those of static/css/tokens.css, the rules those of static/css/components.css.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf

REM = 16.0  # CSS pixels
WIDE_WINDOW = 48 * REM


@dataclass(frozen=True, slots=True)
class GalleryLayout:
    """The lengths of a gallery in one window, in CSS pixels."""

    row_width: float
    row_height: float  # before the photos of a row grow
    max_height: float
    gap: float
    filler_width: float  # where this fits behind the last row, its photos do not grow


def gallery_layout(window_width: int, scroll_bar: int = 0) -> GalleryLayout:
    """Return the layout in a window.

    Args:
        window_width: The width in CSS pixels. It includes the scroll bar.
        scroll_bar: The width that a scroll bar takes, in CSS pixels.
    """
    is_wide = window_width >= WIDE_WINDOW
    row_height = _clamp(10.5 * REM, 8 * REM + 0.085 * window_width, 20 * REM)
    padding = _clamp(0.75 * REM, 0.025 * window_width, 3 * REM)
    row_width = window_width - scroll_bar - 2 * padding
    return GalleryLayout(
        row_width=row_width,
        row_height=row_height,
        max_height=2 * row_height if is_wide else 40 * REM,
        gap=_clamp(0.375 * REM, 0.0075 * window_width, 0.75 * REM),
        filler_width=0.2 * row_width if is_wide else inf,
    )


def photo_heights(aspect_ratios: Sequence[float], layout: GalleryLayout) -> list[float]:
    """Return the height of each photo in CSS pixels. All photos of a row have the same height."""
    widths = [ratio * layout.row_height + layout.gap for ratio in aspect_ratios]
    edges = list(accumulate(widths, initial=0.0))
    heights: list[float] = []
    while (start := len(heights)) < len(widths):
        end = max(start + 1, bisect_right(edges, edges[start] + layout.row_width + layout.gap) - 1)
        width = edges[end] - edges[start]
        if end == len(widths) and width + layout.filler_width <= layout.row_width:
            height = layout.row_height
        else:
            height = _row_height(width, end - start, layout)
        heights += [height] * (end - start)
    return heights


def _row_height(initial_width: float, photos: int, layout: GalleryLayout) -> float:
    """Return the height to which a row grows. Its initial width has a gap behind each photo."""
    gaps = layout.gap * photos
    growth = (layout.row_width + layout.gap - gaps) / (initial_width - gaps)
    return min(growth * layout.row_height, layout.max_height)


def _clamp(least: float, value: float, most: float) -> float:
    return max(least, min(value, most))
