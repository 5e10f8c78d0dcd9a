"""Long texts: nothing is cut off, and a counter says by how much a text is too long."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import add_photos
from tests.browser.test_visit import NO_HORIZONTAL_SCROLL, fill_in, send

pytestmark = pytest.mark.browser

PASTE = """([selector, text]) => {
  document.querySelector(selector).focus();
  document.execCommand('insertText', false, text);
}"""


@pytest.fixture
def size() -> tuple[int, int]:
    return 390, 844


def counter_of(page: Page, field: Locator) -> Locator:
    """Return the last element that describes the field."""
    expect(field).to_have_attribute("aria-describedby", re.compile("counter"))
    return page.locator(f"#{(field.get_attribute('aria-describedby') or '').split()[-1]}")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("title", "x" * 250, "50 characters too long (limit 200)."),
        ("title", "바다 " * 80, "39 characters too long (limit 200)."),
        ("title", "🌊" * 201, "1 character too long (limit 200)."),
        ("description", "y" * 6000, "1,000 characters too long (limit 5,000)."),
        ("alt", "z" * 1001, "1 character too long (limit 1,000)."),
        ("tags", "t" * 60, f"The tag “{'t' * 20}…” is 10 characters too long (limit 50)."),
        ("tags", ", ".join(map(str, range(22))), "There are 2 tags too many (limit 20)."),
    ],
)
def test_pasted_text_is_counted_not_cut(
    page: Page, photos: list[Path], name: str, text: str, message: str
) -> None:
    """The field keeps the text, the counter belongs to it, and the form is not sent."""
    fill_in(page, photos[:1], title="")
    field = page.locator(f"form [name={name}]")
    page.evaluate(PASTE, [f"form [name={name}]", text])
    expect(field).to_have_value(text)
    counter = counter_of(page, field)
    expect(counter).to_have_text(message)
    expect(counter).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("main > [role=status]")).to_have_text(message)
    assert page.evaluate(NO_HORIZONTAL_SCROLL)
    send(page)
    expect(field).to_be_focused()
    expect(page.locator(".upload-tiles .waiting")).to_have_count(1)
    field.fill("short")
    expect(counter).to_be_hidden()
    send(page)
    page.wait_for_url("**/photos/*")


def test_the_counter_appears_near_the_limit(page: Page) -> None:
    """Below 80 % of the limit it is hidden, then it counts characters and tags."""
    page.goto("/upload")
    page.locator(".shared-fields > summary").click()
    title, tags = page.locator("[name=title]"), page.locator("[name=tags]")
    counter = counter_of(page, title)
    title.fill("x" * 159)
    expect(counter).to_be_hidden()
    title.fill("x" * 160)
    expect(counter).to_have_text("160 of 200 characters")
    tags.fill("#a #b, c; d、e，f\uff1bg,h,i,j,k,l,m,n,o,p,P")
    expect(counter_of(page, tags)).to_have_text("16 of 20 tags")


def test_the_fields_of_each_file_have_counters(page: Page, photos: list[Path]) -> None:
    """A title of one file is limited like the form's. Sending opens its dialog again."""
    fill_in(page, photos[:2])
    page.locator(".upload-tiles button").first.click()
    page.locator("[name=own-title]").fill("x" * 201)
    page.keyboard.press("Escape")
    send(page)
    expect(page.get_by_text("1 character too long (limit 200).").first).to_be_visible()
    expect(page.locator("[name=own-title]")).to_be_focused()


def test_a_long_text_unfolds_its_field(page: Page, photos: list[Path]) -> None:
    """The fields for all photos are unfolded when one of them keeps the form from being sent."""
    fill_in(page, photos[:1], title="x" * 201)
    page.locator(".shared-fields > summary").click()
    expect(page.locator("[name=title]")).to_be_hidden()
    send(page)
    expect(page.locator("[name=title]")).to_be_focused()


def test_an_edit_with_a_long_text_is_not_sent(page: Page) -> None:
    """The field gets the focus and keeps its text."""
    [photo] = add_photos(page, 1)
    page.goto(f"{photo}/edit")
    page.locator("[name=title]").fill("x" * 250)
    page.locator("main form button.button-primary").click()
    expect(page.locator("[name=title]")).to_be_focused()
    expect(page.get_by_text("50 characters too long (limit 200).").first).to_be_visible()
    assert page.url.endswith("/edit")


@pytest.mark.parametrize("scripts", [False], ids=["no scripts"])
def test_without_scripts_an_edit_keeps_the_text(page: Page) -> None:
    """The form comes back with the text and the server's message."""
    [photo] = add_photos(page, 1)
    page.goto(f"{photo}/edit")
    page.locator("[name=title]").fill("x" * 250)
    page.locator("main form button.button-primary").click()
    message = "The title is 50 characters too long (limit 200)."
    expect(page.locator("#title-error")).to_have_text(message)
    expect(page.locator("[name=title]")).to_have_value("x" * 250)


@pytest.mark.parametrize("scripts", [False], ids=["no scripts"])
def test_without_scripts_the_upload_keeps_the_text(page: Page, photos: list[Path]) -> None:
    """The server's message says by how much each text is too long."""
    fill_in(page, photos[:1], description="y" * 5001, title="Pier")
    send(page)
    expect(page.locator("#description-error")).to_have_text(
        "The description is 1 character too long (limit 5,000)."
    )
    expect(page.locator("form [name=description]")).to_have_value("y" * 5001)
    expect(page.locator("[name=title]")).to_have_value("Pier")


def test_the_counter_does_not_repeat_the_message_of_the_server(page: Page) -> None:
    """It appears again while the visitor types."""
    page.goto("/albums/new")
    field = page.get_by_label("Title")
    field.fill("x" * 201)
    page.get_by_role("button", name="Create album").click()
    expect(page.locator("#title-error")).to_be_visible()
    expect(counter_of(page, field)).to_be_hidden()
    field.press_sequentially("x")
    expect(counter_of(page, field)).to_have_text("2 characters too long (limit 200).")
