"""Buttons in windows of any width."""

from functools import partial

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import add_photos
from tests.browser.screens import upload_screens
from tests.browser.screens.album_screens import open_arrangement, open_choice

WIDTHS = (320, 360, 390, 600, 767, 768, 820, 1024, 1280, 1920)
# Buttons whose text has more than two lines, or fewer words than lines.
SQUEEZED = """() => [...document.querySelectorAll("button, .button")]
  .filter((it) => it.offsetParent && it.innerText.trim() && !it.querySelector(".visually-hidden"))
  .filter((it) => {
    const range = document.createRange();
    range.selectNodeContents(it);
    const tops = [...range.getClientRects()].map(({ top }) => Math.round(top / 8));
    const words = it.innerText.trim().split(/\\s+/);
    return new Set(tops).size > Math.min(2, words.length);
  }).map((it) => it.innerText)"""


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800)], ids=[""])
def test_no_window_squeezes_a_button(page: Page) -> None:
    """Every button has room for its text, also beside the fields of a form and a long title."""
    photo, _ = add_photos(page, 2)
    open_screens = (
        dict(upload_screens.screens())["drafts"],
        lambda page: page.goto("/uploads"),
        partial(open_choice, photo=photo),
        partial(open_arrangement, photo=photo),
    )
    for open_screen in open_screens:
        open_screen(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(SQUEEZED) == [], (page.url, width)
