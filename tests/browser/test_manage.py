"""Managing own uploads, and the admin's page, on desktop and phone."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.web.bulk import contributor_actions
from tests.browser.conftest import open_actions
from tests.browser.test_visit import ALL_LOADED, NO_HORIZONTAL_SCROLL

IS_FOCUSED = "element => element === document.activeElement"


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"admin_password": "admin password"}


def add(page: Page, files: list[Path]) -> None:
    """Upload each photo as a script does, titled by its file name."""
    for file in files:
        photo = {"name": file.name, "mimeType": "image/jpeg", "buffer": file.read_bytes()}
        response = page.request.post(
            "/upload",
            headers={"Accept": "application/json", "X-Requested-With": "test"},
            multipart={"photo": photo, "title": file.stem, "add_duplicates": "1"},  # type: ignore[dict-item]
        )
        assert response.status == 201


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate(IS_FOCUSED):
            return
    pytest.fail(f"Tab never reaches {target}")


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_bulk_actions_work_with_the_keyboard(page: Page, photos: list[Path]) -> None:
    """Photos are selected, tagged, deleted and restored without a mouse."""
    add(page, photos)
    page.goto("/")
    tab_to(page, page.get_by_label("Site").locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Your uploads", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url("**/uploads")
    page.wait_for_load_state(
        "networkidle"
    )  # wait_for_function needs animation frames, which a page without scripts may not draw
    assert page.evaluate(ALL_LOADED)
    for name in ("IMG_0", "IMG_2"):
        tab_to(page, page.get_by_role("checkbox", name=re.compile(rf"^{name} · \d$")))
        page.keyboard.press("Space")
        page.keyboard.press("Shift+Tab")
    tab_to(page, page.locator("summary", has_text="Tags"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Add tags"))
    page.keyboard.type("sea, dusk")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 photos updated.")).to_be_visible()

    for name in ("IMG_0", "IMG_2"):
        tab_to(page, page.get_by_role("checkbox", name=re.compile(rf"^{name} · \d$")))
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
def test_bulk_actions_never_cover_the_focus(page: Page, photos: list[Path]) -> None:
    """With a photo selected, the bulk actions stay in view and cover no focused photo."""
    add(page, photos * 4)
    page.goto("/uploads?select=all")
    bulk_actions = page.locator(".bulk-actions")
    expect(bulk_actions).to_be_in_viewport()
    assert page.evaluate(NO_HORIZONTAL_SCROLL)
    for box in page.get_by_role("checkbox").all():
        page.keyboard.press("Tab")
        box.focus()
        focused = box.bounding_box()
        bar = bulk_actions.bounding_box()
        assert focused
        assert bar
        assert focused["y"] + focused["height"] <= bar["y"]


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_admin_hides_and_unhides_with_the_keyboard(page: Page, photos: list[Path]) -> None:
    """One key hides a photo, another undoes it, and the page fits the window."""
    add(page, photos[:2])
    page.goto("/login?next=/admin")
    page.get_by_label("Password").fill("admin password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Manage")).to_be_visible()
    assert page.evaluate(NO_HORIZONTAL_SCROLL)
    expect(page.get_by_role("definition").first).to_contain_text("2 photos")
    tab_to(page, page.get_by_role("button", name="Hide IMG_0", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("“IMG_0” is hidden")).to_be_visible()
    expect(page.get_by_role("button", name="Hide")).to_have_count(1)
    tab_to(page, page.get_by_role("button", name="Undo", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("“IMG_0” is back in the gallery.")).to_be_visible()
    expect(page.get_by_role("button", name="Hide")).to_have_count(2)


@pytest.mark.browser
@pytest.mark.parametrize("size", [(width, 800) for width in (320, 520, 640, 768)], ids=str)
def test_no_window_squeezes_the_texts_of_a_list(page: Page, photos: list[Path]) -> None:
    """The buttons stand below the texts where both do not fit into one row, also in German."""
    add(page, photos[:1])
    headers = {"X-Requested-With": "test"}
    page.request.post("/login", headers=headers, form={"password": "admin password"})
    page.goto("/admin?lang=de")
    page.request.post(
        f"{page.locator('.admin-list a').first.get_attribute('href')}/delete", headers=headers
    )
    page.goto("/admin/deleted")
    expect(page.locator(".admin-list li > div").first).to_be_visible()
    assert page.locator(".admin-list li > div").first.evaluate("it => it.offsetWidth") >= 190


@pytest.mark.browser
@pytest.mark.parametrize("size", [(195, 422)], ids=["half a phone"])
def test_the_admin_page_fits_a_phone_with_large_text(page: Page, photos: list[Path]) -> None:
    """Text of twice the size leaves as much room as a window of half the size."""
    add(page, photos[:1])
    headers = {"X-Requested-With": "test"}
    page.request.post("/login", headers=headers, form={"password": "admin password"})
    page.goto("/admin")
    expect(page.locator(".storage-stats td").nth(1)).to_be_visible()
    assert page.evaluate(NO_HORIZONTAL_SCROLL)


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_action_on_all_photos_continues(
    page: Page, photos: list[Path], monkeypatch: pytest.MonkeyPatch, *, scripts: bool
) -> None:
    """A script sends the next request after a moment; without scripts there is a button."""
    begin_to_hide_all(page, photos[:2], monkeypatch)
    if not scripts:
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("progressbar", name="2 of 2 photos")).to_be_visible()
        page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("2 photos hidden.")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("key", ["Tab", "a"])
def test_any_key_pauses_an_action_on_all_photos(
    page: Page, photos: list[Path], monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """The focus is on Stop, and the page says that it is paused and how to go on."""
    page.clock.install()
    begin_to_hide_all(page, photos[:2], monkeypatch)
    expect(page.get_by_role("link", name="Stop")).to_be_focused()
    expect(page.get_by_text("Continues in a moment. Press any key to pause.")).to_be_visible()
    page.keyboard.press(key)
    expect(page.get_by_text("Paused. Choose “Continue” to go on.")).to_be_visible()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.clock.run_for(60_000)
    expect(page.get_by_role("progressbar", name="1 of 2 photos")).to_be_visible()
    assert sent == []
    page.get_by_role("button", name="Continue").press("Enter")
    expect(page.get_by_role("progressbar", name="2 of 2 photos")).to_be_visible()


def begin_to_hide_all(page: Page, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Upload photos, hide the first one as the admin, and wait for the page that continues."""
    monkeypatch.setattr(contributor_actions, "PAGE_SIZE", 1)
    add(page, files)
    page.goto("/login?next=/admin")
    page.get_by_label("Password").fill("admin password")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="IMG_0", exact=True).click()
    open_actions(page)
    page.get_by_role("link", name="All photos of this contributor").click()
    page.get_by_role("link", name="Hide all…").click()
    question = f"Hide all {len(files)} photos of this contributor?"
    expect(page.get_by_role("heading", name=question)).to_be_visible()
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()


@pytest.mark.browser
def test_a_click_with_shift_selects_photos_in_between(page: Page, photos: list[Path]) -> None:
    """It clears them if the last checkbox clicked is cleared. Without Shift only one changes."""
    add(page, photos)
    page.goto("/uploads")
    boxes = page.get_by_role("checkbox")
    count = boxes.count()
    boxes.first.click()
    boxes.last.click(modifiers=["Shift"])
    selected = page.locator(".photo-selection :checked")
    expect(selected).to_have_count(count)
    boxes.nth(1).click(modifiers=["Shift"])
    expect(selected).to_have_count(1)
    boxes.last.click()
    expect(selected).to_have_count(2)
