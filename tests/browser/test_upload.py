"""The script of the upload form."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import add_photos
from tests.browser.test_visit import BATCH, fill_in, is_upload, send
from tests.sample_images import jpeg

PASTE_OR_DROP = """([event, name, bytes]) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], name, { type: "image/jpeg" }));
  const options = { bubbles: true, cancelable: true };
  document.dispatchEvent(event === "paste"
    ? new ClipboardEvent(event, { ...options, clipboardData: files })
    : new DragEvent(event, { ...options, dataTransfer: files }));
}"""
BLOCKS_UNLOAD = "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"
TIME_LEFT = """async ([sent, total]) => {
  const { timeLeft } = await import(window.uploadBar);
  return timeLeft(sent, total);
}"""


@pytest.fixture
def size() -> tuple[int, int]:
    return 1280, 800


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"max_upload_mb": 1}


@pytest.mark.browser
def test_invalid_files_are_not_sent(page: Page, tmp_path: Path, photos: list[Path]) -> None:
    """Large, empty and unsupported files show an error at once, by the server's limits."""
    big = tmp_path / "big.jpg"
    empty = tmp_path / "empty.jpg"
    letter = tmp_path / "letter.txt"
    big.write_bytes(jpeg() + bytes(2**20))
    empty.touch()
    letter.write_text("text")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if is_upload(request) else None)
    fill_in(page, [big, empty, letter])
    tiles = page.locator(".upload-tiles button")
    for number, error in enumerate(("limit 1\u00a0MB", "empty", "type isn’t supported")):
        expect(tiles.nth(number)).to_have_accessible_name(re.compile(error))
    page.get_by_role("button", name="Show problems").click()
    expect(page.get_by_text("limit 1 MB")).to_be_visible()
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)
    page.keyboard.press("Escape")
    page.locator("[name=photo]").set_input_files(photos[0])
    send(page)
    expect(page.get_by_text("1 photo added.", exact=True)).to_be_visible()
    expect(page.get_by_text("3 photos weren’t added.").first).to_be_visible()
    assert len(sent) == 1


@pytest.mark.browser
def test_each_of_several_photos_has_its_own_fields(page: Page, photos: list[Path]) -> None:
    """A photo's own title and alternative text win over the form's. Its own tags are added."""
    fill_in(page, photos[:2], title="A walk", alt="Somewhere", tags="sea")
    page.get_by_role("button", name="IMG_0.jpg").click()
    page.locator("[name=own-title]").fill("The pier")
    page.locator("[name=own-alt]").fill("A long pier")
    page.locator("[name=own-tags]").fill("pier")
    page.get_by_role("button", name="Done").click()
    send(page)
    page.wait_for_url(BATCH)
    page.goto("/")
    expect(page.get_by_role("img", name="A long pier")).to_be_visible()
    expect(page.get_by_role("img", name="Somewhere")).to_be_visible()
    page.get_by_role("img", name="A long pier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The pier")
    expect(page.locator(".tags a")).to_have_text(["sea", "pier"])


@pytest.mark.browser
def test_the_dialog_goes_through_all_photos(page: Page, photos: list[Path]) -> None:
    """Each photo keeps its texts, and the focus returns to the tile of the photo shown last."""
    fill_in(page, photos)
    page.get_by_role("button", name="IMG_0.jpg").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_have_accessible_name("IMG_0.jpg")
    expect(dialog.locator("canvas")).to_have_js_property("height", 640)
    page.locator("[name=own-title]").fill("The pier")
    page.get_by_role("button", name="Next photo").click()
    expect(dialog).to_have_accessible_name("IMG_1.jpg")
    expect(page.locator("[name=own-title]")).to_have_value("")
    page.get_by_role("button", name="Previous photo").click()
    expect(page.locator("[name=own-title]")).to_have_value("The pier")
    page.get_by_role("button", name="Previous photo").click()
    expect(dialog).to_contain_text("3 of 3")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="IMG_2.jpg")).to_be_focused()


@pytest.mark.browser
@pytest.mark.parametrize("way", ["paste", "drop"])
def test_photos_are_pasted_and_dropped(page: Page, way: str) -> None:
    """Pasted and dropped files are added with a thumbnail, like chosen ones."""
    page.goto("/upload")
    page.evaluate(PASTE_OR_DROP, [way, "photo.jpg", list(jpeg(120, 80))])
    expect(page.get_by_role("button", name="photo.jpg")).to_be_visible()
    expect(page.get_by_role("button", name="Add 1 photo")).to_be_visible()
    expect(page.locator(".upload-tiles canvas")).to_have_js_property("width", 256)


