"""Infinite scrolling of a listing."""

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
def test_scrolling_appends_the_next_page(page: Page) -> None:
    """Older photos are appended and announced, and the address is that of the page in view."""
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
def test_back_restores_the_scroll_position(page: Page) -> None:
    """Back from a photo of the second page shows it where it was, after a reload of the page."""
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
def test_following_the_link_moves_the_focus(page: Page) -> None:
    """The link appends the next page and moves the focus to its first photo."""
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
def test_a_failed_request_leaves_the_link(page: Page) -> None:
    """If the next page can't be loaded, the link opens it."""
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
def test_without_scripts_the_link_opens_the_page(page: Page) -> None:
    """The link opens the older page, which links back."""
    add_photos(page, ALL)
    page.goto("/")
    page.get_by_role("link", name="Older").click()
    expect(page.locator(PHOTOS)).to_have_count(ALL - PAGE_SIZE)
    page.get_by_role("link", name="Newer").click()
    expect(page.locator(PHOTOS)).to_have_count(PAGE_SIZE)
