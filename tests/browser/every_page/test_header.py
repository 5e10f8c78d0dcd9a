"""The header: one row with the name of the site, and a menu."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.web.rendering.languages.catalogs import find_catalogs
from tests.browser.conftest import add_photos
from tests.browser.screens.all_screens import log_in
from tests.browser.test_keyboard import tab_to

pytestmark = pytest.mark.browser

PASSWORD = "admin password"
LANGUAGES = find_catalogs(Path(__file__).parents[3] / "translations")
WINDOWS = ((320, 640), (360, 740), (768, 1024))
LONG_TITLE = "The collected photographs of the Müller-Lüdenscheidt family " + "and friends " * 3
# Read at once, since each of hundreds of checks would wait for the browser five times.
HEADER = """() => {
  const header = document.querySelector('.site-header');
  const title = document.querySelector('.site-title span');
  const parts = [...header.querySelectorAll('a, input, summary')];
  const rows = parts.filter(it => it.checkVisibility()).map(it => {
    const { top, height } = it.getBoundingClientRect();
    return Math.round(top + height / 2);
  });
  return {
    fits: document.documentElement.scrollWidth <= innerWidth,
    height: header.offsetHeight,
    rows: [...new Set(rows)],
    title: title.textContent.trim(),
    titleWidth: title.getBoundingClientRect().width,
  };
}"""
LINES_OF_NAME = """() => {
  const range = document.createRange();
  range.selectNodeContents(document.querySelector('.site-title span'));
  return range.getClientRects().length;
}"""


@pytest.fixture(params=["Shoebox", "우리 가족 사진첩", LONG_TITLE], ids=["short", "Korean", "long"])
def settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"site_title": request.param, "admin_password": PASSWORD}


def check_header(page: Page, name: str) -> None:
    """Check that all parts are in one row, none beyond the window, and the name is readable."""
    header = page.evaluate(HEADER)
    assert header["fits"]
    assert len(header["rows"]) == 1
    assert header["title"] == name.strip()
    assert header["titleWidth"] >= 50
    assert header["height"] == 64


@pytest.mark.parametrize("size", [(320, 640)], ids=[""])
def test_the_header_is_one_row(page: Page, settings: dict[str, Any]) -> None:
    """For strangers, contributors and the admin, in every language and window."""
    for prepare in (lambda: None, lambda: add_photos(page, 1), lambda: log_in(page, PASSWORD)):
        prepare()
        for path in ("/", "/search", *(f"/tags?lang={tag}" for tag in LANGUAGES), "/?lang=en"):
            page.goto(path)
            for width, height in WINDOWS:
                page.set_viewport_size({"width": width, "height": height})
                check_header(page, settings["site_title"])


@pytest.mark.parametrize("settings", [{"admin_password": PASSWORD}], ids=[""])
@pytest.mark.parametrize("size", [(768, 1024)], ids=[""])
def test_the_name_of_one_word_is_not_broken(page: Page) -> None:
    """A window that is as wide as a tablet has room for it beside the links in every language."""
    log_in(page, PASSWORD)
    for tag in LANGUAGES:
        page.goto(f"/tags?lang={tag}")
        check_header(page, "Shoebox")
        assert page.evaluate(LINES_OF_NAME) == 1, tag


@pytest.mark.parametrize("settings", [{"admin_password": PASSWORD}], ids=[""])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_menu_opens_with_the_keyboard(page: Page) -> None:
    """Its links follow the button in the tab order."""
    add_photos(page, 1)
    page.goto("/")
    tab_to(page, page.get_by_label("Site").locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Your uploads"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your uploads")).to_be_visible()


@pytest.mark.parametrize("settings", [{"admin_password": PASSWORD}], ids=[""])
def test_the_menu_closes(page: Page) -> None:
    """Esc closes it and returns to its button; a click or the focus elsewhere closes it too."""
    page.goto("/")
    menu, button = page.locator(".menu"), page.locator(".menu summary")
    for close in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.mouse.click(5, 300),
        page.locator(".site-footer a").first.focus,
    ):
        button.click()
        expect(menu).to_have_attribute("open", "")
        close()
        expect(menu).not_to_have_attribute("open", "")
    button.press("Enter")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
