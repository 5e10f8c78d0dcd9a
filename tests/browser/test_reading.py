"""What a screen reader meets, and in which order."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import add_photos

LANDMARKS = "[...document.body.querySelectorAll('header, main, footer')].map(it => it.localName)"
HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4')].map(it => Number(it.localName[1]))"
# Where in the document each stop of the Tab key is, and in which landmark; null once the page has been left.
STOP = """() => {
  const all = [...document.querySelectorAll("*")];
  const { activeElement } = document;
  return activeElement === document.body ? null : all.indexOf(activeElement);
}"""
NAMELESS = """[...document.querySelectorAll('nav, section')]
  .filter(it => !it.ariaLabel && !it.getAttribute('aria-labelledby')).map(it => it.outerHTML)"""


@pytest.fixture(params=["/", "the photo", "/upload", "/tags", "/search?q=photo"])
def path(request: pytest.FixtureRequest, page: Page) -> str:
    [photo, *_] = add_photos(page, 3, tags="sea")
    return photo if request.param == "the photo" else str(request.param)


@pytest.fixture
def size() -> tuple[int, int]:
    return 1280, 800


@pytest.mark.browser
def test_landmarks_and_headings_tell_the_page_apart(page: Page, path: str) -> None:
    """Header, content and footer come in this order; one heading says what the page is, and no level is left out."""
    page.goto(path)
    assert page.evaluate(LANDMARKS) == ["header", "main", "footer"]
    levels = page.evaluate(HEADINGS)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))
    assert page.evaluate(NAMELESS) == []


@pytest.mark.browser
def test_the_focus_goes_as_the_page_is_read(page: Page, path: str) -> None:
    """Tab leads from the first thing to the last as they stand in the page, and leaves out nothing to press."""
    page.goto(path)
    stops = []
    page.keyboard.press("Tab")
    while (stop := page.evaluate(STOP)) is not None and stop not in stops:
        stops.append(stop)
        page.keyboard.press("Tab")
    assert stops == sorted(stops)
    assert (
        len(stops)
        >= page.locator(
            "a:visible, button:visible, input:visible, textarea:visible, summary"
        ).count()
    )
