"""Reduced motion, larger text, forced colors, no scripts."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import add_photos, open_actions
from tests.browser.test_visit import ALL_LOADED, BATCH, NO_HORIZONTAL_SCROLL, fill_in

RECORD_TRANSITION = """addEventListener('pagereveal', ({ viewTransition }) => {
  window.hadTransition = Boolean(viewTransition);
})"""
IS_REVEALED = "'hadTransition' in window"  # after it is parsed
ANIMATED = """[...document.querySelectorAll('*')].filter(it => {
  const { transitionDuration, animationName } = getComputedStyle(it);
  return transitionDuration !== '0s' || animationName !== 'none';
}).length"""
BEYOND_THE_WINDOW = """[...document.querySelectorAll('a, button, input, textarea, h1, p')]
  .filter(it => it.checkVisibility() && !it.closest('.visually-hidden, .skip-link'))
  .filter(it => it.getBoundingClientRect().right > innerWidth + 1).map(it => it.outerHTML)"""
BUTTONS_WITHOUT_BORDER = """[...document.querySelectorAll('button, .button')].filter(it => {
  if (!it.checkVisibility()) return false;
  const { borderTopColor, borderTopWidth, backgroundColor } = getComputedStyle(it);
  return parseFloat(borderTopWidth) < 1 || borderTopColor === backgroundColor;
}).map(it => it.outerHTML)"""
PATHS = ("/", "the photo", "/upload", "/tags", "/search?q=photo", "/login", "/uploads")


def visit_all(page: Page) -> list[str]:
    [photo, *_] = add_photos(page, 3, tags="sea")
    return [photo if path == "the photo" else path for path in PATHS]


@pytest.mark.browser
@pytest.mark.parametrize("preferences", [{"reduced_motion": "reduce"}], ids=["less motion"])
@pytest.mark.parametrize("size", [(1280, 800)], ids=["desktop"])
def test_reduced_motion_stops_all_motion(page: Page) -> None:
    """Nothing is animated, and pages change without a transition."""
    page.add_init_script(RECORD_TRANSITION)
    for path in visit_all(page):
        page.goto(path)
        assert page.evaluate(ANIMATED) == 0
    page.goto("/")
    page.locator(".gallery a").first.click()
    page.wait_for_url("**/photos/*")
    page.wait_for_function(IS_REVEALED)
    assert page.evaluate("window.hadTransition") is False


@pytest.mark.browser
@pytest.mark.parametrize("preferences", [{"reduced_motion": "no-preference"}], ids=["motion"])
@pytest.mark.parametrize("size", [(1280, 800)], ids=["desktop"])
def test_pages_have_view_transitions(page: Page) -> None:
    """Without the preference, a photo opens from the gallery and from its neighbor."""
    page.add_init_script(RECORD_TRANSITION)
    add_photos(page, 2)
    page.goto("/")
    page.locator(".gallery a").first.click()
    page.wait_for_url("**/photos/*")
    page.wait_for_function(IS_REVEALED)
    assert page.evaluate("window.hadTransition") is True
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("Photo 0")
    page.wait_for_function(IS_REVEALED)
    assert page.evaluate("window.hadTransition") is True


@pytest.mark.browser
@pytest.mark.parametrize("preferences", [{"device_scale_factor": 2}], ids=["zoomed"])
@pytest.mark.parametrize("size", [(640, 400), (320, 400)], ids=["200 %", "400 %"])
def test_zoomed_pages_fit_the_window(page: Page) -> None:
    """At 200 % and 400 % zoom of 1280 pixels, no page scrolls horizontally."""
    for path in visit_all(page):
        page.goto(path)
        assert page.evaluate(NO_HORIZONTAL_SCROLL), path
        assert page.evaluate(BEYOND_THE_WINDOW) == [], path


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800)], ids=["desktop"])
def test_text_of_twice_the_size_fits_the_window(page: Page) -> None:
    """With text at 200 %, nothing is cut off at the edge of the window."""
    for path in visit_all(page):
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate(NO_HORIZONTAL_SCROLL), path
        assert page.evaluate(BEYOND_THE_WINDOW) == [], path


@pytest.mark.browser
@pytest.mark.parametrize("preferences", [{"forced_colors": "active"}], ids=["forced colors"])
@pytest.mark.parametrize("size", [(1280, 800)], ids=["desktop"])
def test_forced_colors_keep_buttons_and_captions_visible(page: Page, photos: list[Path]) -> None:
    """Every button has a border, and captions on photos have a background."""
    for path in visit_all(page):
        page.goto(path)
        assert page.evaluate(BUTTONS_WITHOUT_BORDER) == [], path
    page.goto("/")
    page.locator(".gallery a").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    caption = page.locator(".caption").first
    expect(caption).to_have_css("opacity", "1")
    expect(caption).to_have_css("background-image", "none")
    fill_in(page, [photos[0], photos[1]])
    expect(page.locator(".upload-tiles li")).to_have_count(2)
    assert page.evaluate(BUTTONS_WITHOUT_BORDER) == []


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [False], ids=["no scripts"])
def test_everything_works_without_scripts(page: Page, photos: list[Path]) -> None:
    """Upload, browsing, embed codes, editing, deleting and undo work with forms and links."""
    fill_in(page, photos, alt="A hill", tags="hills")
    page.get_by_role("button", name="Add photos").click()
    page.wait_for_url(BATCH)
    page.goto("/")
    expect(page.locator(".gallery > li")).to_have_count(3)
    # wait_for_function needs animation frames, which a page without scripts may not draw.
    page.wait_for_load_state("networkidle")
    assert page.evaluate(ALL_LOADED)
    page.locator(".gallery a").first.click()
    page.get_by_role("link", name="Older").click()
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    page.get_by_text("Embed", exact=True).click()
    assert str(page.get_by_label("Markdown", exact=True).input_value()).startswith(
        "[![A hill](http"
    )
    page.get_by_role("link", name="hills").click()
    expect(page.locator(".gallery > li")).to_have_count(3)
    page.locator(".gallery a").first.click()
    open_actions(page)
    page.get_by_role("link", name="Edit").click()
    page.locator("[name=tags]").fill("hills, fog")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="fog")).to_be_visible()
    open_actions(page)
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("preferences", [{"is_mobile": True, "has_touch": True}], ids=["touch"])
@pytest.mark.parametrize("size", [(390, 844)], ids=["phone"])
def test_a_phone_offers_its_camera(
    page: Page, photos: list[Path], preferences: dict[str, Any]
) -> None:
    """On touch screens a button opens the camera, and its photo is uploaded."""
    page.goto("/upload")
    expect(page.get_by_text("Take a photo")).to_be_visible()
    page.locator("[capture]").set_input_files(photos[0])
    page.get_by_role("button", name="Add 1 photo").click()
    page.wait_for_url("**/photos/*")