@pytest.mark.browser
@pytest.mark.parametrize("ignored_console_text", ["net::ERR_FAILED"], ids=[""])
def test_a_lost_response_makes_no_second_photo(page: Page, photos: list[Path]) -> None:
    """If the connection fails after the upload, the retry makes no second photo."""
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort()

    page.route("**/upload", lose_the_first_answer)
    fill_in(page, photos[:1], title="Once")
    send(page)
    expect(page.locator(".upload-bar")).to_contain_text(
        "The connection was lost. The upload continues in 1 second."
    )
    page.wait_for_url("**/photos/*")
    assert len(lost) == 1
    page.goto("/")
    expect(page.locator(".gallery > li")).to_have_count(1)


@pytest.mark.browser
@pytest.mark.parametrize("ignored_console_text", ["status of 500"], ids=[""])
def test_a_failed_photo_can_be_retried(page: Page, photos: list[Path]) -> None:
    """The photo's dialog shows the error, with a button to retry."""
    page.route(
        "**/upload",
        lambda route: _fail(route) if route.request.method == "POST" else route.continue_(),
    )
    fill_in(page, photos[:1])
    send(page)
    page.get_by_role("button", name="Show problems").click()
    expect(page.get_by_text("Upload failed (500).")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Retry", exact=True).click()
    page.wait_for_url("**/photos/*")


@pytest.mark.browser
def test_three_photos_are_uploaded_at_a_time(page: Page, tmp_path: Path) -> None:
    """Of five photos three are uploaded, and the next starts when one is done."""
    files = [tmp_path / f"{number}.jpg" for number in range(5)]
    for file in files:
        file.write_bytes(jpeg(60, 40))
    held: list[Route] = []
    page.route(
        "**/upload",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    fill_in(page, files)
    with page.expect_request(is_upload):
        send(page)
    expect(page.locator(".upload-tiles .uploading progress")).to_have_count(3)
    held[0].continue_()
    expect(page.locator(".upload-tiles .added")).to_have_count(1)
    expect(page.locator(".upload-tiles .uploading")).to_have_count(3)
    expect(page.get_by_text("1 of 5 added")).to_be_visible()
    for route in held[1:]:
        route.continue_()


@pytest.mark.browser
def test_leaving_asks_for_confirmation(page: Page, photos: list[Path]) -> None:
    """The browser asks while photos wait or are uploaded, not before or after that."""
    held: list[Route] = []
    page.route(
        "**/upload",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    page.goto("/upload")
    assert page.evaluate(BLOCKS_UNLOAD) is False
    page.locator("[name=photo]").set_input_files(photos[:1])
    assert page.evaluate(BLOCKS_UNLOAD) is True
    with page.expect_request(is_upload):
        send(page)
    assert page.evaluate(BLOCKS_UNLOAD) is True
    held[0].continue_()
    page.wait_for_url("**/photos/*")


@pytest.mark.browser
def test_blocked_cookies_are_said_after_the_upload(page: Page, photos: list[Path]) -> None:
    """The page stays, says that the photos can't be changed, and may be left."""
    fill_in(page, photos[:2])
    page.context.clear_cookies()
    send(page)
    expect(page.get_by_text("Your browser blocks this site’s cookies").first).to_be_visible()
    expect(page.get_by_text("2 photos added.", exact=True)).to_be_visible()
    assert page.url.endswith("/upload")
    assert page.evaluate(BLOCKS_UNLOAD) is False


@pytest.mark.browser
@pytest.mark.parametrize("ignored_console_text", ["status of 500"], ids=[""])
def test_progress_is_announced(page: Page, photos: list[Path]) -> None:
    """A screen reader announces how many files are chosen, the upload and its result."""
    add_photos(page, 1)
    fill_in(page, photos)
    live = page.locator("form.upload > [role=status]")
    expect(live).to_have_text("3 photos chosen.")
    page.route("**/upload", _fail)
    send(page)
    expect(live).to_have_text("3 photos weren’t added.")
    expect(page.locator("progress")).to_have_count(4)
    assert page.evaluate(BLOCKS_UNLOAD) is True


@pytest.mark.browser
def test_the_time_left_is_estimated_from_the_speed(page: Page) -> None:
    """No estimate at first, then minutes, then less than a minute."""
    page.clock.install(time="2026-11-28T12:00")
    page.goto("/upload")
    page.clock.pause_at("2026-11-28T13:00")  # from here on, only run_for advances the clock
    sheet = page.locator("link[href*='/css/base.css']").get_attribute("href") or ""
    page.evaluate(
        "path => { window.uploadBar = path; }",
        sheet.replace("css/base.css", "js/upload-bar.js"),
    )
    page.evaluate("async () => (await import(window.uploadBar)).startTimer(0)")
    page.clock.run_for(1000)
    assert page.evaluate(TIME_LEFT, [10, 100]) == ""
    page.clock.run_for(9000)
    assert page.evaluate(TIME_LEFT, [25, 100]) == "less than a minute left"
    assert page.evaluate(TIME_LEFT, [1, 100]) == "about 17 minutes left"
    assert page.evaluate(TIME_LEFT, [100, 100]) == ""


def _fail(route: Route) -> None:
    route.fulfill(status=500, content_type="text/plain", body="")
