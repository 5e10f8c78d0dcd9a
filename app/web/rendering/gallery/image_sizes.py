"""Compute the `sizes` of photos, so that browsers download no more pixels than they show.

A browser chooses a rendition before it lays out the page, so `sizes` must say how wide each photo
will be. In a gallery that depends on where the rows break.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from math import ceil

from flask import Flask

from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary
from app.web.rendering.gallery.aspect_ratios import frame_ratio, is_panorama, width_share
from app.web.rendering.gallery.gallery_rows import GalleryLayout, gallery_layout, photo_widths

# Common widths of windows in CSS pixels: phones, tablets and screens of computers. A photo has one
# size from each of them up to the next.
WINDOW_WIDTHS = (
    *(320, 360, 375, 384, 390, 393, 402, 412, 430, 440, 600),
    *(768, 820, 1024, 1280, 1366, 1440, 1512, 1536, 1728, 1920, 2560, 3440),
)
MEASURED_STEP = 32  # CSS pixels between two windows whose rows are computed
SCROLL_BAR = 15  # CSS pixels, in Chromium and Firefox on Windows and Linux
SCROLL_BAR_WINDOW = 1024  # CSS pixels; phones and tablets show scroll bars above the page

MIN_PIXEL_SHARE = 0.875  # a rendition with 7/8 of the shown width looks the same
# On screens with small pixels less is enough for the small photos of a gallery: docs/imaging.md.
DENSE_SCREEN = "(min-resolution:1.5x)"
DENSE_PIXEL_SHARE = 0.8
MIN_HEIGHT_SHARE = 0.96  # of a photo as high as the window, so that 2048 pixels serve for 2133
MAX_EXCESS = 1.1  # a larger share for some windows, so that more of them have the same size
MAX_ROUNDING = 1.02  # a larger share, so that a size has fewer digits
CACHED_LISTS = 256  # about 4 kB each


def init_app(app: Flask) -> None:
    """Add the filters to templates."""
    app.jinja_env.filters.update(
        with_gallery_sizes=with_gallery_sizes,
        photo_page_sizes=photo_page_sizes,
        full_screen_sizes=full_screen_sizes,
    )


def with_gallery_sizes(
    summaries: Sequence[PhotoSummary], *, is_large: bool = False
) -> Iterator[tuple[PhotoSummary, str]]:
    """Return each photo of a gallery with its `sizes`.

    Args:
        summaries: The photos.
        is_large: Whether the visitor chose larger photos for narrow windows.
    """
    shares = tuple(map(width_share, summaries))
    return zip(summaries, _gallery_sizes(shares, is_large=is_large), strict=True)


def photo_page_sizes(photo: Photo | PhotoSummary) -> str:
    """Return the `sizes` of a photo on its own page, where it fills the window.

    A panorama has half of the window's height if the window is upright: see `.panorama` in
    static/css/pages.css. A phone shows a part of it at a time, and loads no more than half of its
    width beside that.
    """
    max_width = f"{100 * MIN_PIXEL_SHARE:.1f}vw"
    ratio = photo.width / photo.height
    sizes = f"min({max_width}, calc((100vh - 11rem) * {MIN_HEIGHT_SHARE * ratio:.3f}))"
    if not is_panorama(photo):
        return sizes
    upright = f"min(150vw, {50 * MIN_PIXEL_SHARE * ratio:.1f}vh)"
    return f"(orientation: portrait) {upright}, {sizes}"


def full_screen_sizes(photo: Photo | PhotoSummary) -> str:
    """Return the `sizes` of a photo that fills the screen, without a tolerance."""
    ratio = photo.width / photo.height
    height = f"{100 * ratio:.1f}vh"
    return height if is_panorama(photo) else f"min(100vw, {height})"


@lru_cache(CACHED_LISTS)
def _gallery_sizes(width_shares: tuple[int, ...], *, is_large: bool) -> tuple[str, ...]:
    """Return the `sizes` of the photos of a list, which depend on nothing but their shapes."""
    ratios = [frame_ratio(share) for share in width_shares]
    columns = [_largest_shares(ratios, layouts) for layouts in _measured_layouts(is_large=is_large)]
    return tuple(map(_sizes, zip(*columns, strict=True)))


@lru_cache(2)
def _measured_layouts(*, is_large: bool) -> list[list[tuple[int, GalleryLayout]]]:
    """Return windows and their layouts, for each range from a common window to the next."""
    ranges = []
    for start, end in pairwise([*WINDOW_WIDTHS, WINDOW_WIDTHS[-1] + 1]):
        windows = [*range(start, end, MEASURED_STEP), end - 1]
        bars = (0, SCROLL_BAR) if start >= SCROLL_BAR_WINDOW else (0,)
        ranges.append(
            [
                (window, gallery_layout(window, bar, is_large=is_large))
                for window in windows
                for bar in bars
            ]
        )
    return ranges


def _largest_shares(
    ratios: Sequence[float], layouts: Sequence[tuple[int, GalleryLayout]]
) -> list[float]:
    """Return each photo's width as a share of the window, in the window where that is largest."""
    shares = []
    for window, layout in layouts:
        shares.append([width / window for width in photo_widths(ratios, layout)])
    return [max(each) for each in zip(*shares, strict=True)]


def _sizes(shares: Sequence[float]) -> str:
    """Return the `sizes` of a photo from the share of its width in each range of windows."""
    dense = _widths(shares, DENSE_PIXEL_SHARE, f" and {DENSE_SCREEN}")
    dense[-1] = f"{DENSE_SCREEN}{dense[-1]}"
    return ",".join([*dense, *_widths(shares, MIN_PIXEL_SHARE)])


def _widths(shares: Sequence[float], pixel_share: float, condition: str = "") -> list[str]:
    """Return the widths with their conditions, those of the widest windows first."""
    first, *others = _ranges([100 * pixel_share * share for share in shares])
    wider = (f"(min-width:{window}px){condition}{width}vw" for window, width in reversed(others))
    return [*wider, f"{first[1]}vw"]


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
        yield start, _short_number(most, most * MAX_ROUNDING)
        start, least, most = window, width, width
    yield start, _short_number(most, most * MAX_ROUNDING)


def _short_number(least: float, most: float) -> str:
    """Return the number from `least` to `most` that has the fewest digits, rounded up."""
    whole = ceil(least)
    return str(whole) if whole <= most else f"{ceil(10 * least) / 10:g}"
