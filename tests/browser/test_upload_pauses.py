"""Uploads that are interrupted or meet bad files, on a phone: each has its message and remedy."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.screens.all_screens import log_in
from tests.browser.test_visit import BATCH, NO_HORIZONTAL_SCROLL, fill_in, is_upload, send
from tests.sample_images import jpeg

pytestmark = pytest.mark.browser

# Drops a folder made of {name: bytes or a folder}, which is faster than a real one.
DROP_FOLDER = """([name, tree]) => {
  const entryOf = (name, content) => Array.isArray(content)
    ? {
      name, isFile: true,
      file: (resolve) => resolve(new File([new Uint8Array(content)], name, { type: typeOf(name) })),
    }
    : { name, isDirectory: true, createReader: () => readerOf(Object.entries(content)) };
  const typeOf = (name) => name.endsWith('.jpg') ? 'image/jpeg' : 'text/plain';
  const readerOf = (children) => ({
    readEntries: (resolve) => resolve(children.splice(0, 100).map((child) => entryOf(...child))),
  });
  const files = new DataTransfer();
  files.items.add(new File([], name));
  DataTransferItem.prototype.webkitGetAsEntry = () => entryOf(name, tree);
  const options = { bubbles: true, cancelable: true, dataTransfer: files };
  document.dispatchEvent(new DragEvent('drop', options));
}"""


@pytest.fixture
def size() -> tuple[int, int]:
    return 390, 844


@pytest.fixture
def notice(page: Page) -> Locator:
    return page.locator("form.upload > .upload-bar")


def expect_announced(page: Page, text: str) -> None:
    """Check that a screen reader announces the text, and that the page fits the window."""
    expect(page.locator("form.upload > [role=status]")).to_contain_text(text)
    assert page.evaluate(NO_HORIZONTAL_SCROLL)


def answer_once(page: Page, answer: Callable[[Route], None]) -> None:
    """Answer the first upload with `answer`, and the next ones by the site."""
    answered: list[Route] = []

    def handle(route: Route) -> None:
        if route.request.method != "POST" or answered:
            route.continue_()
            return
        answered.append(route)
        answer(route)

    page.route("**/upload", handle)


@pytest.mark.parametrize("ignored_console_text", ["ERR_UPLOAD_FILE_CHANGED"], ids=[""])
def test_a_changed_file_can_be_chosen_again(page: Page, photos: list[Path]) -> None:
    """The dialog says that the file has changed. The file chosen in its place is uploaded."""
    fill_in(page, photos[:1], title="Pier")
    photos[0].write_bytes(jpeg(300, 200))
    os.utime(photos[0], (0, 0))  # Chromium compares the time in seconds
    send(page)
    expect_announced(page, "1 photo wasn’t added.")
    page.get_by_role("button", name="Show problems").click()
    expect(page.get_by_text("This file has changed since you chose it.")).to_be_visible()
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose again").click()
    chooser.value.set_files(photos[1])
    expect(page.get_by_role("dialog")).to_have_accessible_name("IMG_1.jpg")
    expect(page.get_by_role("button", name="Done")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add 1 photo").click()
    page.wait_for_url("**/photos/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pier")


def test_an_empty_file_can_be_chosen_again(page: Page, photos: list[Path], tmp_path: Path) -> None:
    """A file of 0 bytes is not sent; the one chosen in its place is."""
    empty = tmp_path / "empty.jpg"
    empty.touch()
    fill_in(page, [empty])
    page.get_by_role("button", name="empty.jpg").click()
    expect(page.get_by_text("This file is empty.")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose again").click()
    chooser.value.set_files(photos[0])
    page.keyboard.press("Escape")
    send(page)
    page.wait_for_url("**/photos/*")


# The site may still count the interrupted forms, and answer the next ones with 503.
@pytest.mark.parametrize("ignored_console_text", ["Failed to load resource"], ids=[""])
def test_an_upload_waits_for_the_connection(
    page: Page, photos: list[Path], notice: Locator
) -> None:
    """Going offline pauses the upload, and it continues by itself."""
    held: list[Route] = []
    answer_once(page, held.append)
    fill_in(page, photos)
    with page.expect_request(is_upload):
        send(page)
    page.context.set_offline(offline=True)
    expect(notice).to_contain_text("You’re offline.")
    expect_announced(page, "You’re offline. The upload continues when the connection is back.")
    expect(page.locator(".upload-tiles .waiting")).to_have_count(3)
    page.context.set_offline(offline=False)
    page.wait_for_url(BATCH)
    page.goto("/")
    expect(page.locator(".gallery > li")).to_have_count(3)


@pytest.mark.parametrize("ignored_console_text", ["status of 503"], ids=[""])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_an_upload_waits_for_a_busy_site(
    page: Page, photos: list[Path], notice: Locator, form: str
) -> None:
    """It continues after Retry-After, in seconds or as a date, or at once by the button."""
    until = datetime.now(UTC) + timedelta(seconds=90)
    retry_after = "90" if form == "seconds" else format_datetime(until, usegmt=True)
    headers = {"Retry-After": retry_after}
    answer_once(page, lambda route: route.fulfill(status=503, headers=headers, body=""))
    page.clock.install()
    fill_in(page, photos[:1])
    send(page)
    expect(notice).to_contain_text("The site is busy. The upload continues in")
    expect_announced(page, "The site is busy. The upload continues in")
    page.clock.run_for(100_000)
    page.wait_for_url("**/photos/*")


@pytest.mark.parametrize("ignored_console_text", ["status of 429"], ids=[""])
def test_a_pause_can_be_ended_by_hand(page: Page, photos: list[Path], notice: Locator) -> None:
    """The button continues before the time is over. A long time is in minutes."""
    headers = {"Retry-After": "600"}
    answer_once(page, lambda route: route.fulfill(status=429, headers=headers, body=""))
    fill_in(page, photos[:1])
    send(page)
    expect(notice).to_contain_text("many photos in a short time. The upload continues in 10 min")
    notice.get_by_role("button", name="Resume").click()
    page.wait_for_url("**/photos/*")


@pytest.mark.parametrize("settings", [{"upload_password": "upload password"}], ids=[""])
@pytest.mark.parametrize("ignored_console_text", ["status of 403"], ids=[""])
def test_an_upload_waits_for_a_new_login(
    page: Page, photos: list[Path], notice: Locator, settings: dict[str, Any]
) -> None:
    """After the session has ended, the visitor logs in in a new tab and continues."""
    log_in(page, settings["upload_password"])
    fill_in(page, photos, title="Kept")
    page.context.clear_cookies(name=re.compile("^session"))
    send(page)
    expect(notice).to_contain_text("Your login has ended.")
    expect_announced(page, "Your photos stay in the list.")
    with page.expect_popup() as popup:
        notice.get_by_role("link", name="Log in").click()
    popup.value.get_by_label("Password").fill(settings["upload_password"])
    popup.value.get_by_role("button", name="Log in").click()
    popup.value.wait_for_url(lambda url: "/login" not in url)
    notice.get_by_role("button", name="Resume").click()
    page.wait_for_url(BATCH)
    page.goto("/")
    expect(page.get_by_role("img", name="Kept")).to_have_count(3)


@pytest.mark.parametrize("status", [200, 201])
def test_an_empty_response_can_be_retried(page: Page, photos: list[Path], status: int) -> None:
    """A photo that was added although its response was lost is not added twice."""

    def lose_the_body(route: Route) -> None:
        route.fetch()
        route.fulfill(status=status, body="")

    answer_once(page, lose_the_body)
    fill_in(page, photos[:1])
    send(page)
    page.get_by_role("button", name="Show problems").click()
    expect(page.get_by_text("The site’s response was empty or unreadable.")).to_be_visible()
    page.get_by_role("button", name="Retry", exact=True).click()
    page.wait_for_url("**/photos/*")
    page.goto("/")
    expect(page.locator(".gallery > li")).to_have_count(1)


def test_the_photos_of_a_dropped_folder_are_added(page: Page, tmp_path: Path) -> None:
    """Photos in inner folders too; hidden files are skipped, other files are counted."""
    inner = tmp_path / "Trip" / "inner"
    inner.mkdir(parents=True)
    for number in range(120):  # browsers list a folder in groups of 100
        (inner / f"{number}.jpg").write_bytes(b"photo")
    (tmp_path / "Trip" / "b.HEIC").write_bytes(b"photo")
    (inner / "notes.txt").write_text("no photo")
    (inner / ".hidden.jpg").write_bytes(b"photo")
    page.goto("/upload")
    drop(page, tmp_path / "Trip")
    expect(page.locator(".upload-tiles li")).to_have_count(121)
    expect(page.get_by_text("1 other file in the folder was left out.").first).to_be_visible()
    expect_announced(page, "121 photos chosen. 1 other file in the folder was left out.")


def drop(page: Page, path: Path) -> None:
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, "x": 100, "y": 300, "data": data}
        session.send("Input.dispatchDragEvent", event)


# The site answers only so many questions about duplicates.
@pytest.mark.parametrize("ignored_console_text", ["status of 429"], ids=[""])
@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"notes.txt": [65], "inner": {}}, "There are no photos in this folder."),
        (
            {"a.jpg": [1]} | {"d": {"d": {"d": {"d": {"d": {"d": {"d": {"d": {"b.jpg": [1]}}}}}}}}},
            "This folder has too many files. Only 1 photo was taken.",
        ),
        (
            {f"{number}.jpg": [number % 250] * (1 + number // 250) for number in range(1010)},
            "This folder has too many files. Only 1,000 photos were taken.",
        ),
    ],
    ids=["none", "deep", "many"],
)
def test_a_dropped_folder_has_limits(page: Page, tree: dict[str, Any], message: str) -> None:
    """Without photos, with too many or too deep, the folder's message says so."""
    page.goto("/upload")
    page.evaluate(DROP_FOLDER, ["Trip", tree])
    expect(page.locator(".drop-zone + .hint")).to_have_text(message)
    expect_announced(page, message)
