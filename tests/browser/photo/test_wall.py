"""The wall of an album in a browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.screens.opening import HEADERS
from tests.sample_images import jpeg, phone_exif

pytestmark = pytest.mark.browser

CAPTION = ".slideshow figcaption"


@pytest.fixture
def size() -> tuple[int, int]:
    return 1280, 800


@pytest.fixture
def ignored_console_text() -> str:
    return "Failed to load resource"


@pytest.fixture(params=["reduce", "no-preference"])
def preferences(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"reduced_motion": request.param}


@pytest.fixture
def album(page: Page) -> str:
    """Return the path of a new album."""
    answer = page.request.post("/albums/new", headers=HEADERS, form={"title": "Party"})
    return answer.url.removeprefix(answer.url.partition("/albums")[0])


@pytest.fixture
def projector(page: Page, site_url: str) -> Iterator[Page]:
    """Open a page in another browser than that of the host."""
    assert page.context.browser
    context = page.context.browser.new_context(base_url=site_url)
    yield context.new_page()
    context.close()


def add(page: Page, album: str, title: str, *, is_dated: bool = False) -> str:
    """Add a photo to the album, as a guest with another device does, and return its path."""
    body = jpeg(90, 60, exif=phone_exif() if is_dated else None)
    file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": body}
    fields = {"photo": file, "album": album.rpartition("/")[2], "title": title}
    sent = fields | {"contributor_name": "Mina", "add_duplicates": "1"}
    headers = HEADERS | {"Accept": "application/json"}
    answer = page.request.post("/upload", headers=headers, multipart=sent)
    path: str = answer.json()["photos"][0]["path"]
    return path


def test_a_new_photo_comes_next(page: Page, album: str) -> None:
    """Also one that was taken before all others. Then the wall goes on from where it was."""
    for title in ("first", "second", "third"):
        add(page, album, title)
    page.goto(f"{album}/wall")
    expect(page.locator(CAPTION)).to_have_text("third · Mina")
    add(page, album, "new", is_dated=True)
    expect(page.locator(CAPTION)).to_have_text("new · Mina")
    expect(page.locator(CAPTION)).to_have_text("second · Mina")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_it_begins_with_the_first_photo_that_is_added(page: Page, album: str) -> None:
    """The host opens the wall before the guests come."""
    page.goto(f"{album}/wall")
    expect(page.locator(CAPTION)).to_have_text("No photos in this album yet")
    add(page, album, "first")
    expect(page.locator(CAPTION)).to_have_text("first · Mina")


def test_it_survives_the_loss_of_the_network(page: Page, album: str) -> None:
    """It shows its last photos again, and new ones when the network is back."""
    for title in ("first", "second"):
        add(page, album, title)
    page.goto(f"{album}/wall")
    expect(page.locator(CAPTION)).to_have_text("first · Mina")
    page.context.set_offline(offline=True)
    expect(page.locator(CAPTION)).to_have_text("second · Mina")
    expect(page.locator(CAPTION)).to_have_text("first · Mina")
    assert page.locator(".slide img").evaluate("image => image.complete && image.naturalWidth")
    page.context.set_offline(offline=False)
    add(page, album, "new")
    expect(page.locator(CAPTION)).to_have_text("new · Mina")


def test_a_hidden_photo_is_not_shown_again(page: Page, album: str) -> None:
    """Nor is a new one that was hidden before its turn. A wall whose album is gone says so."""
    (first, _second) = (add(page, album, title) for title in ("first", "second"))
    page.goto(f"{album}/wall")
    page.request.post(f"{first}/hide", headers=HEADERS)
    hidden = add(page, album, "hidden")
    page.request.post(f"{hidden}/hide", headers=HEADERS)
    add(page, album, "new")
    expect(page.locator(CAPTION)).to_have_text("new · Mina")
    expect(page.locator(CAPTION)).to_have_text("second · Mina")
    page.request.post(f"{album}/delete", headers=HEADERS)
    expect(page.locator("main h1")).to_have_text("Nothing here")


def test_it_shows_no_photo_after_the_end_of_the_link(
    page: Page, projector: Page, album: str
) -> None:
    """Nor those that it has shown before. It says that the link no longer works."""
    fields = {"title": "Party", "visibility": "unlisted", "order": "taken", "contributors": "owner"}
    page.request.post(f"{album}/edit", headers=HEADERS, form=fields | {"version": "1"})
    for title in ("first", "second"):
        add(page, album, title)
    projector.goto(f"{album}/wall")
    expect(projector.locator(CAPTION)).to_have_text("first · Mina")
    expect(projector.locator(CAPTION)).to_have_text("second · Mina")
    page.request.post(f"{album}/link/end", headers=HEADERS)
    expect(projector.locator("main h1")).to_have_text("This link no longer works")
    assert projector.locator("main img").count() == 0


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_each_refusal_ends_it(page: Page, album: str, status: int) -> None:
    """An answer that the visitor may not see the wall is no loss of the network."""

    def refuse(route: Route) -> None:
        route.fulfill(status=status, body="<h1>Refused</h1>", content_type="text/html")

    for title in ("first", "second"):
        add(page, album, title)
    page.goto(f"{album}/wall")
    page.route("**/wall**", refuse)
    expect(page.locator("h1")).to_have_text("Refused")


def test_keys_control_it(page: Page, album: str) -> None:
    """Space pauses and goes on, arrows show other photos, and Escape leads to the album."""
    for title in ("first", "second"):
        add(page, album, title)
    page.goto(f"{album}/wall")
    page.keyboard.press("ArrowRight")
    expect(page.locator(CAPTION)).to_have_text("first · Mina")
    page.wait_for_load_state()  # the script listens from then on
    page.keyboard.press(" ")
    page.wait_for_url("**/wall?*paused=*")
    expect(page.get_by_role("link", name="Play")).to_be_visible()
    expect(page.locator(CAPTION)).to_have_text("first · Mina")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{album}")


def test_it_says_if_the_screen_may_go_off(page: Page, album: str) -> None:
    """Over plain HTTP and in some browsers there is no wake lock."""
    page.add_init_script("delete Navigator.prototype.wakeLock")
    page.goto(f"{album}/wall")
    expect(page.locator(".wall-hint")).to_be_visible()
    page.add_init_script("navigator.wakeLock = { request: async () => {} }")
    page.reload()
    expect(page.locator(".wall-hint")).to_be_hidden()
