"""A photo in full screen: the address `#full` of its page."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import add_photos, upload_photos
from tests.sample_images import jpeg

pytestmark = pytest.mark.browser

VIEWER = ".photo-viewer"
IS_IN_VIEWER = "document.activeElement.closest('.photo-viewer, body').matches('.photo-viewer')"
IS_FOCUSED = "element => element === document.activeElement"
PAGE_IMAGE = ".open-full img"
LARGE_IMAGE = ".photo-viewer > picture img"
LOADED_FILE = "image => image.decode().then(() => image.currentSrc.split('/').pop())"
# The pixels of the screen that show the photo, which may be narrower than its element.
SHOWN_WIDTH = """image => {
  const { width, height } = image.getBoundingClientRect();
  const ratio = image.getAttribute('width') / image.getAttribute('height');
  return Math.min(width, height * ratio) * devicePixelRatio;
}"""


@pytest.fixture
def size() -> tuple[int, int]:
    return 1280, 800


def open_full_screen(page: Page) -> None:
    page.locator(".open-full").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".full-close")).to_be_visible()


def assert_focus_stays(page: Page) -> None:
    """Press Tab until each link had the focus, and the browser's own controls once."""
    links = page.locator(f"{VIEWER} a:visible").count()
    for _ in range(2 * links + 2):
        page.keyboard.press("Tab")
        is_outside = page.evaluate("document.activeElement === document.body")
        assert is_outside or page.evaluate(IS_IN_VIEWER)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_focus_goes_in_and_comes_back(page: Page) -> None:
    """Nothing behind the photo gets the focus while it fills the window."""
    path = add_photos(page, 3)[1]
    page.goto(path)
    open_full_screen(page)
    assert page.locator(VIEWER).evaluate(IS_FOCUSED)
    assert page.locator(VIEWER).bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 800}
    assert_focus_stays(page)
    page.locator(".full-close").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".full-close")).to_be_hidden()
    expect(page.locator(".open-full")).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_links_lead_to_the_neighbors_in_full_screen(page: Page) -> None:
    """They stay in the listing, and Back returns."""
    newer, shown, older = add_photos(page, 3, tags="lake")
    page.goto(f"{shown}?in=tag:lake#full")
    page.locator(".full-controls [rel=next]").click()
    page.wait_for_url(f"**{older}?in=tag:lake#full")
    page.go_back()
    page.locator(".full-controls [rel=prev]").click()
    page.wait_for_url(f"**{newer}?in=tag:lake#full")


def test_keys_work_in_full_screen(page: Page) -> None:
    """Arrows open neighbors, i leads to the details, and Escape leads back to the address."""
    _, shown, older = add_photos(page, 3)
    page.goto(shown)
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    open_full_screen(page)
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{shown}")
    expect(page.locator(".open-full")).to_be_focused()
    open_full_screen(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**{older}#full")
    page.keyboard.press("i")
    page.wait_for_url(f"**{older}#details")
    expect(page.locator(".full-close")).to_be_hidden()


def test_f_fills_the_screen(page: Page) -> None:
    """A second press leaves the browser's full screen."""
    (path,) = add_photos(page, 1)
    page.goto(f"{path}#full")
    for is_full in (True, False):
        page.keyboard.press("f")
        page.wait_for_function(f"() => !!document.fullscreenElement === {str(is_full).lower()}")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_larger_image_loads_only_in_full_screen(
    page: Page, requested_paths: list[str], *, scripts: bool
) -> None:
    """Without scripts it never loads: the link would load it with the page."""
    (path,) = upload_photos(page, [jpeg(3000, 2000)])
    page.goto(path, wait_until="networkidle")
    images = [each for each in requested_paths if each.startswith("/media")]
    assert len(images) == 1
    open_full_screen(page)
    page.wait_for_load_state("networkidle")
    assert page.locator(LARGE_IMAGE).count() == int(scripts)


class TestSharpness:
    @pytest.fixture
    def size(self) -> tuple[int, int]:
        return 1728, 1000

    @pytest.fixture
    def preferences(self) -> dict[str, Any]:
        return {"device_scale_factor": 2}

    @pytest.mark.parametrize(("fragment", "shown"), [("", PAGE_IMAGE), ("#full", LARGE_IMAGE)])
    def test_a_photo_has_all_pixels_that_a_large_screen_shows(
        self, page: Page, requested_paths: list[str], fragment: str, shown: str
    ) -> None:
        """A photo of 3:2 is shown 3 000 pixels wide. Its original does not load."""
        (path,) = upload_photos(page, [jpeg(4200, 2800)])
        page.goto(f"{path}{fragment}", wait_until="networkidle")
        image = page.locator(shown)
        assert image.evaluate(LOADED_FILE) == "3200.jpg"
        assert 2400 < image.evaluate(SHOWN_WIDTH) <= 3200
        assert not any("original" in each for each in requested_paths)


def test_a_panorama_fills_the_height_and_scrolls(page: Page) -> None:
    """In full screen its left end is shown first. Then the arrow keys scroll it."""
    _, path = upload_photos(page, [jpeg(2500, 500), jpeg(60, 40)])
    page.goto(f"{path}#full")
    box = page.locator(LARGE_IMAGE).bounding_box()
    assert box
    assert (box["x"], box["height"]) == (0, 800)
    assert box["width"] == pytest.approx(4000, abs=2)
    page.locator(VIEWER).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => document.querySelector('{VIEWER}').scrollLeft > 0")


def tap_twice(page: Page, tap: Callable[[], None]) -> None:
    """Tap until the size changes: on a busy machine the second tap may come too late."""
    image = page.locator(LARGE_IMAGE)
    width = image.evaluate("it => it.clientWidth")
    for _ in range(20):
        tap()
        if image.evaluate("it => it.clientWidth") != width:
            return


def test_a_double_click_zooms(page: Page) -> None:
    """The point under the pointer stays there, the photo scrolls, and another one zooms out."""
    (path,) = upload_photos(page, [jpeg(1200, 750)])
    page.goto(f"{path}#full")
    tap_twice(page, lambda: page.mouse.click(320, 200))
    image = page.locator(LARGE_IMAGE)
    assert image.bounding_box() == {"x": -640, "y": -400, "width": 3840, "height": 2400}
    tap_twice(page, lambda: page.mouse.click(320, 200))
    assert image.bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 800}


