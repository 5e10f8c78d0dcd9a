"""No screen violates a rule of axe-core."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.browser.axe import violations
from tests.browser.conftest import add_photos, upload_photos
from tests.browser.screens.all_screens import delete, log_in, screens
from tests.sample_images import jpeg, phone_exif

PASSWORD = "admin password"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
# The next screen opens on a phone.
WINDOWS: tuple[tuple[str, ViewportSize, Literal["light", "dark"]], ...] = (
    ("desktop, light", DESKTOP, "light"),
    ("phone, dark", PHONE, "dark"),
)
SAMPLE = 5  # a sampled run checks every fifth screen


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"admin_password": PASSWORD}


@pytest.fixture
def size() -> tuple[int, int]:
    return PHONE["width"], PHONE["height"]


@pytest.fixture
def preferences() -> dict[str, Any]:
    return {"color_scheme": "dark"}


@pytest.mark.browser
@pytest.mark.parametrize(
    "ignored_console_text",
    ["Failed to load resource: the server responded with a status of 4"],
    ids=[""],
)
def test_no_screen_violates_a_rule(page: Page, *, exhaustive: bool) -> None:
    """Every screen passes in each window, with everything on it that can be open."""
    log_in(page, PASSWORD)
    dated = upload_photos(page, [jpeg(exif=phone_exif())], tags="sea", description="Grey.")
    photos = [*dated, *add_photos(page, 3, tags="sea", description="Grey.")]
    delete(page, photos[-1])
    found = {}
    for name, open_screen in screens(photos)[:: 1 if exhaustive else SAMPLE]:
        open_screen(page)
        for window, viewport, color_scheme in WINDOWS:
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=color_scheme)
            found[f"{name}, {window}"] = violations(page)
    assert {screen: rules for screen, rules in found.items() if rules} == {}
