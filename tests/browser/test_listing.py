"""A listing without an end to its pages."""

import pytest
from playwright.sync_api import Page, expect

from app.web.pagination import PAGE_SIZE
from tests.browser.conftest import add_photos

ALL = PAGE_SIZE + 15
PHOTOS = ".gallery > li"
TOP_OF = "path => document.querySelector(`.gallery a[href='${path}']`).getBoundingClientRect().top"


@pytest.fixture
def size() -> tuple[int, int]:
    return 390, 844


@pytest.mark.browser
def test_the_next_page_follows_without_a_break(page: Page) -> None:
    """Near the end the older photos are added, that is said, and the address is the page's that is looked at."""
    add_photos(page, ALL)
    page.goto("/")
    expect(page.locator(PHOTOS)).to_have_count(PAGE_SIZE)
    older = page.get_by_role("link", name="Older").get_attribute("href") or ""
    page.get_by_role("link", name="Older").scroll_into_view_if_needed()
    expect(page.locator(PHOTOS)).to_have_count(ALL)
    expect(page.get_by_role("status").filter(has_text="15 more photos.")).to_have_count(1)
    expect(page.get_by_role("link", name="Older")).to_have_count(0)
    page.keyboard.press("End")
    page.wait_for_url(f"**{older}")
    page.keyboard.press("Home")
    page.wait_for_url(lambda url: url.endswith("/"))


@pytest.mark.browser
def test_back_leads_to_the_same_place(page: Page) -> None:
    """From a photo of the second page, Back shows it where it was, though the page is loaded anew."""
    add_photos(page, ALL)
    page.goto("/")
    page.get_by_role("link", name="Older").scroll_into_view_if_needed()
    expect(page.locator(PHOTOS)).to_have_count(ALL)
    photo = page.locator(f"{PHOTOS}:nth-child({PAGE_SIZE + 6}) a")
    path = photo.get_attribute("href")
    photo.evaluate("link => link.scrollIntoView()")
    page.wait_for_url("**/?before=*")
    before = page.evaluate(TOP_OF, path)
    photo.click()
    page.wait_for_url(f"**{path}")
    page.go_back()
    page.wait_for_url("**/?before=*")
    assert page.evaluate(TOP_OF, path) == pytest.approx(before, abs=1)


@pytest.mark.browser
def test_following_the_link_takes_the_keyboard_along(page: Page) -> None:
    """Whoever presses the link goes on at the first of the new photos, without a new page."""
    add_photos(page, ALL)
    page.add_init_script(
        "IntersectionObserver = class { observe() {} unobserve() {} disconnect() {} }"
    )
    page.goto("/")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="Older").press("Enter")
    expect(page.locator(f"{PHOTOS}:nth-child({PAGE_SIZE + 1}) a")).to_be_focused()
    assert page.evaluate("window.same")


@pytest.mark.browser
def test_a_page_that_does_not_come_leaves_the_link(page: Page) -> None:
    """Where the next page can't be had, the link is left to be followed."""
    add_photos(page, ALL)
    page.route("**/?before=*", lambda route: route.fulfill(status=204))
    page.goto("/")
    with page.expect_response("**/?before=*"):
        page.get_by_role("link", name="Older").scroll_into_view_if_needed()
    page.unroute_all()
    page.get_by_role("link", name="Older").click()
    page.wait_for_url("**/?before=*")
    expect(page.locator(PHOTOS)).to_have_count(ALL - PAGE_SIZE)


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [False], ids=["no scripts"])
def test_without_scripts_the_link_is_a_link(page: Page) -> None:
    """It leads to the older page, which leads back."""
    add_photos(page, ALL)
    page.goto("/")
    page.get_by_role("link", name="Older").click()
    expect(page.locator(PHOTOS)).to_have_count(ALL - PAGE_SIZE)
    page.get_by_role("link", name="Newer").click()
    expect(page.locator(PHOTOS)).to_have_count(PAGE_SIZE)
