"""The days of uploads in the gallery, in the listing of a tag and in search results."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from app import create_app
from app.config import Config
from app.domain import photo_ids
from app.domain.pages import build_page
from app.domain.photo_summary import PhotoSummary
from app.services.factory import Services
from app.web.pagination import PAGE_SIZE
from app.web.rendering.gallery import photo_days
from app.web.rendering.gallery.photo_days import MAX_SHARED, MAX_SPARSE
from tests.sample_photos import make_photo
from tests.visitor import Visitor

TODAY = datetime(2026, 11, 14, 12, tzinfo=UTC)
HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
FULL_DAY = MAX_SPARSE + 1

Day = tuple[int, int]  # days before today, and the number of photos


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            assert tz is UTC
            return TODAY

    monkeypatch.setattr(photo_days, "datetime", Clock)


def photo_ids_of(days: Iterable[Day]) -> list[str]:
    """Return ids of photos of these days, newest first."""
    moments = [
        TODAY - timedelta(days=days_ago, minutes=minute)
        for days_ago, photos in days
        for minute in range(photos)
    ]
    return [str(ULID.from_datetime(moment)) for moment in moments]


def publish(services: Services, *days: Day) -> list[str]:
    ids = photo_ids_of(days)
    for photo_id in ids:
        photo = make_photo(photo_id=photo_id, title="Pier", tags=("sea",))
        services.backend.catalog.publish(photo)
    return ids


def headings(visitor: Visitor, path: str) -> list[str]:
    """Return the texts of the headings of days."""
    page = visitor.get(path).text
    texts = [TAG.sub(" ", heading) for heading in HEADING.findall(page)]
    return [" ".join(unescape(text).split()) for text in texts]


@pytest.mark.parametrize("path", ["/", "/tags/sea", "/search?q=pier"])
def test_photos_are_below_the_day_of_their_upload(
    visitor: Visitor, services: Services, path: str
) -> None:
    """A heading has the weekday and the number of photos, and the year if it is another one."""
    publish(services, (0, 7), (1, FULL_DAY), (400, FULL_DAY))
    assert headings(visitor, path) == [
        "Saturday, November 14 7 photos",
        "Friday, November 13 5 photos",
        "Friday, October 10, 2025 5 photos",
    ]


def test_headings_are_in_the_language_of_the_visitor(visitor: Visitor, services: Services) -> None:
    """Korean dates have their own order."""
    publish(services, (0, 7), (1, 1), (3, 1), (400, 5))
    assert headings(visitor, "/?lang=ko") == [
        "11월 14일 토요일 사진 7장",
        "11월 11일 – 13일 사진 2장",
        "2025년 10월 10일 금요일 사진 5장",
    ]


def test_a_day_begins_at_midnight_of_the_site(config: Config, services: Services) -> None:
    """A photo of 20:00 UTC is of the next day in Seoul."""
    photo_id = str(ULID.from_datetime(TODAY.replace(hour=20) - timedelta(days=1)))
    services.backend.catalog.publish(make_photo(photo_id=photo_id))
    seoul = create_app(replace(config, timezone=ZoneInfo("Asia/Seoul")), services)
    assert headings(Visitor(seoul), "/") == ["Saturday, November 14 1 photo"]


def test_days_with_few_photos_share_a_heading(visitor: Visitor, services: Services) -> None:
    """Their dates are a range. Full days keep their own heading."""
    publish(services, (0, 1), (2, 2), (3, 1), (5, FULL_DAY), (20, 1), (360, 1))
    assert headings(visitor, "/") == [
        "November 11 – 14 4 photos",
        "Monday, November 9 5 photos",
        "Nov 19, 2025 – Oct 25, 2026 2 photos",
    ]


@pytest.mark.parametrize("path", ["/?", "/tags/sea?", "/search?q=pier&"])
def test_the_photos_of_a_day_are_counted_only_if_the_page_has_all(
    visitor: Visitor, services: Services, path: str
) -> None:
    """A day that goes on beyond the page has no count, and shares its heading with no other."""
    ids = publish(services, (0, 1), (1, PAGE_SIZE + 1), (2, 2), (3, 1))
    first = headings(visitor, path)
    assert first == ["Saturday, November 14 1 photo", "Friday, November 13"]
    older = headings(visitor, f"{path}before={ids[PAGE_SIZE - 1]}")
    assert older == ["Friday, November 13", "November 11 – 12 3 photos"]
    newer = headings(visitor, f"{path}after={ids[-2]}")
    assert newer == ["Friday, November 13", "Thursday, November 12"]


@pytest.mark.parametrize("path", ["/?", "/tags/sea?", "/search?q=pier&"])
def test_a_day_that_ends_with_the_page_is_counted(
    visitor: Visitor, services: Services, path: str
) -> None:
    """The next photo is of another day."""
    ids = publish(services, (0, PAGE_SIZE), (1, PAGE_SIZE), (2, 6))
    assert headings(visitor, path) == [f"Saturday, November 14 {PAGE_SIZE} photos"]
    older = headings(visitor, f"{path}before={ids[PAGE_SIZE - 1]}")
    assert older == [f"Friday, November 13 {PAGE_SIZE} photos"]
    newer = headings(visitor, f"{path}after={ids[2 * PAGE_SIZE]}")
    assert newer == [f"Friday, November 13 {PAGE_SIZE} photos"]


@pytest.mark.parametrize("path", ["/?", "/tags/sea?", "/search?q=pier&"])
@pytest.mark.parametrize("cursor", [f"before={photo_ids.MAX_ID}", f"after={photo_ids.MIN_ID}"])
def test_every_cursor_has_a_day(
    visitor: Visitor, services: Services, path: str, cursor: str
) -> None:
    """The largest id has a time that no date can have."""
    publish(services, (0, 7))
    assert headings(visitor, path + cursor) in ([], ["Saturday, November 14 7 photos"])


days = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=40, unique_by=lambda day: day[0]
)


@given(days.map(sorted), st.integers(0, 200), st.booleans())
def test_groups_are_the_page_s_photos_in_order(
    all_days: list[Day], cursor: int, is_older: bool
) -> None:
    """Complete groups have all photos of their days, and only complete days are in one group."""
    ids = photo_ids_of(all_days)
    position = min(cursor, len(ids))
    edge = ids[position - 1] if position else None
    below = [_summary(photo_id) for photo_id in ids[position:]]
    above = [_summary(photo_id) for photo_id in ids[: max(0, position - 1)][::-1]]
    page = (
        build_page(below[: PAGE_SIZE + 1], PAGE_SIZE, edge, None)
        if is_older or not edge
        else build_page(above[: PAGE_SIZE + 1], PAGE_SIZE, None, edge)
    )
    with _app().app_context():
        groups = photo_days.photo_days(page)
    assert [photo for group in groups for photo in group.photos] == list(page.summaries)
    counts = {TODAY.date() - timedelta(days=ago): count for ago, count in all_days}
    for group in groups:
        shown = sum(n for day, n in counts.items() if group.oldest <= day <= group.newest)
        assert group.is_complete == (len(group.photos) == shown)
        assert group.day or (group.is_complete and len(group.photos) < MAX_SHARED + MAX_SPARSE)


def _summary(photo_id: str) -> PhotoSummary:
    return make_photo(photo_id=photo_id).summary


def _app() -> Flask:
    """Return an app with the default time zone, and nothing else."""
    app = Flask(__name__)
    app.extensions["shoebox"] = type("Context", (), {"config": Config()})
    return app