class TestRightToLeft:
    """A page in a language that is written from right to left."""

    @pytest.fixture(autouse=True)
    def _direction(self, page: Page) -> None:
        turn = "document.documentElement.dir = 'rtl'"
        page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {turn} }})")

    @pytest.mark.parametrize("x", [0, 320, 960, 1279])
    def test_a_double_click_zooms(self, page: Page, x: int) -> None:
        """The point under the pointer stays there, as in other languages."""
        (path,) = upload_photos(page, [jpeg(1200, 750)])
        page.goto(f"{path}#full")
        tap_twice(page, lambda: page.mouse.click(x, 200))
        box = page.locator(LARGE_IMAGE).bounding_box()
        assert box == {"x": -2 * x, "y": -400, "width": 3840, "height": 2400}

    def test_an_arrow_key_opens_what_the_arrow_on_its_side_shows(self, page: Page) -> None:
        """On the page and in full screen."""
        newer, shown, older = add_photos(page, 3)
        for place, fragment in ((".neighbors", ""), (".full-controls", "#full")):
            for key, rel, path in (("ArrowLeft", "prev", newer), ("ArrowRight", "next", older)):
                page.goto("about:blank")  # a new fragment alone would not load the page
                page.goto(f"{shown}{fragment}")
                box = page.locator(f"{place} [rel={rel}]").bounding_box()
                assert box
                assert (box["x"] < 640) is (key == "ArrowLeft")
                page.keyboard.press(key)
                page.wait_for_url(f"**{path}{fragment}")


class TestPhone:
    @pytest.fixture
    def size(self) -> tuple[int, int]:
        return 390, 844

    @pytest.fixture
    def preferences(self) -> dict[str, Any]:
        return {"is_mobile": True, "has_touch": True, "reduced_motion": "no-preference"}

    def test_a_panorama_scrolls_on_its_page(self, page: Page) -> None:
        """It has half of the window's height, and the page is no wider than the window."""
        (path,) = upload_photos(page, [jpeg(2500, 500)])
        page.goto(path)
        box = page.locator(f"{VIEWER} img").bounding_box()
        assert box
        assert box["height"] == pytest.approx(422, abs=1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_no_image_is_wider_than_a_phone_needs(
        self, page: Page, browser: Browser, site_url: str
    ) -> None:
        """The widest JPEG loads for larger screens only, also of a panorama."""
        paths = upload_photos(page, [jpeg(4200, 1400), jpeg(4200, 2800), jpeg(2800, 4200)])
        for width, density in ((390, 3), (412, 2.625), (440, 3)):
            context = browser.new_context(
                base_url=site_url,
                viewport={"width": width, "height": 900},
                device_scale_factor=density,
                is_mobile=True,
            )
            phone = context.new_page()
            for path, most in zip(paths, (1280, 1280, 2048), strict=True):
                phone.goto(path)
                file = phone.locator(PAGE_IMAGE).evaluate(LOADED_FILE)
                assert int(file.partition(".")[0]) <= most, width
            context.close()

    def test_a_double_tap_zooms(self, page: Page) -> None:
        """The zoomed photo is three times as wide as the window."""
        (path,) = upload_photos(page, [jpeg(1200, 800)])
        page.goto(f"{path}#full")
        tap_twice(page, lambda: page.touchscreen.tap(200, 400))
        box = page.locator(LARGE_IMAGE).bounding_box()
        assert box
        assert box["width"] == 3 * 390
