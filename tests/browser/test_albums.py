"""Albums are made, filled and ordered, on desktop and phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import add_photos, open_actions


def make_album(page: Page, count: int) -> list[str]:
    """Put new photos into a new album with their form, and return their names in its order."""
    add_photos(page, count)
    page.goto("/uploads?select=all")
    page.get_by_role("button", name="Add to album…").click()
    page.get_by_label("Title of the new album").fill("A week at the lake")
    page.get_by_role("button", name="Add to album", exact=True).click()
    page.wait_for_url("**/albums/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("A week at the lake")
    expect(page.locator(".gallery li")).to_have_count(count)
    return ids(page)


def ids(page: Page) -> list[str]:
    """Return the photos of the page."""
    return page.locator("main li[id]").evaluate_all("items => items.map(({ id }) => id)")


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_album_is_filled_and_ordered_with_the_keyboard(page: Page) -> None:
    """Each form works with Enter, and the page comes back to the photo that was moved."""
    first, second, third = make_album(page, 3)
    open_actions(page)
    page.get_by_role("link", name="Arrange").press("Enter")
    page.wait_for_url("**/arrange")
    assert ids(page) == [first, second, third]
    page.locator(f"[id='{first}']").get_by_role("button", name="Later").press("Enter")
    page.wait_for_url(f"**/arrange#{first}")
    expect(page.locator("main li[id]").first).to_have_id(second)
    place = page.locator(f"[id='{third}']").get_by_role("spinbutton")
    place.fill("1")
    place.press("Enter")
    page.wait_for_url(f"**/arrange#{third}")
    assert ids(page) == [third, second, first]
    page.locator(f"[id='{first}']").get_by_role("button", name="Use as cover").press("Enter")
    expect(page.locator(f"[id='{first}']").get_by_text("Cover", exact=True)).to_be_visible()


@pytest.mark.browser
def test_a_photo_that_is_here_already_is_added_to_the_album(page: Page, photos: list[Path]) -> None:
    """The file is sent for that, and its tile says so."""
    file = {"name": "IMG_0.jpg", "mimeType": "image/jpeg", "buffer": photos[0].read_bytes()}
    headers = {"X-Requested-With": "test"}
    json = headers | {"Accept": "application/json"}
    assert page.request.post("/upload", headers=json, multipart={"photo": file}).status == 201
    album = page.request.post("/albums/new", headers=headers, form={"title": "Lake"}).url
    page.goto(f"/upload?album={album.rpartition('/')[2]}")
    page.locator("[name=photo]").set_input_files(photos[0])
    page.get_by_role("button", name="Add 1 photo").click()
    tile = page.locator(".upload-tiles button")
    name = "IMG_0.jpg: Already here. It is in the album now."
    expect(tile).to_have_accessible_name(name)
    page.goto(album)
    expect(page.locator(".gallery li")).to_have_count(1)


@pytest.mark.browser
def test_a_photo_is_dragged_to_its_place(page: Page) -> None:
    """The place is saved when it is dropped."""
    first, second, third = make_album(page, 3)
    page.goto(f"{page.url}/arrange")
    page.locator(f"[id='{third}']").drag_to(
        page.locator(f"[id='{first}']"), target_position={"x": 5, "y": 5}
    )
    page.wait_for_url(f"**/arrange#{third}")
    assert ids(page) == [third, first, second]


@pytest.mark.browser
def test_a_drag_that_is_canceled_moves_no_photo(page: Page) -> None:
    """The photo goes back to its place."""
    before = make_album(page, 3)
    page.goto(f"{page.url}/arrange")
    page.locator(f"[id='{before[2]}']").hover()
    page.mouse.down()
    page.locator(f"[id='{before[0]}']").hover(position={"x": 5, "y": 5})
    page.locator(f"[id='{before[0]}']").hover(position={"x": 6, "y": 6})
    page.keyboard.press("Escape")
    page.mouse.up()
    assert page.url.endswith("/arrange")
    assert ids(page) == before
