"""Buttons in windows of any width."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import add_photos
from tests.browser.screens import upload_screens

WIDTHS = (320, 360, 390, 600, 767, 768, 820, 1024, 1280, 1920)
# Buttons whose text has more than two lines.
SQUEEZED = """() => [...document.querySelectorAll("button, .button")]
  .filter((it) => it.offsetParent && it.innerText.trim())
  .filter((it) => {
    const range = document.createRange();
    range.selectNodeContents(it);
    const tops = [...range.getClientRects()].map(({ top }) => Math.round(top / 8));
    return new Set(tops).size > 2;
  }).map((it) => it.innerText)"""


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800)], ids=[""])
def test_no_window_squeezes_a_button(page: Page) -> None:
    """Every button has room for its text, also beside the fields of a form."""
    add_photos(page, 2)
    drafts = dict(upload_screens.screens())["drafts"]
    for open_screen in (drafts, lambda page: page.goto("/uploads")):
        open_screen(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(SQUEEZED) == [], (page.url, width)
