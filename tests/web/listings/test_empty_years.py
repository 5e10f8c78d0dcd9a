"""The gallery by date goes on after years that have no photos, although the counters name them.

Covers app.services.listings.every_year and app.web.pagination.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.config import Config
from app.domain.photo import Photo
from app.domain.usage import Usage, archive_counter
from app.services.listings import every_year
from tests.backends import Backend, make_photo
from tests.conftest import ADMIN_PASSWORD
from tests.storage.conftest import publish_all
from tests.visitor import JSON, Visitor
from tests.web.pages import test_slideshow as slideshow
from tests.web.pages.test_gallery import link, shown

EMPTY_YEARS = range(2000, 2006)


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, admin_password=ADMIN_PASSWORD)


def photo_of(year: int) -> Photo:
    return make_photo(taken_at=datetime(year, 6, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def photo(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> Photo:
    """The only photo, which is older than the years of wrong counters. A page reads three years."""
    monkeypatch.setattr(every_year, "MAX_READS", 3)
    photo = photo_of(1974)
    publish_all(backend, [photo])
    for year in EMPTY_YEARS:
        counter = archive_counter(photo_of(year))
        assert backend.catalog.compare_and_set_usage(Usage(counter), Usage(counter, 1, 1))
    return photo


def pages_along(visitor: Visitor, rel: str, path: str | None) -> list[str]:
    """Return the pages that links lead to, one after the other."""
    pages = []
    while path:
        pages.append(visitor.get(path, follow_redirects=True).text)
        path = link(pages[-1], rel)
    return pages


def test_they_do_not_end_the_gallery(visitor: Visitor, photo: Photo) -> None:
    """An empty page says how far it was read, and links to the next one."""
    pages = pages_along(visitor, "next", "/?order=taken")
    assert [shown(page) for page in pages] == [[], [], [photo.photo_id]]
    assert "Searched back to January 1, 2004 and found nothing yet." in pages[0]
    assert "Searched back to January 1, 2001 and found nothing yet." in pages[1]
    assert visitor.get("/?order=taken", headers=JSON).json["older"].endswith(link(pages[0], "next"))
    newer = pages_along(visitor, "prev", link(pages[-1], "prev"))
    assert [shown(page) for page in newer] == [[], [], []]
    assert "Searched forward to December 31, 2001 and found nothing yet." in newer[0]
    assert link(newer[-1], "prev") is None


def test_they_do_not_end_the_slideshow(visitor: Visitor, photo: Photo) -> None:
    """It goes on to the next photo, and starts again at the end."""
    page = slideshow.follow(visitor, "/slideshow?in=taken")
    assert slideshow.shown(page) == photo.photo_id
    for rel in ("next", "prev"):
        page = slideshow.follow(visitor, slideshow.link(page, rel))
        assert slideshow.shown(page) == photo.photo_id


def test_a_page_to_select_photos_is_not_called_the_end(admin: Visitor, photo: Photo) -> None:
    pages = pages_along(admin, "next", "/photos/select?in=taken")
    assert [photo.photo_id in page for page in pages] == [False, False, True]
    assert not any("That’s everything." in page for page in pages)
