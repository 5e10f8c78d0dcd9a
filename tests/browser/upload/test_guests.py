"""The whole visit of a guest on a phone, with and without scripts."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens.opening import HEADERS
from tests.browser.test_visit import NO_HORIZONTAL_SCROLL
from tests.sample_images import jpeg

pytestmark = pytest.mark.browser
PASSWORD = "a long password"


@pytest.fixture
def size() -> tuple[int, int]:
    return 390, 844


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"upload_password": PASSWORD}


def make_link(page: Page) -> str:
    """Make an unlisted album as a contributor who knows the password, and return its link."""
    headers = HEADERS | {"Authorization": f"Bearer {PASSWORD}"}
    form = {"title": "Anna & Ben", "visibility": "unlisted"}
    page.request.get("/albums/new", headers=headers)
    made = page.request.post("/albums/new", headers=headers, form=form)
    settings = {"guest_access": "add", "guest_limit": "9", "guest_name": "y", "version": "1"}
    host = page.request.post(f"{made.url}/guests", headers=headers, form=settings).text()
    page.context.clear_cookies()
    return re.findall("/join/[a-z2-7]{16}", host)[0]


def files(*numbers: int) -> list[dict[str, Any]]:
    return [
        {"name": f"IMG_{number}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(80 + number, 60)}
        for number in numbers
    ]


def test_a_guest_adds_photos_and_deletes_one(page: Page) -> None:
    """No login, no account, and every page fits the phone."""
    page.goto(make_link(page))
    expect(page.get_by_role("heading", level=1)).to_have_text("Anna & Ben")
    assert page.evaluate(NO_HORIZONTAL_SCROLL)
    page.get_by_label("Your first name").fill("Mina")
    page.get_by_role("main").get_by_role("button", name="Add photos").click()
    page.wait_for_url("**/upload")
    expect(page.get_by_label("Your first name")).to_have_value("Mina")
    assert page.evaluate(NO_HORIZONTAL_SCROLL)
    page.locator("input[name=photo]").set_input_files(files(0, 1))
    page.locator("form.upload button").last.click()
    page.wait_for_url("**/thanks")
    expect(page.locator(".gallery li")).to_have_count(2)
    assert page.evaluate(NO_HORIZONTAL_SCROLL)
    page.locator(".gallery a").first.click()
    expect(page.get_by_text("Added by Mina")).to_be_visible()
    page.goto(f"{page.url.partition('?')[0]}/delete")
    page.get_by_role("button", name="Delete").click()
    page.goto("/uploads")
    expect(page.locator(".thumbnail-list > li")).to_have_count(1)


def test_a_guest_adds_photos_with_the_keyboard(page: Page) -> None:
    """From the link to the photos, as a screen reader reads the page."""
    page.goto(make_link(page))
    page.get_by_label("Your first name").focus()
    page.keyboard.type("Mina")
    page.keyboard.press("Enter")
    page.wait_for_url("**/upload")
    page.get_by_label("Choose photos").set_input_files(files(2))
    page.locator("form.upload button").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    expect(page.get_by_role("link", name="Add more")).to_be_visible()
