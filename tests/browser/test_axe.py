"""No screen is in anybody's way, as far as a program can tell: axe-core's rules."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.axe import violations
from tests.browser.conftest import add_photos
from tests.browser.screens import log_in, screens

PASSWORD = "the admin's word"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"ADMIN_PASSWORD": PASSWORD}


@pytest.mark.browser
@pytest.mark.parametrize(
    "forgiven", ["Failed to load resource: the server responded with a status of 4"], ids=[""]
)
@pytest.mark.parametrize(
    ("size", "preferences"),
    [((390, 844), {"color_scheme": "dark"}), ((1280, 800), {"color_scheme": "light"})],
    ids=["phone, dark", "desk, light"],
)
def test_no_screen_breaks_a_rule(page: Page, preferences: dict[str, Any]) -> None:
    """Every screen, with everything that can be open on it."""
    log_in(page, PASSWORD)
    photos = add_photos(page, 4, tags="sea", description="Grey.")
    assert {
        screen: broken for screen in screens(page, photos) if (broken := violations(page))
    } == {}
