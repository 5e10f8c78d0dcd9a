"""Each photo that is sent shows its state."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import upload_photos
from tests.browser.test_visit import BATCH, fill_in, is_upload, send
from tests.browser.upload.tiles.held_uploads import hold_uploads

pytestmark = pytest.mark.browser

COUNT_LOCKS = """window.heldLocks = 0;
Object.defineProperty(navigator, 'wakeLock', { value: {
  request: async () => {
    window.heldLocks += 1;
    return { release: async () => { window.heldLocks -= 1; } };
  },
} });"""


def test_a_tile_says_what_was_kept(page: Page, tiles: Locator, photos: list[Path]) -> None:
    """The state of a photo that was added names the credit in its file."""
    page.goto("/upload")
    page.locator("[name=credit]").evaluate("field => { field.value = 'Anna'; }")
    page.locator("[name=license]").evaluate("field => { field.value = 'cc-by'; }")
    broken = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"none"}
    page.locator("[name=photo]").set_input_files(photos[:1])
    page.locator("[name=photo]").set_input_files([broken])  # type: ignore[list-item]
    send(page)
    expect(tiles.first).to_have_attribute("aria-label", re.compile("Kept: .*Anna · CC BY 4.0"))


@pytest.mark.parametrize("ignored_console_text", ["Failed to load resource"], ids=[""])
def test_an_upload_is_paused_and_canceled(page: Page, photos: list[Path]) -> None:
    """Both stop the requests and keep the photos; an upload goes on after them."""
    held = hold_uploads(page)
    waiting = page.locator(".upload-tiles .waiting")
    fill_in(page, photos)
    with page.expect_request(is_upload):
        send(page)
    page.get_by_role("button", name="Pause").click()
    expect(waiting).to_have_count(3)
    expect(page.locator("form.upload > [role=status]")).to_contain_text("Paused.")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator(".upload-tiles .uploading")).to_have_count(3)
    page.get_by_role("button", name="Cancel").click()
    expect(waiting).to_have_count(3)
    held.clear()
    page.unroute_all()
    page.get_by_role("button", name="Add 3 photos").click()
    page.wait_for_url(BATCH)
    page.goto("/")
    expect(page.locator(".gallery > li")).to_have_count(3)


def test_each_file_is_sent_with_its_position(page: Page, photos: list[Path]) -> None:
    """The position is that in the order of choice, without the files that were removed."""
    held = hold_uploads(page)
    fill_in(page, photos)
    page.get_by_role("button", name="IMG_1.jpg").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("dialog")).to_have_accessible_name("IMG_2.jpg")
    page.keyboard.press("Escape")
    with page.expect_request(is_upload):
        send(page)
    expect(page.locator(".upload-tiles .uploading")).to_have_count(2)
    while len(held) < 2:
        page.wait_for_timeout(10)
    sent = {_part(route, "position") for route in held}
    assert sent == {"0", "2"}
    for route in held:
        route.continue_()
    page.wait_for_url(BATCH)


def _part(route: Route, name: str) -> str:
    """Return a text field of a request with a file."""
    body = (route.request.post_data_buffer or b"").decode("latin-1")
    return body.split(f'name="{name}"\r\n\r\n')[1].split("\r\n")[0]


def test_photos_of_a_page_that_was_left_open_are_on_top(page: Page, photos: list[Path]) -> None:
    """Their batch begins when they are sent, not when the page was opened."""
    page.goto("/upload")
    upload_photos(page, [photos[2].read_bytes()])
    page.locator("[name=photo]").set_input_files(photos[:2])
    send(page)
    page.wait_for_url(BATCH)
    page.goto("/")
    captions = page.locator(".gallery .caption")
    expect(captions).to_have_count(3)
    expect(captions.last).to_have_text("Photo 0")


def test_the_screen_stays_on_during_an_upload(page: Page, photos: list[Path]) -> None:
    """The wake lock is held while photos are sent, and given back after that."""
    page.add_init_script(COUNT_LOCKS)
    held = hold_uploads(page)
    fill_in(page, photos[:1])
    with page.expect_request(is_upload):
        send(page)
    page.wait_for_function("() => window.heldLocks === 1")
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_function("() => window.heldLocks === 0")
    held.clear()
