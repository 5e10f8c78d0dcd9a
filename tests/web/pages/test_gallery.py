"""The gallery."""

import re

import pytest
from flask import Flask

from app.domain.photo import PhotoState
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import Visitor


def shown(page: str) -> list[str]:
    """The photos a listing links to, in its order."""
    return list(dict.fromkeys(re.findall(r'href="/photos/([0-9A-Z]{26})"', page)))


def link(page: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}"[^>]*href="([^"]+)"', page) or re.search(
        rf'href="([^"]+)"[^>]*rel="{rel}"', page
    )
    return found and found.group(1).replace("&amp;", "&")


@pytest.fixture
def collection(backend: Backend) -> list[str]:
    """The ids of 75 photos, newest first."""
    photos = [make_photo(title=f"Photo {number}") for number in range(75)]
    publish_all(backend, photos)
    return [photo.photo_id for photo in reversed(photos)]


def test_an_empty_gallery_invites(visitor: Visitor) -> None:
    """Without photos the gallery leads to the upload."""
    page = visitor.get("/")
    assert page.status_code == 200
    assert 'href="/upload"' in page.text


def test_older_links_lead_through_all_photos_newest_first(
    visitor: Visitor, collection: list[str]
) -> None:
    """Following the older links shows every photo once, newest first."""
    seen: list[str] = []
    path: str | None = "/"
    while path:
        page = visitor.get(path).text
        seen += shown(page)
        path = link(page, "next")
    assert seen == collection


def test_newer_links_lead_back(visitor: Visitor, collection: list[str]) -> None:
    """From the last page the newer links lead back to the first, which then has no newer link."""
    page = visitor.get(f"/?before={collection[2 * PAGE_SIZE - 1]}").text
    assert shown(page) == collection[2 * PAGE_SIZE :]
    page = visitor.get(link(page, "prev") or "").text
    assert shown(page) == collection[PAGE_SIZE : 2 * PAGE_SIZE]
    page = visitor.get(link(page, "prev") or "", follow_redirects=True).text
    assert shown(page) == collection[:PAGE_SIZE]


def test_a_cursor_survives_its_photo(
    visitor: Visitor, backend: Backend, collection: list[str]
) -> None:
    """A page that starts at a photo deleted meanwhile shows what comes after it."""
    gone = backend.catalog.get(collection[40])
    backend.catalog.update(
        gone, gone.next_version(state=PhotoState.TRASHED, expires_at=2_000_000_000)
    )
    assert shown(visitor.get(f"/?before={gone.photo_id}").text)[0] == collection[41]


def test_a_cursor_that_is_none_is_not_found(visitor: Visitor) -> None:
    """A made-up cursor is a 404."""
    assert visitor.get("/?before=../../etc").status_code == 404


def test_a_card_says_its_size_before_it_loads(visitor: Visitor) -> None:
    """Width, height, srcset, sizes and alternative text stand in the page; later summaries load lazily."""
    for number in range(6):
        visitor.add(alt=f"Hill {number}")
    page = visitor.get("/").text
    images = re.findall(r"<img[^>]*srcset[^>]*>", page)
    assert len(images) == 6
    for image in images:
        for attribute in ("width=", "height=", "srcset=", "sizes=", 'alt="Hill '):
            assert attribute in image
    assert 'loading="lazy"' in images[-1]
    assert 'loading="lazy"' not in images[0]
    assert ['fetchpriority="high"' in image for image in images] == [True] * 4 + [False] * 2


def test_words_are_shown_as_text(visitor: Visitor) -> None:
    """Markup typed as a title is shown, not run."""
    visitor.add(title="<script>alert(1)</script>", alt='"><img src=x onerror=alert(1)>')
    page = visitor.get("/").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_site_has_its_name(app: Flask) -> None:
    """The gallery is called as SITE_TITLE says."""
    assert "<title>" in Visitor(app).get("/").text
