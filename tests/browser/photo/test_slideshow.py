"""The slideshow in a browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import add_photos

pytestmark = pytest.mark.browser

CLOSE = ".slideshow .full-close"


@pytest.fixture
def size() -> tuple[int, int]:
    return 1280, 800


@pytest.fixture(params=["reduce", "no-preference"])
def preferences(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"reduced_motion": request.param}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_next_photo_follows_by_itself(page: Page, *, scripts: bool) -> None:
    """With a script in the same document, and a link keeps the focus."""
    newest, older = add_photos(page, 2)
    page.goto("/slideshow")
    expect(page.locator(CLOSE)).to_have_attribute("href", newest)
    page.locator(CLOSE).focus()
    expect(page.locator(CLOSE)).to_have_attribute("href", older)
    assert page.locator(".slideshow img").get_attribute("src") != ""
    if scripts:
        expect(page.locator(CLOSE)).to_be_focused()
        assert "before=" in page.url


def test_keys_control_it(page: Page) -> None:
    """The arrows open other photos, space pauses, and Escape closes."""
    newest, older = add_photos(page, 2)
    page.goto("/slideshow")
    page.keyboard.press("ArrowRight")
    expect(page.locator(CLOSE)).to_have_attribute("href", older)
    page.keyboard.press("ArrowLeft")
    expect(page.locator(CLOSE)).to_have_attribute("href", newest)
    page.keyboard.press(" ")
    page.wait_for_url("**/slideshow?*paused=*")
    expect(page.get_by_role("link", name="Play")).to_be_visible()
    expect(page.locator(CLOSE)).to_have_attribute("href", newest)
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{newest}")


def test_space_starts_it_in_full_screen(page: Page) -> None:
    _, older = add_photos(page, 2)
    page.goto(f"{older}#full")
    page.keyboard.press(" ")
    page.wait_for_url("**/slideshow?before=*")
    expect(page.locator(CLOSE)).to_have_attribute("href", older)
