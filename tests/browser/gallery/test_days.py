"""Days of the gallery across pages that are appended."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from ulid import ULID

from app import create_app
from app.config import Config
from app.web.pagination import PAGE_SIZE
from tests.backends import local_backend
from tests.browser.live_site import serve
from tests.conftest import services_of
from tests.sample_photos import make_photo

NEWEST = datetime.fromisoformat("2025-11-14T12:00:00+00:00")
DAYS = (10, PAGE_SIZE, 6, 1, 2)  # photos; the second day goes on on the second page


@pytest.fixture
def site_url(tmp_path: Path) -> Iterator[str]:
    """A site with records of several days."""
    backend = local_backend(tmp_path)
    for days_ago, photos in enumerate(DAYS):
        for minute in range(photos):
            photo_id = str(ULID.from_datetime(NEWEST - timedelta(days=days_ago, minutes=minute)))
            backend.catalog.publish(make_photo(photo_id=photo_id))
    config = Config(photo_dir=tmp_path)
    with serve(create_app(config, services_of(backend, config))) as url:
        yield url


@pytest.fixture
def size() -> tuple[int, int]:
    return 1280, 800


@pytest.fixture
def ignored_console_text() -> str:
    """The records have no files."""
    return "status of 404"


@pytest.mark.browser
def test_the_rest_of_a_day_is_appended_to_its_list(page: Page) -> None:
    """Its heading is there once, and the next days have headings of their own."""
    page.goto("/")
    sections = page.locator(".days > section")
    expect(sections).to_have_count(2)
    page.get_by_role("link", name="Older").scroll_into_view_if_needed()
    expect(sections).to_have_count(4)
    expect(page.get_by_role("heading", level=2)).to_have_text(
        [
            "Friday, November 14, 2025 10 photos",
            "Thursday, November 13, 2025",
            "Wednesday, November 12, 2025 6 photos",
            "Nov 10 – 11, 2025 3 photos",
        ]
    )
    for section, photos in zip(sections.all(), (10, PAGE_SIZE, 6, 3), strict=True):
        expect(section.get_by_role("listitem")).to_have_count(photos)
