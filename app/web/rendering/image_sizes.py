"""Compute the `sizes` of photos, so that browsers download no more pixels than they show.

A browser chooses a rendition before it lays out the page, so `sizes` must say how wide each photo
will be. On phones that depends on where the gallery's rows break. The row layout here is the one
of `.gallery` in static/css/components.css.
"""

from collections.abc import Iterable, Iterator, Sequence

from flask import Flask

from app.domain.photo import Photo, PhotoSummary

# Window widths of phones in CSS pixels. Rows break at different photos on narrow and wide phones.
NARROW_PHONES = (360, 375, 393, 402)
WIDE_PHONES = (412, 430)
WIDE_PHONE_MIN_WIDTH = "25.6em"

# --row-height, --row-max-height, --gallery-gap and --page-margin on phones, in CSS pixels.
ROW_HEIGHT = 168.0
ROW_MAX_HEIGHT = 640.0
GAP = 6.0
MARGIN = 12.0

# A rendition with 7/8 of the shown width looks the same, and the next one has 4 times the pixels.
MIN_PIXEL_SHARE = 0.875
MAX_DIFFERENCE = 5  # percent of the window; closer sizes of narrow and wide phones become one


def init_app(app: Flask) -> None:
    """Add the filters to templates."""
    app.jinja_env.filters.update(phone_sizes=phone_sizes, photo_page_sizes=photo_page_sizes)


def phone_sizes(summaries: Sequence[PhotoSummary]) -> Iterator[tuple[PhotoSummary, str]]:
    """Return each photo of a gallery with its `sizes` on phones."""
    ratios = [summary.width / summary.height for summary in summaries]
    narrow = _width_percentages(ratios, NARROW_PHONES)
    wide = _width_percentages(ratios, WIDE_PHONES)
    return zip(summaries, map(_sizes, narrow, wide), strict=True)


def photo_page_sizes(photo: Photo | PhotoSummary) -> str:
    """Return the `sizes` of a photo on its own page, where it fills the window."""
    max_width = f"{100 * MIN_PIXEL_SHARE:.1f}vw"
    ratio = photo.width / photo.height
    return f"min({max_width}, calc((100vh - 7rem) * {ratio:.3f}))"


def _sizes(narrow: int, wide: int) -> str:
    if abs(narrow - wide) <= MAX_DIFFERENCE:
        return f"{max(narrow, wide)}vw"
    return f"(min-width: {WIDE_PHONE_MIN_WIDTH}) {wide}vw, {narrow}vw"


def _width_percentages(ratios: Sequence[float], windows: Iterable[int]) -> list[int]:
    """Return the percentage of the window to download for each photo, for the widest display."""
    shares_by_window = [_width_shares(ratios, window) for window in windows]
    shares_by_photo = zip(*shares_by_window, strict=True)
    return [round(100 * MIN_PIXEL_SHARE * max(shares)) for shares in shares_by_photo]


def _width_shares(ratios: Iterable[float], window: int) -> list[float]:
    """Return the share of the window's width that each photo takes."""
    shares: list[float] = []
    row_width = window - 2 * MARGIN
    for row in _rows(ratios, row_width):
        photos_width = row_width - GAP * (len(row) - 1)
        height = min(photos_width / sum(row), ROW_MAX_HEIGHT)
        shares += [ratio * height / window for ratio in row]
    return shares


def _rows(ratios: Iterable[float], row_width: float) -> Iterator[list[float]]:
    """Break rows as a flex container does: fill each row with photos of the initial height."""
    row: list[float] = []
    for ratio in ratios:
        width_with_photo = ROW_HEIGHT * (sum(row) + ratio) + GAP * len(row)
        if row and width_with_photo > row_width:
            yield row
            row = []
        row.append(ratio)
    if row:
        yield row
