"""Pages on paper: photos, their texts and the address, and nothing to click."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import add_photos

pytestmark = pytest.mark.browser

BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("settings", [{"admin_password": "admin password"}], ids=[""])
@pytest.mark.parametrize("preferences", [{"color_scheme": "dark"}], ids=["dark"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_photo_is_printed_with_its_texts(page: Page, site_url: str, *, scripts: bool) -> None:
    """Its actions are left out, and paper is white although the screen is dark."""
    path = add_photos(page, 2, description="A pier.")[0]
    page.goto(path)
    expect(page.locator(".print-only")).to_be_hidden()
    expect(page.get_by_text("Something wrong with this photo?")).to_be_visible()
    page.emulate_media(media="print")
    for text in (page.get_by_role("heading", level=1), page.get_by_text("A pier.")):
        expect(text).to_be_visible()
    expect(page.locator(".print-only")).to_contain_text(f"{site_url}{path}" if scripts else path)
    expect(page.locator(".open-full img")).to_be_visible()
    for control in page.locator("button, .button, nav, summary").all():
        expect(control).to_be_hidden()
    expect(page.get_by_text("Something wrong with this photo?")).to_be_hidden()
    assert page.evaluate(BACKGROUND) == "rgb(252, 252, 251)"


@pytest.mark.parametrize("size", [(1280, 800)], ids=["desktop"])
def test_a_gallery_is_printed_with_captions(page: Page) -> None:
    """On the screen a caption shows when the visitor points at its photo."""
    add_photos(page, 7)
    page.goto("/")
    page.emulate_media(media="print")
    expect(page.locator(".caption")).to_have_count(7)
    for caption in page.locator(".caption").all():
        expect(caption).to_have_css("opacity", "1")
    expect(page.locator(".site-header")).to_be_hidden()
