"""Pages of a year, of a month and of the photos without a date.

Covers app.domain.listings.archive_counts, app.services.listings.archive_service,
app.web.rendering.archive_dates.
"""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from app.domain.image.taken_date import FIRST_YEAR
from app.domain.listings.archive import Period
from app.domain.listings.archive_counts import ArchiveCounts
from app.domain.photo import Photo
from app.domain.photo_ids import MAX_ID, MIN_ID
from app.services.factory import Services
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import Visitor
from tests.web.pages.test_gallery import link, shown


def photo_of(taken_at: str | None, **changes: str) -> Photo:
    date = datetime.fromisoformat(taken_at) if taken_at else None
    return make_photo(taken_at=date, **changes)


@pytest.fixture
def photos(backend: Backend) -> list[Photo]:
    """Photos with and without a date, which were uploaded in another order."""
    dates = ("2026-11-05T14:03:07", None, "1974-06-01", "2026-11-30", "2026-02-01", "2025-12-31")
    photos = [photo_of(date) for date in dates]
    publish_all(backend, photos)
    return photos


@pytest.fixture
def november(backend: Backend) -> list[str]:
    """Publish 75 photos of a month, several a day. Return their ids, latest first."""
    first = datetime(2026, 11, 1, tzinfo=UTC)
    photos = [make_photo(taken_at=first + timedelta(hours=7 * number)) for number in range(75)]
    others = [photo_of(date) for date in ("2026-10-31T23:59:59", "2026-12-01", "2025-11-05")]
    publish_all(backend, [*photos[::2], *photos[1::2], *others])
    return [photo.photo_id for photo in reversed(photos)]


def texts(page: str, tag: str) -> list[str]:
    found = re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", page, re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]*>", "", text)).split()) for text in found]


def neighbor(page: str, rel: str) -> str | None:
    """Return the address of a neighbor on the page of a photo."""
    found = link(page, rel)
    return found and found.partition("#")[0]


def archive_links(page: str) -> list[str]:
    """Return the addresses of years and months that a page links to."""
    return re.findall(r'href="(/\d{4}(?:/\d{2})?|/undated)"', page)


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


@pytest.mark.parametrize("path", ["/2026", "/2026/11"])
def test_links_lead_through_all_photos(visitor: Visitor, november: list[str], path: str) -> None:
    """Following the older links shows every photo once, and the newer links lead back."""
    seen: list[str] = []
    following: str | None = path
    last = path
    while following:
        last = following
        page = visitor.get(following).text
        seen += shown(page)
        following = link(page, "next")
    in_month = [photo_id for photo_id in seen if photo_id in november]
    assert in_month == november
    assert len(seen) == len(november) + (2 if path == "/2026" else 0)
    page = visitor.get(last).text
    while newer := link(page, "prev"):
        page = visitor.get(newer, follow_redirects=True).text
    assert shown(page) == seen[:PAGE_SIZE]


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


@pytest.mark.parametrize(
    "cursor",
    ["x", MIN_ID, "1105T140307-", "1105T140307-x", f"1305T140307-{MIN_ID}", f"1105T1403-{MIN_ID}"],
)
def test_what_is_no_position_is_not_found(visitor: Visitor, cursor: str) -> None:
    for name in ("before", "after"):
        assert visitor.get(f"/2026?{name}={cursor}").status_code == 404


@pytest.mark.parametrize("day", ["0231", "1231", "0101"])
def test_any_position_is_a_cursor(visitor: Visitor, photos: list[Photo], day: str) -> None:
    """Also that of a photo that is gone, or of a day that does not exist."""
    for photo_id in (MIN_ID, MAX_ID):
        for name in ("before", "after"):
            path = f"/2026?{name}={day}T000000-{photo_id}"
            assert visitor.get(path, follow_redirects=True).status_code == 200
    beyond = visitor.get(f"/2026?before=0101T000000-{MIN_ID}").text
    assert "That’s everything." in beyond


@pytest.mark.parametrize("listing", ["taken:2026", "taken:2026-11"])
def test_a_photo_stays_in_its_period(visitor: Visitor, photos: list[Photo], listing: str) -> None:
    """The links to its neighbors and the link back lead through the year or month."""
    later, photo, earlier = (photos[number].photo_id for number in (3, 0, 4))
    page = visitor.get(f"/photos/{photo}?in={listing}").text
    assert neighbor(page, "prev") == f"/photos/{later}?in={listing}"
    assert neighbor(page, "next") == (
        f"/photos/{earlier}?in={listing}" if listing == "taken:2026" else None
    )
    back = re.search(r'class="photo-bar">\s*<a rel="nofollow" href="([^"#]+)', page)
    assert back
    shown_there = shown(visitor.get(unescape(back[1]), follow_redirects=True).text)
    assert photo in shown_there
    assert shown(visitor.get(f"/{listing[6:].replace('-', '/')}").text)[1] == photo


def test_a_photo_without_a_date_stays_among_those(
    visitor: Visitor, backend: Backend, photos: list[Photo]
) -> None:
    newer = photo_of(None)
    publish_all(backend, [newer])
    page = visitor.get(f"/photos/{photos[1].photo_id}?in=undated").text
    assert neighbor(page, "prev") == f"/photos/{newer.photo_id}?in=undated"
    assert neighbor(page, "next") is None
    assert "2 of 2" in page


@pytest.mark.parametrize("listing", ["taken:1974", "taken:2026-13", "taken:", "undated"])
def test_a_photo_that_is_not_there_is_shown_in_the_gallery(
    visitor: Visitor, photos: list[Photo], listing: str
) -> None:
    page = visitor.get(f"/photos/{photos[3].photo_id}?in={listing}").text
    assert neighbor(page, "prev") == f"/photos/{photos[4].photo_id}"


def test_a_slideshow_of_a_period(visitor: Visitor, photos: list[Photo]) -> None:
    """It shows the photos of the period, and then starts again at the latest one."""
    seen = []
    path = "/slideshow?in=taken:2026"
    for _ in range(4):
        page = visitor.get(path).text
        seen += re.findall(r'class="full-close" href="/photos/([0-9A-Z]+)\?in=taken:2026"', page)
        path = link(page, "next") or ""
    assert seen == [photos[number].photo_id for number in (3, 0, 4, 3)]


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


def test_the_date_of_a_photo_leads_to_its_month(visitor: Visitor, photos: list[Photo]) -> None:
    page = visitor.get(f"/photos/{photos[0].photo_id}").text
    found = re.search(r'<a href="/2026/11">\s*<time datetime="2026-11-05T14:03:07">(.*?)</', page)
    assert found
    assert found[1].startswith("November 5, 2026, 2:03")


def test_counts_that_are_off_leave_no_empty_link() -> None:
    """A month whose counter is not positive has no photos."""
    counts = ArchiveCounts.of_months({Period(2026, 11): 0, Period(2026, 2): 1}, -1)
    assert [month.period for month in counts.months] == [Period(2026, 2)]
    assert counts.undated == 0
    assert counts.neighbors(Period(2026, 5)) == (None, Period(2026, 2))
    assert counts.of(Period(2026)) == 1
