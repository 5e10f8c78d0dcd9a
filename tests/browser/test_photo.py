"""The scripts of a photo's page."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import add_photos

CLIPBOARD_TEXT = "navigator.clipboard.readText()"
FAKE_SHARE = "navigator.share = (data) => { window.shared = data; return Promise.resolve(); }"


@pytest.fixture
def preferences() -> dict[str, Any]:
    return {"is_mobile": True, "has_touch": True}


@pytest.fixture
def size() -> tuple[int, int]:
    return 390, 844


FILLS_SCREEN = (400, 600)


def swipe(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    session = page.context.new_cdp_session(page)
    for kind, spot in (("touchStart", start), ("touchMove", end), ("touchEnd", None)):
        points = [{"x": spot[0], "y": spot[1]}] if spot else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.mark.browser
def test_a_swipe_opens_the_neighbor(page: Page) -> None:
    """A swipe left opens the older photo, a swipe right the newer one."""
    paths = add_photos(page, 3, [FILLS_SCREEN])
    page.goto(paths[1])
    swipe(page, (300, 200), (120, 205))
    page.wait_for_url(f"**{paths[2]}")
    swipe(page, (100, 200), (290, 195))
    page.wait_for_url(f"**{paths[1]}")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("start", "end"), [((200, 150), (300, 300)), ((200, 200), (230, 200)), ((8, 200), (300, 200))]
)
def test_other_gestures_open_nothing(
    page: Page, start: tuple[int, int], end: tuple[int, int]
) -> None:
    """Scrolling, tapping and the system's edge gesture keep their meaning."""
    paths = add_photos(page, 2, [FILLS_SCREEN])
    page.goto(paths[1])
    swipe(page, start, end)
    page.wait_for_timeout(300)
    assert not page.url.endswith(paths[0])


@pytest.mark.browser
def test_the_neighbors_are_preloaded(page: Page) -> None:
    """The pages and images of both neighbors are requested ahead."""
    paths = add_photos(page, 3)
    requested: set[str] = set()
    page.on("request", lambda request: requested.add(request.url))
    page.goto(paths[1])
    for neighbor in (paths[0], paths[2]):
        _wait_for_request(page, requested, re.compile(f"{neighbor}$"))
        _wait_for_request(page, requested, re.compile(f"/media{neighbor}/"))


def _wait_for_request(page: Page, requested: set[str], url: re.Pattern[str]) -> None:
    """Wait while the page's events are received."""
    for _ in range(600):
        if any(url.search(requested_url) for requested_url in requested):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"not requested within a minute: {url.pattern}")


@pytest.mark.browser
def test_the_link_is_copied(page: Page) -> None:
    """The button copies the photo's link and announces it."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    [path] = add_photos(page, 1)
    page.goto(path)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_have_count(1)
    assert page.evaluate(CLIPBOARD_TEXT) == page.url


@pytest.mark.browser
def test_sharing_is_offered_where_supported(page: Page) -> None:
    """A browser that can share gets title and URL. In another the button is hidden."""
    [path] = add_photos(page, 1, title="Pier")
    page.goto(path)
    expect(page.get_by_role("button", name="Share", exact=True)).to_be_hidden()
    page.add_init_script(FAKE_SHARE)
    page.reload()
    page.get_by_role("button", name="Share", exact=True).click()
    assert page.evaluate("window.shared") == {"title": "Pier", "url": page.url}
