"""The number of photos and the line about the site, at the top of the gallery."""

from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.errors import StorageUnavailable
from app.domain.usage import SITE, KeyRange, Usage
from app.services.factory import Services
from app.services.photo_service import PhotoService
from app.web.pagination import PAGE_SIZE
from app.web.rendering.gallery.photo_count import MAX_AGE, PhotoCount
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import Visitor

ABOUT = "Walks & hills, since 2019 <3"


@pytest.fixture
def app(config: Config, services: Services) -> Flask:
    return create_app(replace(config, site_about=ABOUT), services)


def number(page: str) -> str | None:
    """Return the number of photos at the top of the gallery."""
    _, _, rest = page.partition('<p class="hint">')
    return rest.partition("</p>")[0] or None


def test_the_first_page_has_the_number_of_photos(backend: Backend, visitor: Visitor) -> None:
    """A gallery of one page counts its photos, a larger one has a counter."""
    assert number(visitor.get("/").text) is None
    visitor.add()
    assert number(visitor.get("/").text) == "1 photo"
    photos = [make_photo() for _ in range(PAGE_SIZE)]
    publish_all(backend, photos)
    assert number(visitor.get("/").text) == f"{PAGE_SIZE + 1} photos"
    assert number(visitor.get("/?lang=ko").text) == f"사진 {PAGE_SIZE + 1}장"
    assert number(visitor.get(f"/?before={photos[9].photo_id}").text) is None


def test_the_first_page_has_the_line_about_the_site(visitor: Visitor) -> None:
    """It is escaped, and the description of the page in search engines."""
    page = visitor.get("/").text
    assert '<p dir="auto">Walks &amp; hills, since 2019 &lt;3</p>' in page
    assert 'content="Walks &amp; hills, since 2019 &lt;3"' in page


def test_the_count_survives_an_error_of_the_storage(
    service: PhotoService, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gallery shows the number that was read before, and none at first."""
    publish_all(backend, [make_photo() for _ in range(3)])
    page = service.page("public", 2)
    now = 0.0
    count = PhotoCount(service, lambda: now)

    def fail(_span: KeyRange, _limit: int) -> tuple[Usage, ...]:
        raise StorageUnavailable("the table is busy")

    with monkeypatch.context() as broken:
        broken.setattr(service, "usage", fail)
        assert count.with_page(page) is None
    now += MAX_AGE
    assert count.with_page(page) == 3
    now += MAX_AGE
    monkeypatch.setattr(service, "usage", fail)
    assert count.with_page(page) == 3


def test_a_counter_that_is_off_is_not_shown(
    service: PhotoService, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is less than the photos on the page until it is repaired."""
    publish_all(backend, [make_photo() for _ in range(3)])
    monkeypatch.setattr(service, "usage", lambda _span, _limit: (Usage(SITE, 1),))
    assert PhotoCount(service).with_page(service.page("public", 2)) is None
