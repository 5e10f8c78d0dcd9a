"""A visit from the gallery to the trash, on desktop and phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import open_actions

BATCH = re.compile(r"/uploads\?batch=")
ALL_LOADED = "() => [...document.images].every(image => image.complete && image.naturalWidth > 0)"
NO_HORIZONTAL_SCROLL = "() => document.documentElement.scrollWidth <= window.innerWidth"


def fill_in(page: Page, files: list[Path], **fields: str) -> None:
    page.goto("/upload")
    page.locator("input[name=photo]").set_input_files(files)
    if fields:
        page.locator(".shared-fields > summary").click()
    for name, value in fields.items():
        page.locator(f"form [name={name}]").fill(value)


def is_upload(request: Request) -> bool:
    """Return whether the request has a photo."""
    return request.method == "POST" and request.url.endswith("/upload")


def send(page: Page) -> None:
    page.locator("form.upload button").last.click()


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_uploaded_photo_is_in_the_gallery(page: Page, photos: list[Path]) -> None:
    """With and without scripts, a photo has its text, is in the gallery and loads."""
    fill_in(
        page,
        photos[:1],
        title="Haeundae at dusk",
        tags="바다, busan",
        description="A pier.\nThe sea.",
        alt="A pier",
    )
    send(page)
    page.wait_for_url("**/photos/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Haeundae at dusk")
    expect(page.get_by_role("link", name="바다")).to_be_visible()
    expect(page.get_by_role("img", name="A pier")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("img", name="A pier")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_damaged_file_is_named_among_several(
    page: Page, photos: list[Path], tmp_path: Path, *, scripts: bool
) -> None:
    """The damaged file is named, and the other photos are in the gallery."""
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"not an image")
    fill_in(page, [*photos, broken])
    send(page)
    expect(page.get_by_text(re.compile("wasn’t (added|uploaded)")).first).to_be_visible()
    if scripts:
        page.get_by_role("button", name="Show problems").click()
    expect(page.get_by_text("broken.jpg").first).to_be_visible()
    page.goto("/")
    expect(page.locator("main img")).to_have_count(len(photos))


@pytest.mark.browser
def test_several_photos_lead_to_their_batch(page: Page, photos: list[Path]) -> None:
    """After an upload of several photos, the page of the batch shows all of them."""
    fill_in(page, photos)
    send(page)
    page.wait_for_url(BATCH)
    expect(page.locator("main img")).to_have_count(len(photos))
    page.wait_for_function(ALL_LOADED)
    assert page.evaluate(NO_HORIZONTAL_SCROLL)


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_edit_delete_and_undo(page: Page, photos: list[Path]) -> None:
    """A contributor edits a photo, deletes it after a confirmation, and undoes that."""
    fill_in(page, photos[:1], title="Before")
    send(page)
    page.wait_for_url("**/photos/*")
    open_actions(page)
    page.get_by_role("link", name="Edit").click()
    page.locator("[name=title]").fill("After")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("After")
    open_actions(page)
    page.get_by_role("link", name="Delete").click()
    page.locator("main form button").first.click()
    expect(page.locator("main img")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("After")
    page.goto("/")
    expect(page.locator("main img")).to_have_count(1)


@pytest.mark.browser
def test_arrow_keys_open_the_neighbors(page: Page, photos: list[Path]) -> None:
    """The arrow keys open the newer and the older photo."""
    for number, file in enumerate(photos):
        fill_in(page, [file], title=f"Photo {number}")
        send(page)
        page.wait_for_url("**/photos/*")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("Photo 1")
    page.wait_for_load_state()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_have_text("Photo 2")


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", "/upload", "/tags", "/login"])
def test_no_page_scrolls_horizontally(page: Page, path: str) -> None:
    """Every page fits the window and has one h1."""
    page.goto(path)
    assert page.evaluate(NO_HORIZONTAL_SCROLL)
    assert page.locator("h1").count() == 1
