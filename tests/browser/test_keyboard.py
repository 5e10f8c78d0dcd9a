"""Everything works with the keyboard alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import add_photos

MAX_STOPS = 60
IS_FOCUSED = "element => element === document.activeElement"
SHOWS_FOCUS = """() => {
  const { activeElement } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
  const hasOutline = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  return activeElement.matches(":focus-visible") && hasOutline;
}"""


@pytest.fixture
def size() -> tuple[int, int]:
    return 1280, 800


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab, or Shift+Tab, until the target has the focus. Every stop must show the focus."""
    expect(target).to_be_visible()
    for _ in range(MAX_STOPS):
        page.keyboard.press(key)
        assert page.evaluate(SHOWS_FOCUS), page.evaluate("document.activeElement.outerHTML")
        if target.evaluate(IS_FOCUSED):
            return
    pytest.fail(f"{MAX_STOPS} stops, and none was {target}")


def follow(page: Page, role: str, name: str) -> None:
    target = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]  # a Literal
    tab_to(page, target)
    page.keyboard.press("Enter")


def open_actions(page: Page) -> None:
    tab_to(page, page.locator("main .menu summary"))
    page.keyboard.press("Enter")


def write(page: Page, name: str, text: str) -> None:
    tab_to(page, page.locator(f"main [name={name}]"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def describe_in_the_dialog(page: Page, text: str) -> None:
    """Open the dialog of the chosen photo, write its alternative text, and close it."""
    tile = page.locator(".upload-tiles button")
    tab_to(page, tile)
    page.keyboard.press("Enter")
    write(page, "own-alt", text)
    page.keyboard.press("Escape")
    expect(tile).to_be_focused()


@pytest.mark.browser
def test_all_photo_actions_work_with_the_keyboard(page: Page, photos: list[Path]) -> None:
    """A photo is uploaded, tagged, edited, browsed, deleted and restored without a mouse."""
    page.on("filechooser", lambda _: None)  # the test chooses the file, not a dialog
    add_photos(page, 1, title="Older")
    page.goto("/")
    follow(page, "link", "Add photos")
    page.wait_for_url("**/upload")
    tab_to(page, page.locator("[name=photo]"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(photos[0])
    tab_to(page, page.locator(".shared-fields > summary"))
    page.keyboard.press("Enter")
    write(page, "title", "Haeundae")
    write(page, "tags", "sea, busan")
    describe_in_the_dialog(page, "A pier")
    tab_to(page, page.get_by_role("button", name="Add 1 photo"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/photos/*")
    expect(page.get_by_role("img", name="A pier")).to_be_visible()
    expect(page.get_by_role("link", name="busan")).to_be_visible()
    open_actions(page)
    follow(page, "link", "Edit")
    page.wait_for_url("**/edit")
    write(page, "title", "Haeundae at dusk")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Haeundae at dusk")
    page.wait_for_load_state()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("Older")
    page.wait_for_load_state()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_have_text("Haeundae at dusk")
    open_actions(page)
    follow(page, "link", "Delete")
    page.wait_for_url("**/delete")
    follow(page, "button", "Delete")
    follow(page, "button", "Undo")
    expect(page.get_by_role("heading", level=1)).to_have_text("Haeundae at dusk")


@pytest.mark.browser
def test_the_first_tab_stop_skips_to_the_content(page: Page) -> None:
    """After Tab, Enter and Tab, the focus is in the main content."""
    add_photos(page, 1)
    page.goto("/")
    follow(page, "link", "Skip to content")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.browser
def test_embed_codes_are_copied_with_the_keyboard(page: Page) -> None:
    """The embed codes are reached, opened and copied with keys."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    [path] = add_photos(page, 1)
    page.goto(path)
    tab_to(page, page.locator(".share summary", has_text="Embed"))
    page.keyboard.press("Enter")
    follow(page, "button", "Copy Markdown")
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()").startswith("[![Photo 0](http")
