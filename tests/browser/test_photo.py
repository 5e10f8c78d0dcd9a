"""What the scripts add to a photo's page."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import add_photos

COPIED = "navigator.clipboard.readText()"
SHEET = "navigator.share = (given) => { window.shared = given; return Promise.resolve(); }"


@pytest.fixture
def preferences() -> dict[str, Any]:
    return {"is_mobile": True, "has_touch": True}


@pytest.fixture
def size() -> tuple[int, int]:
    return 390, 844


def swipe(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    devtools = page.context.new_cdp_session(page)
    for kind, spot in (("touchStart", start), ("touchMove", end), ("touchEnd", None)):
        points = [{"x": spot[0], "y": spot[1]}] if spot else []
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.mark.browser
def test_a_swipe_leads_to_the_neighbour(page: Page) -> None:
    """To the left the older photo, to the right the newer one."""
    paths = add_photos(page, 3)
    page.goto(paths[1])
    swipe(page, (300, 200), (120, 205))
    page.wait_for_url(f"**{paths[2]}")
    swipe(page, (100, 200), (290, 195))
    page.wait_for_url(f"**{paths[1]}")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("start", "end"), [((200, 150), (300, 300)), ((200, 200), (230, 200)), ((8, 200), (300, 200))]
)
def test_what_is_no_swipe_leads_nowhere(
    page: Page, start: tuple[int, int], end: tuple[int, int]
) -> None:
    """Scrolling, tapping and the system's own gesture from the edge stay what they are."""
    paths = add_photos(page, 2)
    page.goto(paths[1])
    swipe(page, start, end)
    page.wait_for_timeout(300)
    assert not page.url.endswith(paths[0])


@pytest.mark.browser
def test_the_neighbours_are_fetched_ahead(page: Page) -> None:
    """The pages and the photos on both sides are asked for before anyone goes there."""
    paths = add_photos(page, 3)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(paths[1], wait_until="networkidle")
    for neighbour in (paths[0], paths[2]):
        assert any(url.endswith(neighbour) for url in asked)
        assert any(f"/media{neighbour}/" in url for url in asked)


@pytest.mark.browser
def test_the_link_is_copied(page: Page) -> None:
    """One press, and the photo's address is on the clipboard, which is said."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    [path] = add_photos(page, 1)
    page.goto(path)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_have_count(1)
    assert page.evaluate(COPIED) == page.url


@pytest.mark.browser
def test_the_share_sheet_is_offered_where_there_is_one(page: Page) -> None:
    """A browser that can share is given the photo's title and address; another shows no dead button."""
    [path] = add_photos(page, 1, title="Pier")
    page.goto(path)
    expect(page.get_by_role("button", name="Share", exact=True)).to_be_hidden()
    page.add_init_script(SHEET)
    page.reload()
    page.get_by_role("button", name="Share", exact=True).click()
    assert page.evaluate("window.shared") == {"title": "Pier", "url": page.url}
