"""The tiles of the chosen photos: nothing chosen is lost."""

from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.browser.test_visit import NO_HORIZONTAL_SCROLL, fill_in
from tests.sample_images import jpeg

pytestmark = pytest.mark.browser

MAX_SCREENS = 8  # for 120 photos on a phone
BOTTOM = "it => it.getBoundingClientRect().bottom"


def test_120_photos_take_8_screens(page: Page, tiles: Locator) -> None:
    """The page with 120 chosen photos is short on a phone, with no tile wider than the window."""
    page.goto("/upload")
    photo = jpeg(60, 40)
    files = [
        {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": photo}
        for number in range(120)
    ]
    page.locator("[name=photo]").set_input_files(files)  # type: ignore[arg-type]
    expect(tiles).to_have_count(120)
    height = page.evaluate("document.documentElement.scrollHeight / innerHeight")
    assert height <= MAX_SCREENS
    assert page.evaluate(NO_HORIZONTAL_SCROLL)
    expect(page.get_by_role("button", name="Add 120 photos · ")).to_be_in_viewport()


def test_choosing_again_adds_to_the_photos(page: Page, tiles: Locator, photos: list[Path]) -> None:
    """A second choice is added in order, and a file that is chosen twice is there once."""
    fill_in(page, photos[:2])
    page.locator("[name=photo]").set_input_files(photos[1:])
    expect(tiles).to_have_count(3)
    names = [(tile.get_attribute("aria-label") or "").split(":")[0] for tile in tiles.all()]
    assert names == ["IMG_0.jpg", "IMG_1.jpg", "IMG_2.jpg"]


def test_no_link_loses_the_chosen_photos(page: Page, tiles: Locator, photos: list[Path]) -> None:
    """The header's link to this page does nothing; the language and other links ask first."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    fill_in(page, photos, title="Kept")
    page.locator(".site-header [href$='/upload']").first.click()
    assert asked == []
    for name in ("한국어", "Shoebox"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(tiles).to_have_count(3)
    assert asked == ["beforeunload"] * 2
    expect(page.locator("form [name=title]")).to_have_value("Kept")
    page.remove_listener("dialog", stay)
    page.on("dialog", lambda dialog: dialog.accept())  # leaves at the end of the test


def test_a_file_that_can_t_be_shown_has_its_type(page: Page, tiles: Locator) -> None:
    """A HEIC has a plain tile with its type, and is sent as well."""
    page.goto("/upload")
    file = {"name": "IMG_0.HEIC", "mimeType": "image/heic", "buffer": b"photo"}
    page.locator("[name=photo]").set_input_files(file)  # type: ignore[arg-type]
    expect(tiles).to_have_text("HEIC")
    expect(tiles).to_have_accessible_name("IMG_0.HEIC: Waiting · 0 kB")
    expect(page.get_by_role("button", name="Add 1 photo")).to_be_visible()


def test_no_button_covers_a_field_of_the_dialog(
    page: Page, tiles: Locator, photos: list[Path]
) -> None:
    """A field that gets the focus scrolls to where the button at the end does not cover it."""
    fill_in(page, photos[:1])
    tiles.first.click()
    dialog = page.get_by_role("dialog")
    done = dialog.get_by_role("button", name="Done")
    for height in range(400, 700, 30):
        page.set_viewport_size({"width": 390, "height": height})
        dialog.get_by_label("Title").focus()
        for name in ("Alternative text", "Tags"):
            page.keyboard.press("Tab")
            bottom = dialog.get_by_label(name).evaluate(BOTTOM)
            assert bottom <= done.evaluate("it => it.getBoundingClientRect().top"), (name, height)
