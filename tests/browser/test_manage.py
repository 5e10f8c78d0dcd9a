"""Looking after one's own photos, and the admin after everybody's, in a browser, on a desk and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_visit import ALL_LOADED, NO_SIDEWAYS_SCROLL
from tests.server.site import RunningSite

IS_FOCUSED = "element => element === document.activeElement"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[RunningSite]:
    with RunningSite(tmp_path / "backend", ADMIN_PASSWORD="change it all") as site:
        yield site


def add(page: Page, files: list[Path]) -> None:
    """Upload as a script of this browser does, each photo by its file's name."""
    for file in files:
        photo = {"name": file.name, "mimeType": "image/jpeg", "buffer": file.read_bytes()}
        sent = page.request.post(
            "/upload",
            headers={"Accept": "application/json", "X-Requested-With": "test"},
            multipart={"photo": photo, "title": file.stem},  # type: ignore[dict-item]  # a file as Playwright has it
        )
        assert sent.status == 201


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate(IS_FOCUSED):
            return
    pytest.fail(f"Tab never comes to {wanted}")


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_many_photos_by_keyboard_alone(page: Page, photos: list[Path]) -> None:
    """With and without JavaScript, and no mouse: tick, tag, delete after a question, restore from the trash."""
    add(page, photos)
    page.goto("/")
    tab_to(page, page.get_by_role("link", name="Your uploads", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url("**/uploads")
    page.wait_for_load_state("networkidle")  # not wait_for_function: see test_preferences.py
    assert page.evaluate(ALL_LOADED)
    for name in ("IMG_0", "IMG_2"):
        tab_to(page, page.get_by_role("checkbox", name=name, exact=True))
        page.keyboard.press("Space")
        page.keyboard.press("Shift+Tab")
    tab_to(page, page.get_by_label("Add tags"))
    page.keyboard.type("sea, dusk")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 photos updated.")).to_be_visible()

    for name in ("IMG_0", "IMG_2"):
        tab_to(page, page.get_by_role("checkbox", name=name, exact=True))
        page.keyboard.press("Space")
        page.keyboard.press("Shift+Tab")
    tab_to(page, page.get_by_role("button", name="Delete…", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Delete these 2 photos?")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Delete", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 photos deleted.")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(1)

    tab_to(page, page.get_by_role("link", name="Recently deleted", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox")).to_have_count(2)
    tab_to(page, page.get_by_role("link", name="Select all 2", exact=True))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Restore", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 photos restored.")).to_be_visible()
    page.goto("/tags/sea")
    expect(page.locator("main img")).to_have_count(2)


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_focus_is_never_behind_what_can_be_done(page: Page, photos: list[Path]) -> None:
    """Once a photo is ticked the form stays at hand, and no photo that has the focus is hidden by it."""
    add(page, photos * 4)
    page.goto("/uploads?select=all")
    operations = page.locator(".bulk-actions")
    expect(operations).to_be_in_viewport()
    assert page.evaluate(NO_SIDEWAYS_SCROLL)
    for box in page.get_by_role("checkbox").all():
        page.keyboard.press("Tab")
        box.focus()
        focused, bar = box.bounding_box(), operations.bounding_box()
        assert focused
        assert bar
        assert focused["y"] + focused["height"] <= bar["y"]


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_admin_hides_and_shows_by_a_key(page: Page, photos: list[Path]) -> None:
    """One press hides a photo, another undoes it, and the page fits the window."""
    add(page, photos[:2])
    page.goto("/login?next=/admin")
    page.get_by_label("Password").fill("change it all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Manage")).to_be_visible()
    assert page.evaluate(NO_SIDEWAYS_SCROLL)
    expect(page.get_by_role("definition").first).to_contain_text("2 photos")
    tab_to(page, page.get_by_role("button", name="Hide IMG_0", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("“IMG_0” is hidden")).to_be_visible()
    expect(page.get_by_role("button", name="Hide")).to_have_count(1)
    tab_to(page, page.get_by_role("button", name="Undo", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("“IMG_0” is back in the gallery.")).to_be_visible()
    expect(page.get_by_role("button", name="Hide")).to_have_count(2)
