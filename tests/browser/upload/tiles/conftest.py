"""The tiles of the chosen photos on a phone."""

import pytest
from playwright.sync_api import Locator, Page


@pytest.fixture
def size() -> tuple[int, int]:
    return 390, 844


@pytest.fixture
def tiles(page: Page) -> Locator:
    return page.locator(".upload-tiles button")
