"""The order of the gallery: the parameter, the cookie and the setting.

Covers app.domain.listings.gallery_order, app.services.listings.every_year.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.listings.gallery_order import GalleryOrder
from app.domain.photo import Photo
from app.domain.photo_ids import MAX_ID, MIN_ID
from app.services.factory import Services
from app.services.listings import every_year
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import Visitor
from tests.web.pages.archive.archive_pages import neighbor, texts
from tests.web.pages.test_gallery import link, shown

DATES = ("2026-11-05", "1974-06-01", "2026-02-01", "2025-12-31", None, "2019-01-01", "2019-01-01")


def photo_of(date: str | None) -> Photo:
    taken_at = datetime.fromisoformat(date).replace(tzinfo=UTC) if date else None
    return make_photo(taken_at=taken_at)


@pytest.fixture
def photos(backend: Backend) -> list[Photo]:
    photos = [photo_of(date) for date in DATES]
    publish_all(backend, photos)
    return photos


@pytest.fixture
def by_date(photos: list[Photo]) -> list[str]:
    """The ids of the photos that have a date, the latest date first."""
    return [photos[number].photo_id for number in (0, 2, 3, 6, 5, 1)]


@pytest.fixture
def by_upload(photos: list[Photo]) -> list[str]:
    return [photo.photo_id for photo in reversed(photos)]


def test_the_gallery_by_date(visitor: Visitor, photos: list[Photo], by_date: list[str]) -> None:
    """It has the photos of all years, with the days on which they were taken as headings."""
    page = visitor.get("/?order=taken").text
    assert shown(page) == by_date
    assert texts(page, "h2") == ["Jun 1, 1974 – Nov 5, 2026 6 photos"]
    assert f'href="/photos/{by_date[0]}?in=taken"' in page
    assert 'href="/undated"' in page


def test_the_choice_is_remembered(
    visitor: Visitor, by_date: list[str], by_upload: list[str]
) -> None:
    """A cookie keeps it until the visitor chooses the other order."""
    assert shown(visitor.get("/").text) == by_upload
    assert "order" in visitor.get("/?order=taken").headers["Set-Cookie"]
    page = visitor.get("/")
    assert shown(page.text) == by_date
    assert "Set-Cookie" not in page.headers
    assert re.search(r'order=taken"\s+aria-current="page"', page.text)
    assert shown(visitor.get("/?order=added").text) == by_upload
    assert shown(visitor.get("/").text) == by_upload


@pytest.mark.parametrize("order", ["", "newest", "TAKEN", "taken ", "x" * 5000])
def test_another_word_is_no_choice(visitor: Visitor, by_upload: list[str], order: str) -> None:
    page = visitor.get(f"/?order={order}")
    assert shown(page.text) == by_upload
    assert "Set-Cookie" not in page.headers


def test_the_setting_is_the_order_of_those_who_chose_none(
    config: Config, services: Services, by_date: list[str], by_upload: list[str]
) -> None:
    """A choice of the visitor has precedence."""
    changed = replace(config, gallery_order=GalleryOrder.TAKEN)
    visitor = Visitor(create_app(changed, services))
    assert shown(visitor.get("/").text) == by_date
    assert shown(visitor.get("/?order=added").text) == by_upload
    assert shown(visitor.get("/").text) == by_upload


def test_a_cursor_belongs_to_one_order(
    app: Flask, visitor: Visitor, by_date: list[str], by_upload: list[str]
) -> None:
    """A link to a page shows the same photos to those who have chosen another order."""
    visitor.get("/?order=taken")
    assert shown(visitor.get(f"/?before={MAX_ID}").text) == by_upload
    cursor = f"2025-1231T235959-{MAX_ID}"
    assert shown(Visitor(app).get(f"/?before={cursor}").text) == by_date[2:]
    assert visitor.get(f"/?order=added&before={cursor}").status_code == 404
    assert visitor.get(f"/?order=taken&before={MAX_ID}").status_code == 404


@pytest.mark.parametrize("cursor", ["2026", "2026-x", f"026-1105T000000-{MIN_ID}", "x"])
def test_what_is_no_cursor_is_not_found(visitor: Visitor, cursor: str) -> None:
    assert visitor.get(f"/?before={cursor}").status_code == 404


@pytest.mark.parametrize("reads", [1, 2, 8])
def test_links_lead_through_all_years(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch, reads: int
) -> None:
    """Also if a page may read few years: it is shorter then. The newer links lead back."""
    monkeypatch.setattr(every_year, "MAX_READS", reads)
    years = [2026, *range(2019, 2000, -1), *[1990] * (2 * PAGE_SIZE), 1980, 1974]
    photos = [photo_of(f"{year}-06-01") for year in reversed(years)]
    publish_all(backend, photos)
    expected = [photo.photo_id for photo in reversed(photos)]
    seen: list[str] = []
    path: str | None = "/?order=taken"
    page = ""
    while path:
        page = visitor.get(path).text
        seen += shown(page)
        path = link(page, "next")
    assert seen == expected
    newest_last = shown(page)
    while path := link(page, "prev"):
        page = visitor.get(path, follow_redirects=True).text
        if link(page, "prev"):
            newest_last = shown(page) + newest_last
    assert newest_last == expected[len(expected) - len(newest_last) :]
    assert shown(page) == expected[: len(shown(page))]


def test_a_photo_stays_in_the_gallery_by_date(
    visitor: Visitor, photos: list[Photo], by_date: list[str]
) -> None:
    """Its neighbors may be of other years, and the link back leads to the page by date."""
    photo = by_date[2]
    page = visitor.get(f"/photos/{photo}?in=taken").text
    assert neighbor(page, "prev") == f"/photos/{by_date[1]}?in=taken"
    assert neighbor(page, "next") == f"/photos/{by_date[3]}?in=taken"
    back = re.search(r'class="photo-bar">\s*<a rel="nofollow" href="([^"#]+)', page)
    assert back
    assert photo in shown(visitor.get(unescape(back[1]), follow_redirects=True).text)
    undated = visitor.get(f"/photos/{photos[4].photo_id}?in=taken").text
    assert neighbor(undated, "next") == f"/photos/{photos[3].photo_id}"


def test_the_link_back_leads_to_the_order_of_the_photo(
    visitor: Visitor, by_date: list[str], by_upload: list[str]
) -> None:
    """Also if the visitor has chosen the other order."""
    visitor.get("/?order=taken")
    page = visitor.get(f"/photos/{by_upload[0]}").text
    assert f'href="/?order=added#{by_upload[0]}"' in page
    visitor.get("/?order=added")
    page = visitor.get(f"/photos/{by_date[0]}?in=taken").text
    assert f'href="/?order=taken#{by_date[0]}"' in page


def test_a_slideshow_by_date(visitor: Visitor, by_date: list[str]) -> None:
    seen = []
    path = "/slideshow?in=taken"
    for _ in range(len(by_date) + 1):
        page = visitor.get(path).text
        seen += re.findall(r'class="full-close" href="/photos/([0-9A-Z]+)\?in=taken"', page)
        path = link(page, "next") or ""
    assert seen == [*by_date, by_date[0]]


def test_photos_without_dates_leave_one_order(visitor: Visitor, backend: Backend) -> None:
    """The gallery by date is empty, and says so."""
    publish_all(backend, [make_photo()])
    assert "order=taken" not in visitor.get("/").text
    page = visitor.get("/?order=taken").text
    assert shown(page) == []
    assert "Every photo is without a date." in page
    assert 'href="/?order=added"' in page
