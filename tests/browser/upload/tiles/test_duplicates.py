"""Photos that the site has are skipped."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import upload_photos
from tests.browser.test_visit import BATCH, fill_in, is_upload, send

pytestmark = pytest.mark.browser


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
