"""Moments are shown in the visitor's time zone."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import upload_photos
from tests.sample_images import jpeg, phone_exif

pytestmark = pytest.mark.browser

MOMENT = "time[data-style]"
SHIFTED_FACTS = """() => new Promise(resolve => {
  const isFact = ({ node }) => node?.parentElement?.closest('dl');
  new PerformanceObserver(list => {
    const sources = list.getEntries().flatMap(entry => entry.sources);
    resolve(sources.filter(isFact).length);
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(0), 200);
})"""


@pytest.fixture
def size() -> tuple[int, int]:
    return 390, 844


@pytest.fixture
def preferences() -> dict[str, Any]:
    return {"timezone_id": "Asia/Seoul", "locale": "en-GB"}


@pytest.fixture
def photo(page: Page) -> str:
    return upload_photos(page, [jpeg(exif=phone_exif())])[0]


def test_a_moment_is_in_the_visitor_s_zone_and_format(page: Page, photo: str) -> None:
    """The script uses the format of the visitor's region, and no other fact moves."""
    page.goto(photo)
    moment = page.locator(MOMENT)
    expect(moment).to_have_text(re.compile(r"^\d+ [A-Z][a-z]+ 20\d\d, \d\d:\d\d$"))
    uploaded = datetime.fromisoformat(moment.get_attribute("datetime") or "")
    in_seoul = uploaded + timedelta(hours=9)
    expect(moment).to_have_text(re.compile(f"^{in_seoul.day} .*, {in_seoul:%H:%M}$"))
    assert page.evaluate(SHIFTED_FACTS) == 0


def test_a_page_in_another_language_keeps_its_language(page: Page, photo: str) -> None:
    """The browser's region does not mix two languages on a page."""
    page.goto(f"{photo}?lang=ko")
    expect(page.locator(MOMENT)).to_have_text(re.compile(r"^20\d\d년 \d+월 \d+일"))
    expect(page.locator(MOMENT)).not_to_contain_text("UTC")


def test_the_time_of_the_camera_stays(page: Page, photo: str) -> None:
    """No script converts it, although the camera stated its offset from UTC."""
    page.goto(photo)
    expect(page.locator('time[datetime="2026-08-15T18:30:05+09:00"]')).to_contain_text("18:30")


@pytest.mark.parametrize("scripts", [False], ids=["no scripts"])
def test_without_scripts_a_moment_has_its_zone(page: Page, photo: str) -> None:
    """The page names the time zone of the site."""
    page.goto(photo)
    expect(page.locator(MOMENT)).to_contain_text("UTC")
