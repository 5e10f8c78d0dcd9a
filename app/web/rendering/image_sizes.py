"""Compute the `sizes` of photos, so that browsers download no more pixels than they show.

A browser chooses a rendition before it lays out the page, so `sizes` must say how wide each photo
will be. In a gallery that depends on where the rows break.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil

from flask import Flask

from app.domain.photo import Photo, PhotoSummary
from app.web.rendering.aspect_ratios import frame_ratio, width_share
from app.web.rendering.gallery_rows import gallery_layout, photo_heights

# Common widths of windows in CSS pixels: phones, tablets and screens of computers. A window between
# two of them takes the size of the narrower one.
WINDOW_WIDTHS = (
    *(360, 375, 384, 390, 393, 402, 412, 430, 600),
    *(768, 820, 1024, 1280, 1366, 1440, 1512, 1536, 1728, 1920, 2560, 3440),
)
LAYOUTS = [gallery_layout(width) for width in WINDOW_WIDTHS]

MIN_PIXEL_SHARE = 0.875  # a rendition with 7/8 of the shown width looks the same
MAX_EXCESS = 1.02  # a larger share for some windows, so that more of them have the same size
CACHED_PAGES = 64  # about 15 kB each


def init_app(app: Flask) -> None:
    """Add the filters to templates."""
    app.jinja_env.filters.update(
        with_gallery_sizes=with_gallery_sizes,
        photo_page_sizes=photo_page_sizes,
    )


def with_gallery_sizes(summaries: Sequence[PhotoSummary]) -> Iterator[tuple[PhotoSummary, str]]:
    """Return each photo of a gallery with its `sizes`."""
    shares = tuple(map(width_share, summaries))
    return zip(summaries, _gallery_sizes(shares), strict=True)


def photo_page_sizes(photo: Photo | PhotoSummary) -> str:
    """Return the `sizes` of a photo on its own page, where it fills the window."""
    max_width = f"{100 * MIN_PIXEL_SHARE:.1f}vw"
    ratio = photo.width / photo.height
    return f"min({max_width}, calc((100vh - 7rem) * {ratio:.3f}))"


@lru_cache(CACHED_PAGES)
def _gallery_sizes(width_shares: tuple[int, ...]) -> tuple[str, ...]:
    """Return the `sizes` of the photos of a page, which depend on nothing but their shapes."""
    ratios = [frame_ratio(share) for share in width_shares]
    columns = [photo_heights(ratios, layout) for layout in LAYOUTS]
    rows = zip(*columns, strict=True)
    return tuple(_sizes(ratio, heights) for ratio, heights in zip(ratios, rows, strict=True))


def _sizes(ratio: float, heights: Sequence[float]) -> str:
    """Return the `sizes` of a photo from its height in each window."""
    widths = [
        100 * MIN_PIXEL_SHARE * ratio * height / window
        for window, height in zip(WINDOW_WIDTHS, heights, strict=True)
    ]
    first, *others = _ranges(widths)
    conditions = [f"(min-width:{window}px){width}vw" for window, width in reversed(others)]
    return ",".join([*conditions, f"{first[1]}vw"])


def _ranges(widths: Sequence[float]) -> Iterator[tuple[int, str]]:
    """Merge neighboring windows with similar widths.

    Yields:
        The narrowest window of each range and the width to download in percent of the window.
    """
    start, least, most = WINDOW_WIDTHS[0], widths[0], widths[0]
    for window, width in zip(WINDOW_WIDTHS, widths, strict=True):
        if least <= width <= most:
            continue
        if most / MAX_EXCESS <= width <= least * MAX_EXCESS:
            least, most = min(least, width), max(most, width)
            continue
        yield start, _short_number(most, least * MAX_EXCESS)
        start, least, most = window, width, width
    yield start, _short_number(most, least * MAX_EXCESS)


def _short_number(least: float, most: float) -> str:
    """Return the number from `least` to `most` that has the fewest digits, rounded up."""
    whole = ceil(least)
    return str(whole) if whole <= most else f"{ceil(10 * least) / 10:g}"
