"""No screen violates a rule of axe-core."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.axe import violations
from tests.browser.conftest import add_photos
from tests.browser.screens import log_in, screens

PASSWORD = "admin password"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"ADMIN_PASSWORD": PASSWORD}


@pytest.mark.browser
@pytest.mark.parametrize(
    "ignored_console_text",
    ["Failed to load resource: the server responded with a status of 4"],
    ids=[""],
)
@pytest.mark.parametrize(
    ("size", "preferences"),
    [((390, 844), {"color_scheme": "dark"}), ((1280, 800), {"color_scheme": "light"})],
    ids=["phone, dark", "desktop, light"],
)
def test_no_screen_violates_a_rule(page: Page, preferences: dict[str, Any]) -> None:
    """Every screen passes, with everything on it that can be open."""
    log_in(page, PASSWORD)
    photos = add_photos(page, 4, tags="sea", description="Grey.")
    found = {screen: violations(page) for screen in screens(page, photos)}
    assert {screen: rules for screen, rules in found.items() if rules} == {}
