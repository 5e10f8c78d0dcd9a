"""The whole visit of a guest on a phone, as a screen reader presents it, without scripts.

Each page is found by the roles and names of its parts, fits the phone, and passes axe.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe
from tests.browser.test_visit import NO_HORIZONTAL_SCROLL
from tests.browser.upload.test_guests import PASSWORD, files, make_link

pytestmark = pytest.mark.browser


@pytest.fixture
def size() -> tuple[int, int]:
    return 390, 844


@pytest.fixture
def scripts() -> bool:
    return False


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"upload_password": PASSWORD}


@pytest.fixture(params=["light", "dark"])
def preferences(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"color_scheme": request.param}


@pytest.fixture
def reader(
    browser: Browser, page: Page, site_url: str, preferences: dict[str, Any]
) -> Iterator[Page]:
    """A page with scripts, for axe alone, which needs timers. It runs no script of the site."""
    context = browser.new_context(base_url=site_url, viewport=page.viewport_size, **preferences)
    reader = context.new_page()
    reader.route("**/*.js*", lambda route: route.abort())
    yield reader
    context.close()


@pytest.fixture
def check(page: Page, reader: Page) -> Callable[[str, str], None]:
    """Check the title of a page, that it fits the phone, and that axe finds nothing in it."""

    def check(heading: str, title: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(page).to_have_title(title)
        expect(page.get_by_role("main")).to_have_count(1)
        assert page.evaluate(NO_HORIZONTAL_SCROLL)
        reader.route(page.url, lambda route: route.fulfill(body=page.content()))
        reader.goto(page.url)
        assert axe.violations(reader) == []

    return check


def test_a_guest_adds_photos_looks_at_them_and_deletes_one(
    page: Page, check: Callable[[str, str], None]
) -> None:
    """From the code on the table to the last photo, by roles and accessible names alone."""
    page.goto(make_link(page))
    main = page.get_by_role("main")
    check("Anna & Ben", "Anna & Ben · Shoebox")
    name = main.get_by_role("textbox", name="Your first name")
    expect(name).to_have_accessible_description(
        "Shown with the photos, and remembered in this browser."
    )
    name.fill("Mina")
    main.get_by_role("button", name="Add photos").click()

    check("Add photos", "Add photos · Anna & Ben")
    expect(main.get_by_role("textbox", name="Your first name")).to_have_value("Mina")
    main.get_by_label("Choose photos").set_input_files(files(0, 1))
    main.get_by_role("button", name="Add").last.click()

    check("Thank you", "Thank you · Anna & Ben")
    own = main.get_by_role("list").get_by_role("link")
    expect(own).to_have_count(2)
    expect(main.get_by_role("link", name="Add more")).to_be_visible()
    own.first.click()

    photo_title = main.get_by_role("heading", level=1).inner_text()
    check(photo_title, f"Photo, {photo_title} · Shoebox")
    expect(main.get_by_text("Added by Mina")).to_be_visible()
    main.locator("summary").filter(has_text="Actions").click()
    main.get_by_role("link", name="Delete").click()

    check("Delete this photo?", f"Delete Photo, {photo_title}? · Shoebox")
    main.get_by_role("button", name="Delete").click()

    check("Your uploads", "Your uploads · Shoebox")
    expect(page.get_by_role("status")).to_contain_text(f"Photo ({photo_title}) deleted.")
    expect(page.get_by_role("status").get_by_role("button", name="Undo")).to_be_visible()
    expect(main.get_by_role("listitem").get_by_role("img")).to_have_count(1)
