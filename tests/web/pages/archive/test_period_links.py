"""Links lead through all photos of a period."""

import re
from html import unescape

import pytest

from app.domain.photo import Photo
from app.domain.photo_ids import MAX_ID, MIN_ID
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend
from tests.storage.conftest import publish_all
from tests.visitor import Visitor
from tests.web.pages.archive.archive_pages import neighbor, photo_of
from tests.web.pages.test_gallery import link, shown


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


def test_the_date_of_a_photo_leads_to_its_month(visitor: Visitor, photos: list[Photo]) -> None:
    page = visitor.get(f"/photos/{photos[0].photo_id}").text
    found = re.search(r'<a href="/2026/11">\s*<time datetime="2026-11-05T14:03:07">(.*?)</', page)
    assert found
    assert found[1].startswith("November 5, 2026, 2:03")
