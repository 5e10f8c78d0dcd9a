"""Compute the widths of gallery photos in a window, as browsers lay out `.gallery`.

The lengths and rules are those of static/css/components.css.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

REM = 16.0  # CSS pixels
WIDE_WINDOW = 48 * REM
MAX_GROWTH = 1.6  # of a row, relative to the least height
FILLER_GROW = 9.0  # the share of the free space behind a last row; a photo's is its aspect ratio


@dataclass(frozen=True, slots=True)
class GalleryLayout:
    """The lengths of a gallery in one window, in CSS pixels."""

    row_width: float
    row_height: float  # the least height of a row
    gap: float
    max_basis: float  # the most that a photo takes of a row before the row grows
    filler_width: float  # a last row with so much free space ends early


def gallery_layout(
    window_width: int, scroll_bar: int = 0, *, is_large: bool = False
) -> GalleryLayout:
    """Return the layout in a window.

    Args:
        window_width: The width in CSS pixels. It includes the scroll bar.
        scroll_bar: The width that a scroll bar takes, in CSS pixels.
        is_large: Whether the visitor chose larger photos for narrow windows.
    """
    is_wide = window_width >= WIDE_WINDOW
    padding = _clamp(0.75 * REM, 0.025 * window_width, 3 * REM)
    width = window_width - scroll_bar - 2 * padding
    is_large = is_large and not is_wide
    basis = 0.72 if is_large else 0.625 if is_wide else 0.58
    return GalleryLayout(
        row_width=width,
        row_height=0.49 * width if is_large else min(0.325 * width, 5.25 * REM + 0.095 * width),
        gap=_clamp(0.375 * REM, 0.0075 * window_width, 0.75 * REM),
        max_basis=basis * width,
        filler_width=(0.375 if is_wide or is_large else 0.42) * width,
    )


def photo_widths(aspect_ratios: Sequence[float], layout: GalleryLayout) -> list[float]:
    """Return the width of each photo, without its mat, in CSS pixels."""
    bases = [min(ratio * layout.row_height, layout.max_basis) for ratio in aspect_ratios]
    edges = list(accumulate((basis + layout.gap for basis in bases), initial=0.0))
    row_and_gap = layout.row_width + layout.gap
    widths: list[float] = []
    while (start := len(widths)) < len(bases):
        end = max(start + 1, bisect_right(edges, edges[start] + row_and_gap) - 1)
        ratios = aspect_ratios[start:end]
        free, grow = edges[start] + row_and_gap - edges[end], sum(ratios)
        if end == len(bases) and free >= layout.gap + layout.filler_width:
            free, grow = free - layout.gap - layout.filler_width, grow + FILLER_GROW
        widths += _row_widths(ratios, bases[start:end], free / grow, layout)
    return widths


def _row_widths(
    ratios: Sequence[float], bases: Sequence[float], growth: float, layout: GalleryLayout
) -> list[float]:
    """Return the widths of the photos of a row.

    Args:
        ratios: The aspect ratios.
        bases: The widths of the frames before they grow.
        growth: The width by which a frame grows, relative to its aspect ratio.
        layout: The lengths of the gallery.
    """
    highest = growth + min(layout.row_height, layout.max_basis / min(ratios))
    height = _clamp(layout.row_height, highest, MAX_GROWTH * layout.row_height)
    if max(ratios) * layout.row_height <= layout.max_basis:
        return [ratio * height for ratio in ratios]
    pairs = zip(ratios, bases, strict=True)
    return [min(ratio * height, basis + growth * ratio) for ratio, basis in pairs]


def _clamp(least: float, value: float, most: float) -> float:
    return max(least, min(value, most))
