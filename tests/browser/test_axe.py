"""No screen violates a rule of axe-core."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.axe import violations_by_screen
from tests.browser.conftest import add_photos, upload_photos
from tests.browser.screens.all_screens import delete, log_in, screens
from tests.sample_images import jpeg, phone_exif

PASSWORD = "admin password"


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"admin_password": PASSWORD}


@pytest.mark.browser
@pytest.mark.parametrize(
    "ignored_console_text",
    ["Failed to load resource: the server responded with a status of 4"],
    ids=[""],
)
@pytest.mark.parametrize(
    ("size", "preferences", "start"),
    [((390, 844), {"color_scheme": "dark"}, 0), ((1280, 800), {"color_scheme": "light"}, 2)],
    ids=["phone, dark", "desktop, light"],
)
def test_no_screen_violates_a_rule(page: Page, start: int, *, exhaustive: bool) -> None:
    """Every screen passes, with everything on it that can be open.

    A sampled run checks every fourth screen in each size.
    """
    log_in(page, PASSWORD)
    dated = upload_photos(page, [jpeg(exif=phone_exif())], tags="sea", description="Grey.")
    photos = [*dated, *add_photos(page, 3, tags="sea", description="Grey.")]
    delete(page, photos[-1])
    all_screens = screens(photos)
    checked = all_screens if exhaustive else all_screens[start::4]
    found = violations_by_screen(page, checked)
    assert {screen: rules for screen, rules in found.items() if rules} == {}
