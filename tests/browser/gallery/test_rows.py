"""The rows of the gallery, for photos of any shapes in windows of any width."""

import random
from collections.abc import Iterator
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from app import create_app
from app.config import Config
from app.web.pagination import PAGE_SIZE
from app.web.rendering.gallery.gallery_rows import (
    MAX_GROWTH,
    GalleryLayout,
    gallery_layout,
    photo_widths,
)
from tests.backends import local_backend
from tests.browser.live_site import serve
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.sample_photos import make_photo

PAGES = 4
WINDOWS = [320, 360, 390, 430, 600, 767, 768, 820, 1024, 1280, 1536, 1920]
COMMON = [4 / 3, 3 / 4, 3 / 2, 2 / 3, 16 / 9, 9 / 16, 1.0]
PIXEL = 1.5  # positions are rounded to whole pixels, and aspect ratios to 0.4 %

# The photos of each list, by row. `ratio` is the photo's, the other numbers are those of its frame.
ROWS = """[...document.querySelectorAll('.gallery')].map(list =>
  [...list.children].map(item => {
    const { left, right, top, bottom } = item.getBoundingClientRect();
    const image = item.querySelector('img');
    const ratio = image.getAttribute('width') / image.getAttribute('height');
    const fit = getComputedStyle(image).objectFit;
    return { left, right, top, bottom, ratio, fit };
  }))"""
COUNT_SHIFTS = """new PerformanceObserver(list => {
  for (const { value } of list.getEntries()) window.shift = (window.shift ?? 0) + value;
}).observe({ type: 'layout-shift', buffered: true })"""
LOAD_ALL = "[...document.images].forEach(image => { image.loading = 'eager'; })"

Row = list[dict[str, Any]]


@pytest.fixture
def site_url(tmp_path: Path) -> Iterator[str]:
    """A site whose records have shapes from 1:5 to 8:1, with common ones on the last page."""
    numbers = random.Random(1)  # noqa: S311  the same shapes in each run
    backend = local_backend(tmp_path)
    for page in range(PAGES):
        for _ in range(PAGE_SIZE):
            ratio = numbers.choice(COMMON) if page == 0 else 0.2 * 40 ** numbers.random()
            size = {"width": round(3000 * ratio), "height": 3000}
            backend.catalog.publish(make_photo(**size))
    config = Config(photo_dir=tmp_path)
    with serve(create_app(config, services_of(backend, config))) as url:
        yield url


@pytest.fixture
def page(page: Page) -> Page:
    """A page whose images are all the same file: their own sizes must not matter."""
    body = jpeg(160, 120)
    page.route("**/media/**", lambda route: route.fulfill(body=body, content_type="image/jpeg"))
    page.add_init_script(COUNT_SHIFTS)
    return page


@pytest.fixture
def size() -> tuple[int, int]:
    return 1280, 800


def lists_of_rows(page: Page) -> list[list[Row]]:
    lists = page.evaluate(ROWS)
    return [[list(row) for _, row in groupby(items, itemgetter("top"))] for items in lists]


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [False], ids=["no scripts"])
@pytest.mark.parametrize("query", ["", "&size=large"], ids=["small", "large"])
def test_rows_fill_the_width_and_crop_nothing(page: Page, query: str) -> None:
    """Every row fills the width or ends its list, and no row is 1.6 times as high as another.

    Photos have the widths from which the server computes their `sizes`.
    """
    for path in _page_paths(page, query):
        page.goto(path)
        for width in WINDOWS:
            page.set_viewport_size({"width": width, "height": 800})
            layout = gallery_layout(width, is_large=bool(query))
            lists = lists_of_rows(page)
            heights = [row[0]["bottom"] - row[0]["top"] for rows in lists for row in rows]
            assert max(heights) <= MAX_GROWTH * min(heights) + PIXEL, (path, width)
            for rows in lists:
                _check_rows(rows, width, layout)
                _check_widths(list(chain(*rows)), layout)


def _page_paths(page: Page, query: str) -> list[str]:
    """Return the paths of all pages of the gallery."""
    paths = [f"/?{query.lstrip('&')}"]
    for _ in range(PAGES - 1):
        page.goto(paths[-1])
        older = page.get_by_role("link", name="Older").get_attribute("href") or ""
        assert older.endswith(query)
        paths.append(older)
    return paths


def _check_rows(rows: list[Row], window: int, layout: GalleryLayout) -> None:
    left = (window - layout.row_width) / 2
    for row in rows:
        assert row[0]["left"] == pytest.approx(left, abs=PIXEL)
        assert {photo["fit"] for photo in row} == {"contain"}
        assert len({round(photo["bottom"]) for photo in row}) == 1
    for row in rows[:-1]:
        assert row[-1]["right"] == pytest.approx(window - left, abs=PIXEL)
    if rows[-1][-1]["right"] < window - left - PIXEL:
        ratios = sum(photo["ratio"] for photo in rows[-1])
        photos_width = layout.row_width - layout.gap * (len(rows[-1]) - 1)
        assert photos_width / ratios > 1.5 * layout.row_height, "the last row could have grown"


def _check_widths(photos: Row, layout: GalleryLayout) -> None:
    computed = photo_widths([photo["ratio"] for photo in photos], layout)
    shown = [_shown_width(photo) for photo in photos]
    assert shown == pytest.approx(computed, rel=0.01, abs=PIXEL)


def _shown_width(photo: dict[str, Any]) -> float:
    width: float = photo["right"] - photo["left"]
    height: float = photo["bottom"] - photo["top"]
    return min(width, photo["ratio"] * height)


@pytest.mark.browser
@pytest.mark.parametrize("size", [(390, 844), (1280, 800)], ids=["phone", "desktop"])
def test_photos_that_load_shift_nothing(page: Page) -> None:
    """The layout is complete before any photo has loaded."""
    page.goto("/")
    page.evaluate(LOAD_ALL)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shift ?? 0") == 0
