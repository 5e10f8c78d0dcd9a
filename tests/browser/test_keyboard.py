"""Everything by the keyboard: no test here touches a mouse."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import add_photos

MOST_STOPS = 60
IS_FOCUSED = "element => element === document.activeElement"
SHOWS_FOCUS = """() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  return document.activeElement.matches(":focus-visible") && outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
}"""


@pytest.fixture
def size() -> tuple[int, int]:
    return 1280, 800


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there; every stop on the way shows that it has it."""
    expect(target).to_be_visible()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        assert page.evaluate(SHOWS_FOCUS), page.evaluate("document.activeElement.outerHTML")
        if target.evaluate(IS_FOCUSED):
            return
    pytest.fail(f"{MOST_STOPS} stops, and none was {target}")


def follow(page: Page, role: str, name: str) -> None:
    target = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]  # a role's name is a str here
    tab_to(page, target)
    page.keyboard.press("Enter")


def write(page: Page, name: str, words: str) -> None:
    tab_to(page, page.locator(f"main [name={name}]"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(words)


@pytest.mark.browser
def test_upload_tag_edit_browse_delete_and_undo(page: Page, photos: list[Path]) -> None:
    """A person without a mouse does all there is to do with a photo."""
    page.on(
        "filechooser", lambda _: None
    )  # so that the browser leaves choosing to the test from the beginning on
    add_photos(page, 1, title="Older")
    page.goto("/")
    follow(page, "link", "Upload")
    page.wait_for_url("**/upload")
    tab_to(page, page.locator("[name=photo]"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(photos[0])
    write(page, "title", "Haeundae")
    write(page, "alt", "A pier")
    write(page, "tags", "sea, busan")
    page.keyboard.press("Enter")
    page.wait_for_url("**/photos/*")
    expect(page.get_by_role("link", name="busan")).to_be_visible()
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
    follow(page, "link", "Delete")
    page.wait_for_url("**/delete")
    follow(page, "button", "Delete")
    follow(page, "button", "Undo")
    expect(page.get_by_role("heading", level=1)).to_have_text("Haeundae at dusk")


@pytest.mark.browser
def test_the_first_stop_skips_to_the_content(page: Page) -> None:
    """One Tab and Enter, and the next stop is within the page's content."""
    add_photos(page, 1)
    page.goto("/")
    follow(page, "link", "Skip to content")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.browser
def test_a_photo_s_snippets_open_and_are_copied(page: Page) -> None:
    """The ready-made texts are reached, opened and copied by keys."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    [path] = add_photos(page, 1)
    page.goto(path)
    tab_to(page, page.locator("summary"))
    page.keyboard.press("Enter")
    follow(page, "button", "Copy Markdown")
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()").startswith("[![Photo 0](http")
