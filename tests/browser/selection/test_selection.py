"""Photos of a listing are selected and changed, on desktop and phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import add_photos, upload_photos
from tests.browser.test_manage import tab_to
from tests.browser.test_visit import NO_HORIZONTAL_SCROLL
from tests.sample_images import jpeg, phone_exif


def count_in(page: Page) -> str:
    """Return the number of selected photos as screen readers get it: the styles count them."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    texts = [node["name"]["value"] for node in nodes if node["role"]["value"] == "StaticText"]
    place = next(place for place, text in enumerate(texts) if text.startswith("Selected"))
    return str(texts[place + 1])


@pytest.fixture
def two_days(page: Page) -> None:
    """Two photos of one day, and another one."""
    upload_photos(page, [jpeg(90, 60 + n, exif=phone_exif()) for n in range(2)], tags="sea")
    [photo] = add_photos(page, 1, tags="sea")
    form = {"taken_year": "1974", "taken_month": "6", "taken_day": "5", "tags": "sea"}
    headers = {"X-Requested-With": "test"}
    page.request.post(f"{photo}/edit", headers=headers, form=form | {"version": "1"})


@pytest.mark.browser
@pytest.mark.usefixtures("two_days")
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_photos_of_a_day_are_hidden_with_the_keyboard(page: Page, *, scripts: bool) -> None:
    """A link selects them, with scripts at once. The bar counts them, and "Clear" clears them."""
    page.goto("/?order=taken")
    tab_to(page, page.get_by_role("link", name="Select", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Select photos", level=1)).to_be_visible()
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(3)
    assert count_in(page) == "0"
    expect(page.get_by_role("button", name="Hide")).to_be_hidden()
    day = page.get_by_role("link", name="Select all of Saturday, August 15")
    tab_to(page, day)
    page.keyboard.press("Enter")
    selected = page.locator(".photo-selection :checked")
    expect(selected).to_have_count(2)
    assert ("select=" in page.url) is not scripts
    assert count_in(page) == "2"
    assert page.evaluate(NO_HORIZONTAL_SCROLL)
    page.get_by_role("link", name="Clear").click()
    expect(selected).to_have_count(0)
    day.click()
    expect(selected).to_have_count(2)
    tab_to(page, page.get_by_role("button", name="Hide"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 photos hidden.")).to_be_visible()
    expect(boxes).to_have_count(1)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("2 photos published.")).to_be_visible()
    expect(boxes).to_have_count(3)


@pytest.mark.browser
@pytest.mark.usefixtures("two_days")
def test_fields_of_the_bar_never_cover_the_focus(page: Page) -> None:
    """Also the largest form of the bar leaves the focused photo in view."""
    page.goto("/photos/select?in=tag:sea&select=all")
    bar = page.locator(".bulk-actions")
    for summary in page.locator(".bulk-changes summary").all():
        summary.click()
        box = page.get_by_role("checkbox").last
        box.focus()
        focused, covering = box.bounding_box(), bar.bounding_box()
        assert focused
        assert covering
        assert focused["y"] + focused["height"] <= covering["y"]


@pytest.mark.browser
@pytest.mark.usefixtures("two_days")
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize(
    ("group", "label", "text"),
    [("Tags", "Add tags", "evening"), ("Dates", "Days", "2"), ("License", "Credit", "Anna")],
)
def test_the_enter_key_does_what_the_field_is_for(
    page: Page, group: str, label: str, text: str, *, scripts: bool
) -> None:
    """Not the action of the first button of the bar."""
    page.goto("/uploads?select=all")
    page.locator("summary", has_text=group).click()
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")
    expect(page.get_by_text("3 photos updated.")).to_be_visible()
