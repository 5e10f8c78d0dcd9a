"""Pages of a year, of a month and of the photos without a date.

Covers app.domain.listings.archive_counts, app.services.listings.archive_service,
app.web.rendering.archive_dates.
"""

from datetime import UTC, datetime

import pytest

from app.domain.image.taken_date import FIRST_YEAR
from app.domain.listings.archive import Period
from app.domain.listings.archive_counts import ArchiveCounts
from app.domain.photo import Photo
from app.services.factory import Services
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend
from tests.storage.conftest import publish_all
from tests.visitor import Visitor
from tests.web.pages.archive.archive_pages import archive_links, photo_of, texts
from tests.web.pages.test_gallery import link, shown


def test_a_year_has_its_photos_latest_first(visitor: Visitor, photos: list[Photo]) -> None:
    """Those of other years and those without a date are on other pages."""
    page = visitor.get("/2026")
    assert shown(page.text) == [photos[number].photo_id for number in (3, 0, 4)]
    assert texts(page.text, "h1") == ["2026"]
    assert shown(visitor.get("/1974").text) == [photos[2].photo_id]


def test_a_month_has_its_photos(visitor: Visitor, photos: list[Photo]) -> None:
    """It links to its year, and to the months before and after it that have photos."""
    page = visitor.get("/2026/11").text
    assert shown(page) == [photos[3].photo_id, photos[0].photo_id]
    assert texts(page, "h1") == ["November 2026"]
    assert archive_links(page) == ["/2026", "/2026/02"]
    assert archive_links(visitor.get("/2026/02").text) == ["/2026", "/2025/12", "/2026/11"]


def test_photos_without_a_date_have_a_page(visitor: Visitor, photos: list[Photo]) -> None:
    assert shown(visitor.get("/undated").text) == [photos[1].photo_id]


def test_a_year_counts_its_months(visitor: Visitor, photos: list[Photo]) -> None:
    """Only months with photos have a link, and only years with photos."""
    page = visitor.get("/2026").text
    assert archive_links(page) == ["/2026/11", "/2026/02", "/2025"]
    assert "3 photos" in page
    assert "Nov 2 2 photos Feb 1 1 photo" in texts(page, "nav")
    assert archive_links(visitor.get("/2025").text) == ["/2025/12", "/1974", "/2026"]


def test_the_gallery_links_to_years_and_months(
    visitor: Visitor, backend: Backend, photos: list[Photo]
) -> None:
    """A gallery of one page counts its own photos, a larger one reads the counters."""
    links = ["/2026", "/2026/11", "/2026/02", "/2025", "/2025/12", "/1974", "/1974/06", "/undated"]
    assert archive_links(visitor.get("/").text) == links
    publish_all(backend, [photo_of("1999-01-01") for _ in range(PAGE_SIZE)])
    newer = ["/1999", "/1999/01"]
    page = visitor.get("/").text
    assert archive_links(page) == [*links[:5], *newer, *links[5:]]
    assert archive_links(visitor.get(link(page, "next") or "").text) == []


def test_an_empty_gallery_has_no_dates(visitor: Visitor) -> None:
    assert "archive-nav" not in visitor.get("/").text


def test_the_days_are_those_on_which_photos_were_taken(
    visitor: Visitor, november: list[str]
) -> None:
    """A day that goes on beyond the page has no number of photos."""
    page = visitor.get("/2026/11").text
    headings = texts(page, "h2")
    assert headings[:2] == ["November 19 – 22 13 photos", "November 15 – 18 14 photos"]


def test_in_korean(visitor: Visitor, photos: list[Photo]) -> None:
    assert texts(visitor.get("/2026/11?lang=ko").text, "h1") == ["2026년 11월"]
    assert texts(visitor.get("/2026?lang=ko").text, "h1") == ["2026년"]


NEXT_YEAR = datetime.now(UTC).year + 1


@pytest.mark.parametrize(
    "path",
    [
        *("/2026/00", "/2026/13", "/0000", f"/{FIRST_YEAR - 1}", f"/{NEXT_YEAR + 1}", "/202"),
        *("/20260", "/2026/1", "/2026/111", "/2026/11/05", "/-026", "/2026/1a", "/٢٠٢٦"),
    ],
)
def test_impossible_dates_are_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/2026", "/2026/11", f"/{FIRST_YEAR}", f"/{NEXT_YEAR}/12"])
def test_a_time_without_photos_says_so(visitor: Visitor, path: str) -> None:
    page = visitor.get(path)
    assert page.status_code == 200
    assert "No photos from this time." in page.text


def test_every_photo_has_a_date(visitor: Visitor) -> None:
    assert "Every photo has a date." in visitor.get("/undated").text


def test_hidden_and_deleted_photos_are_in_no_period(visitor: Visitor, services: Services) -> None:
    """A change is on the page at once."""
    taken_at = datetime(2026, 11, 5, tzinfo=UTC)
    photo_id = visitor.add()
    photo = services.photos.get(photo_id)
    services.backend.catalog.update(photo, photo.next_version(taken_at=taken_at))
    assert shown(visitor.get("/2026").text) == [photo_id]
    fields = visitor.fields("/upload")
    visitor.post(f"/photos/{photo_id}/hide", fields)
    assert shown(visitor.get("/2026").text) == []
    visitor.post(f"/photos/{photo_id}/unhide", fields)
    assert shown(visitor.get("/2026").text) == [photo_id]
    visitor.post(f"/photos/{photo_id}/delete", fields)
    assert shown(visitor.get("/2026").text) == []


def test_counts_that_are_off_leave_no_empty_link() -> None:
    """A month whose counter is not positive has no photos."""
    counts = ArchiveCounts.of_months({Period(2026, 11): 0, Period(2026, 2): 1}, -1)
    assert [month.period for month in counts.months] == [Period(2026, 2)]
    assert counts.undated == 0
    assert counts.neighbors(Period(2026, 5)) == (None, Period(2026, 2))
    assert counts.of(Period(2026)) == 1
