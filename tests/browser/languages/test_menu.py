"""The menu of languages in the footer."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.web.rendering import i18n
from tests.browser.languages.layout import layout_faults
from tests.translations.small_catalogs import write_catalogs

pytestmark = pytest.mark.browser

LANGUAGES = ("de", "es", "fr", "ja", "ko", "pt", "zh_Hans")
NAMES = ["Deutsch", "English", "Español", "Français", "日本語", "한국어", "Português", "简体中文"]


@pytest.fixture(autouse=True)
def _eight_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "translations"
    write_catalogs(folder, *LANGUAGES)
    install = i18n.init_app
    monkeypatch.setattr(i18n, "init_app", lambda app, _folder: install(app, folder))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_eight_languages_fit_and_work(page: Page) -> None:
    """Each has its own name and a target of 24 pixels at least, in the order of the tags."""
    page.goto("/tags")
    menu = page.get_by_role("navigation", name="Language")
    assert menu.locator("li").all_inner_texts() == NAMES
    expect(menu.locator("[aria-current]")).to_have_text("English")
    boxes = [link.bounding_box() for link in menu.locator("a").all()]
    assert all(box and box["height"] >= 24 and box["width"] >= 24 for box in boxes)
    assert layout_faults(page) == []
    menu_box = menu.bounding_box()
    assert menu_box
    assert menu_box["height"] <= 3 * 48


def test_a_language_is_chosen_with_the_keyboard(page: Page) -> None:
    """The links follow one another in the order of the menu."""
    page.goto("/tags")
    page.get_by_role("link", name="Deutsch").focus()
    page.keyboard.press("Tab")  # English is no link
    expect(page.get_by_role("link", name="Español")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator(".languages [aria-current]")).to_have_text("Español")
