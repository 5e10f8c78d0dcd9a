"""The renditions that are loaded for the rows of the gallery."""

from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from app.domain.image.rendition_sizes import AVIF_WIDTHS, JPEG_WIDTHS, PORTRAIT_AVIF_WIDTHS
from app.web.pagination import PAGE_SIZE
from app.web.rendering.gallery.image_sizes import (
    DENSE_PIXEL_SHARE,
    MIN_PIXEL_SHARE,
    WINDOW_WIDTHS,
)
from tests.browser.conftest import add_photos

LANDSCAPES = [(160, 120), (180, 120), (160, 90), (300, 100)]
PORTRAITS = [(120, 160), (120, 120), (90, 160), (20, 90)]
SHAPES = [shape for pair in zip(LANDSCAPES, PORTRAITS, strict=True) for shape in pair]
IMAGES = """[...document.querySelectorAll('.gallery img')].map(image => {
  const { sizes } = image.closest('picture').querySelector('[sizes]');
  const size = sizes.split(',').find(size => {
    const [condition] = size.match(/^\\(.*\\)/) ?? [];
    return !condition || matchMedia(condition).matches;
  });
  const declared = parseFloat(size.replace(/^\\(.*\\)/, '')) / 100 * innerWidth;
  const { width, height } = image.closest('li').getBoundingClientRect();
  const ratio = image.getAttribute('width') / image.getAttribute('height');
  const shown = Math.min(width, ratio * height);
  return { shown, declared, isWide: ratio > 1, url: image.currentSrc };
})"""
LOAD_ALL = "[...document.images].forEach(image => { image.loading = 'eager'; })"


@pytest.fixture(
    params=[(390, 844), (768, 1024), (1280, 800), (1920, 1080)], ids=lambda size: str(size[0])
)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    size: tuple[int, int] = request.param
    return size


@pytest.mark.browser
@pytest.mark.parametrize("ignored_console_text", ["net::ERR_FAILED"], ids=[""])
def test_a_photo_that_fails_to_load_does_not_widen_the_page(page: Page) -> None:
    """The alternative text takes its place, without a horizontal scroll bar."""
    path = add_photos(page, 1, [(2400, 800)])[0]
    page.route("**/media/**", lambda route: route.abort())
    page.goto(path, wait_until="networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800)], ids=[""])
@pytest.mark.parametrize("count", [29, 30], ids=["the last row grows", "or not"])
def test_sizes_match_the_layout(page: Page, count: int) -> None:
    """In all common windows each photo has at least 7/8 of its width."""
    add_photos(page, count, SHAPES)
    page.goto("/")
    for width in WINDOW_WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        images = page.evaluate(IMAGES)
        assert len(images) == count
        for image in images:
            needed = MIN_PIXEL_SHARE * image["shown"]
            assert image["declared"] >= needed - 1, (width, image)


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800)], ids=[""])
def test_sizes_match_the_layout_of_an_appended_page(page: Page) -> None:
    """Its rows break elsewhere than on a page of its own, and the row before it may grow."""
    add_photos(page, 45, SHAPES)
    page.goto("/")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator(".gallery > li")).to_have_count(45)
    for image in page.evaluate(IMAGES)[PAGE_SIZE - 1 :]:
        assert image["declared"] == pytest.approx(MIN_PIXEL_SHARE * image["shown"], abs=1)


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800)], ids=[""])
def test_the_smallest_rendition_that_suffices_is_loaded(
    page: Page, browser: Browser, site_url: str
) -> None:
    """It has at least 7/8 of the pixels shown, and the next smaller one less than `sizes`.

    On screens with small pixels it has at least 4/5.
    """
    add_photos(page, 12, [(2800, 2100), (2100, 2800), (2800, 800)])
    densities = ((1, MIN_PIXEL_SHARE), (2, DENSE_PIXEL_SHARE))
    for width, (density, share) in product((360, 430, 820, 1280, 1920), densities):
        for image in _loaded_images(browser, site_url, width, density):
            needed = density * share * image["shown"]
            loaded = int(image["url"].rpartition("/")[2].partition(".")[0])
            widths = (*(AVIF_WIDTHS if image["isWide"] else PORTRAIT_AVIF_WIDTHS), *JPEG_WIDTHS)
            smaller = max((width for width in widths if width < loaded), default=0)
            assert loaded >= needed - 1, (width, image)
            assert smaller < density * image["declared"], (width, image)


def _loaded_images(browser: Browser, url: str, width: int, density: int) -> list[dict[str, Any]]:
    """Return the images in a window without cache, since Chromium prefers larger cached ones."""
    window: ViewportSize = {"width": width, "height": 800}
    context = browser.new_context(viewport=window, device_scale_factor=density)
    page = context.new_page()
    page.goto(url)
    page.evaluate(LOAD_ALL)
    page.wait_for_load_state("networkidle")
    images: list[dict[str, Any]] = page.evaluate(IMAGES)
    context.close()
    return images


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800)], ids=[""])
def test_appended_photos_stay_sharp_in_other_windows(page: Page) -> None:
    """After the window has changed, they have the widths that the server computed again."""
    add_photos(page, 45, SHAPES)
    page.goto("/")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator(".gallery > li")).to_have_count(45)
    for width in (393, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        shares = [image["declared"] / image["shown"] for image in page.evaluate(IMAGES)]
        # The rows of the appended page break elsewhere than on a page of its own.
        assert min(shares) > 0.4, width
        assert max(shares) < 2, width
