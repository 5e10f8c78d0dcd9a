"""Ways through the site: with the keyboard alone, and without scripts."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import add_photos, open_actions
from tests.browser.test_keyboard import follow, tab_to
from tests.browser.test_visit import BATCH, fill_in, send

pytestmark = pytest.mark.browser


@pytest.fixture
def size() -> tuple[int, int]:
    return 1280, 800


def open_with_keyboard(page: Page, selector: str) -> None:
    tab_to(page, page.locator(selector).first)
    page.keyboard.press("Enter")


def press(page: Page, key: str) -> None:
    """Press the key when the scripts of the page listen."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def test_a_tag_is_looked_through_with_the_keyboard(page: Page) -> None:
    """From the tags to a photo, in full screen to the next one, and back to its place."""
    newer, older = add_photos(page, 2, tags="lake")
    add_photos(page, 1, tags="sea")
    page.goto("/")
    follow(page, "link", "Tags")
    page.wait_for_url("**/tags")
    open_with_keyboard(page, "main a[href$='/tags/lake']")
    page.wait_for_url("**/tags/lake")
    open_with_keyboard(page, ".gallery a")
    page.wait_for_url(f"**{newer}?in=tag:lake")
    open_with_keyboard(page, ".open-full")
    expect(page.locator(".full-close")).to_be_visible()
    press(page, "ArrowRight")
    page.wait_for_url(f"**{older}?in=tag:lake#full")
    press(page, "Escape")
    expect(page.locator(".full-close")).to_be_hidden()
    tab_to(page, page.locator(".photo-bar a").first, "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tags/lake#*")
    expect(page.locator(".gallery li")).to_have_count(2)


def test_a_slideshow_is_controlled_with_the_keyboard(page: Page) -> None:
    """It starts from a photo, pauses, and closes."""
    newer, _ = add_photos(page, 2)
    page.goto(newer)
    follow(page, "link", "Slideshow")
    page.wait_for_url("**/slideshow?*")
    press(page, " ")
    page.wait_for_url("**paused=*")
    press(page, "Escape")
    page.wait_for_url("**/photos/*")


def test_a_photo_is_rotated_and_shared_with_the_keyboard(page: Page) -> None:
    """The menu beside the title rotates it. The QR code below it opens."""
    [path] = add_photos(page, 1, shapes=[(160, 120)])
    page.goto(path)
    open_with_keyboard(page, "main .menu summary")
    follow(page, "button", "Rotate right")
    expect(page.locator(".open-full img")).to_have_attribute("width", "120")
    open_with_keyboard(page, ".share summary:text('QR code')")
    expect(page.locator(".qr-code")).to_be_visible()


@pytest.mark.parametrize("scripts", [False], ids=["no scripts"])
def test_a_photo_is_rotated_hidden_and_shared_without_scripts(page: Page) -> None:
    """The menus, the QR code and the embed codes open, and forms are sent."""
    [path] = add_photos(page, 1, shapes=[(160, 120)])
    page.goto("/")
    page.get_by_label("Site").locator("summary").click()
    expect(page.get_by_role("link", name="Your uploads")).to_be_visible()
    page.goto(path)
    open_actions(page)
    page.get_by_role("button", name="Rotate right").click()
    expect(page.locator(".open-full img")).to_have_attribute("width", "120")
    for summary, content in (("QR code", ".qr-code"), ("Embed", ".embed-codes")):
        page.get_by_text(summary, exact=True).click()
        expect(page.locator(content)).to_be_visible()
    open_actions(page)
    page.get_by_role("button", name="Hide").click()
    expect(page.get_by_role("link", name="Slideshow")).to_have_count(0)


@pytest.mark.parametrize("scripts", [False], ids=["no scripts"])
def test_a_batch_is_credited_and_undone_without_scripts(page: Page, photos: list[Path]) -> None:
    """Its page says how many photos were added, and one button deletes them."""
    fill_in(page, photos, tags="lake")
    page.get_by_text("Credit and license", exact=True).click()
    page.get_by_label("License", exact=False).first.select_option("CC BY 4.0")
    send(page)
    page.wait_for_url(BATCH)
    expect(page.get_by_role("heading", level=1)).to_have_text("3 photos added")
    page.locator("main a[href*='/photos/']").first.click()
    expect(page.get_by_role("link", name="CC BY 4.0")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Undo").click()
    page.goto("/")
    expect(page.locator(".gallery li")).to_have_count(0)
