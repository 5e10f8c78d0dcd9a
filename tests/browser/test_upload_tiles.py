"""The tiles of the chosen photos: nothing chosen is lost, and each photo shows its state."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from tests.browser.conftest import upload_photos
from tests.browser.test_visit import BATCH, NO_HORIZONTAL_SCROLL, fill_in, is_upload, send
from tests.sample_images import jpeg

pytestmark = pytest.mark.browser

MAX_SCREENS = 8  # for 120 photos on a phone
COUNT_LOCKS = """window.heldLocks = 0;
Object.defineProperty(navigator, 'wakeLock', { value: {
  request: async () => {
    window.heldLocks += 1;
    return { release: async () => { window.heldLocks -= 1; } };
  },
} });"""


@pytest.fixture
def size() -> tuple[int, int]:
    return 390, 844


@pytest.fixture
def tiles(page: Page) -> Locator:
    return page.locator(".upload-tiles button")


def hold_uploads(page: Page) -> list[Route]:
    """Return the requests with a photo, which wait until `continue_` is called."""
    held: list[Route] = []
    page.route(
        "**/upload",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    return held


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


def test_a_duplicate_is_not_sent(page: Page, photos: list[Path]) -> None:
    """A photo that the site has is skipped, with a link to it. The visitor can add it anyway."""
    [path] = upload_photos(page, [photos[0].read_bytes()])
    sent: list[bytes] = []

    def record(route: Route) -> None:
        if is_upload(route.request):
            sent.append(route.request.post_data_buffer or b"")
        route.continue_()

    page.route("**/upload", record)
    fill_in(page, photos[:2])
    expect(page.locator(".upload-tiles .duplicate")).to_have_count(1)
    send(page)
    expect(page.get_by_text("1 photo added.", exact=True)).to_be_visible()
    expect(page.get_by_text("1 photo is already here.").first).to_be_visible()
    page.get_by_role("button", name="Show problems").click()
    expect(page.get_by_role("link", name="View")).to_have_attribute("href", path)
    page.get_by_role("button", name="Add anyway").click()
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Add 1 photo").click()
    page.wait_for_url(BATCH)
    assert [b'name="add_duplicates"' in body for body in sent] == [False, True]
    page.goto("/")
    expect(page.locator(".gallery > li")).to_have_count(3)


def answer_lookups(page: Page) -> list[list[str]]:
    """Find no duplicates. Return the hashes of each request."""
    asked: list[list[str]] = []

    def answer(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "")["sha256"])
        route.fulfill(json={"duplicates": {}})

    page.route("**/upload/duplicates", answer)
    return asked


def test_a_duplicate_that_the_site_finds_is_skipped(page: Page, photos: list[Path]) -> None:
    """If the script does not know of it, the answer to the photo says that the site has it."""
    answer_lookups(page)
    upload_photos(page, [photos[0].read_bytes()])
    fill_in(page, photos[:1])
    send(page)
    expect(page.locator("form.upload > [role=status]")).to_have_text("1 photo is already here.")
    expect(page.locator(".upload-tiles .duplicate")).to_have_count(1)


def test_at_most_50_hashes_are_asked_for_at_once(page: Page, tiles: Locator) -> None:
    """The files of a large choice are asked for in several requests."""
    asked = answer_lookups(page)
    page.goto("/upload")
    files = [
        {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": bytes([number])}
        for number in range(110)
    ]
    page.locator("[name=photo]").set_input_files(files)  # type: ignore[arg-type]
    expect(tiles).to_have_count(110)
    while sum(map(len, asked)) < len(files):
        page.wait_for_timeout(50)
    assert max(map(len, asked)) <= 50
    assert len({sha256 for hashes in asked for sha256 in hashes}) == 110


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
