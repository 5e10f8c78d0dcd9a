"""Searching in a browser, on desktop and phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import add_photos
from tests.browser.test_visit import NO_HORIZONTAL_SCROLL, fill_in, send


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_search_from_the_gallery_finds_a_photo(page: Page, photos: list[Path]) -> None:
    """The gallery leads to the search, and the search to the photo."""
    fill_in(page, photos[:1], title="Haeundae at dusk", tags="바다")
    send(page)
    page.wait_for_url("**/photos/*")
    page.goto("/")
    field = page.get_by_role("searchbox", name="Search photos")
    if not field.is_visible():
        page.get_by_role("link", name="Search").click()
        field = page.get_by_role("searchbox")
    field.fill("dusk haeun")
    field.press("Enter")
    page.wait_for_url("**/search?q=*")
    expect(page.get_by_role("searchbox")).to_have_value("dusk haeun")
    expect(page.get_by_role("status")).to_have_text("1 photo")
    assert page.evaluate(NO_HORIZONTAL_SCROLL)
    page.get_by_role("link", name="Haeundae at dusk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Haeundae at dusk")


@pytest.mark.browser
def test_a_long_search_term_fits_the_window(page: Page) -> None:
    """A search without results fits the window, however long the term is."""
    page.goto(f"/search?q={'x' * 200}")
    expect(page.get_by_role("heading", name="Nothing found for")).to_be_visible()
    assert page.evaluate(NO_HORIZONTAL_SCROLL)


@pytest.mark.browser
def test_tags_are_suggested_while_typing(page: Page, photos: list[Path]) -> None:
    """Existing tags with the typed prefix are suggested, without those already in the field."""
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photos[0].read_bytes()}
    response = page.request.post(
        "/upload",
        headers={"Accept": "application/json", "X-Requested-With": "test"},
        multipart={"photo": photo, "tags": "sea, sand, hill"},  # type: ignore[dict-item]
    )
    assert response.status == 201
    page.goto("/upload")
    page.get_by_text("Details for all photos", exact=True).click()
    with page.expect_response("**/tags.json"):
        page.locator("[name=tags]").focus()
    page.locator("[name=tags]").press_sequentially("hill, s")
    options = page.locator("#tag-suggestions option")
    expect(options).to_have_count(2)
    assert [option.get_attribute("value") for option in options.all()] == [
        "hill, sand",
        "hill, sea",
    ]
    page.locator("[name=tags]").fill("Sea, h")
    expect(options).to_have_count(1)
    assert options.first.get_attribute("value") == "Sea, hill"
    page.goto("/search")
    page.get_by_role("searchbox").press_sequentially("S")
    links = page.get_by_role("list", name="Tags").get_by_role("link")
    expect(links).to_have_text(["sand", "sea"])
    links.last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("sea")


@pytest.mark.browser
def test_a_long_word_in_a_feed_is_wrapped(page: Page) -> None:
    """A title or an address without spaces does not widen the page."""
    add_photos(page, 1, title="x" * 200, description="https://example.org/" + "y" * 200)
    page.goto("/feed.xml")
    expect(page.locator("entry img")).to_be_visible()
    assert page.evaluate(NO_HORIZONTAL_SCROLL)


@pytest.mark.browser
def test_a_feed_is_a_page_in_browsers(page: Page, photos: list[Path]) -> None:
    """It has a name, shows the photos, and leads to the site."""
    fill_in(page, photos[:1], title="Haeundae at dusk", tags="바다")
    send(page)
    page.wait_for_url("**/photos/*")
    page.goto("/tags/바다")
    page.locator("main").get_by_role("link", name="Feed").click()
    expect(page.get_by_text("This is a feed")).to_be_visible()
    expect(page.locator("entry img")).to_be_visible()
    expect(page.locator("entry > published")).to_be_hidden()
    assert page.evaluate(NO_HORIZONTAL_SCROLL)
    page.get_by_role("link", name="View the photos on the site").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("바다")
