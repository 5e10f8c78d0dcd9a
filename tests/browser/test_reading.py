"""The accessibility tree that screen readers read, and its order."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import add_photos

# A header in a dialog is not that of the page.
LANDMARKS = """[...document.querySelectorAll('header, main, footer')]
  .filter(it => !it.closest('dialog')).map(it => it.localName)"""
HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4')].map(it => Number(it.localName[1]))"
# The position in the document of the focused element, or null after the last one.
FOCUS_POSITION = """() => {
  const all = [...document.querySelectorAll("*")];
  const { activeElement } = document;
  return activeElement === document.body ? null : all.indexOf(activeElement);
}"""
# Without a name, a section is no landmark: the headings of days are enough.
NAMELESS = """[...document.querySelectorAll('nav, section:not(:has(> h2))')]
  .filter(it => !it.ariaLabel && !it.getAttribute('aria-labelledby')).map(it => it.outerHTML)"""


@pytest.fixture(params=["/", "the photo", "/upload", "/tags", "/search?q=photo"])
def path(request: pytest.FixtureRequest, page: Page) -> str:
    [photo, *_] = add_photos(page, 3, tags="sea")
    return photo if request.param == "the photo" else str(request.param)


@pytest.fixture
def size() -> tuple[int, int]:
    return 1280, 800


@pytest.mark.browser
def test_landmarks_and_headings_structure_the_page(page: Page, path: str) -> None:
    """Header, main and footer in order, one h1, no skipped heading level, named regions."""
    page.goto(path)
    assert page.evaluate(LANDMARKS) == ["header", "main", "footer"]
    levels = page.evaluate(HEADINGS)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))
    assert page.evaluate(NAMELESS) == []


@pytest.mark.browser
def test_the_focus_follows_the_reading_order(page: Page, path: str) -> None:
    """Tab visits every control, in document order."""
    page.goto(path)
    stops = []
    page.keyboard.press("Tab")
    while (stop := page.evaluate(FOCUS_POSITION)) is not None and stop not in stops:
        stops.append(stop)
        page.keyboard.press("Tab")
    assert stops == sorted(stops)
    controls = page.locator(
        "a:visible, button:visible, input:visible, textarea:visible, summary:visible"
    )
    assert len(stops) >= controls.count()
