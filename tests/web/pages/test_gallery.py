"""The gallery."""

import re

import pytest
from flask import Flask

from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import Visitor


def shown(page: str) -> list[str]:
    """Return the ids of the photos that a listing links to, in its order."""
    return list(dict.fromkeys(re.findall(r'href="/photos/([0-9A-Z]{26})["?]', page)))


def link(page: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}"[^>]*href="([^"]+)"', page) or re.search(
        rf'href="([^"]+)"[^>]*rel="{rel}"', page
    )
    return found and found.group(1).replace("&amp;", "&")


def image_urls(page: str, photo: Photo) -> dict[str, list[str]]:
    """Return the renditions in `<source>` and in `<img>`, in their order on the page.

    The larger images of full screen are left out.
    """
    tags = re.findall(
        rf"<(source|img)([^>]*{photo.photo_id}[^>]*)>", page.partition("<template>")[0]
    )
    return {
        name: re.findall(rf"photos/\w/{photo.photo_id}/([\w.]+)", attributes)
        for name, attributes in tags
    }


@pytest.fixture
def collection(backend: Backend) -> list[str]:
    """Publish 75 photos; return their ids, newest first."""
    photos = [make_photo(title=f"Photo {number}") for number in range(75)]
    publish_all(backend, photos)
    return [photo.photo_id for photo in reversed(photos)]


def test_empty_gallery_links_to_the_upload(visitor: Visitor) -> None:
    """Without photos the gallery asks for the first one."""
    page = visitor.get("/")
    assert page.status_code == 200
    assert 'href="/upload"' in page.text


def test_older_links_lead_through_all_photos_newest_first(
    visitor: Visitor, collection: list[str]
) -> None:
    """Following the older links shows every photo once."""
    seen: list[str] = []
    path: str | None = "/"
    while path:
        page = visitor.get(path).text
        seen += shown(page)
        path = link(page, "next")
    assert seen == collection


def test_newer_links_lead_back_to_the_first_page(visitor: Visitor, collection: list[str]) -> None:
    """The first page has no newer link."""
    page = visitor.get(f"/?before={collection[2 * PAGE_SIZE - 1]}").text
    assert shown(page) == collection[2 * PAGE_SIZE :]
    page = visitor.get(link(page, "prev") or "").text
    assert shown(page) == collection[PAGE_SIZE : 2 * PAGE_SIZE]
    page = visitor.get(link(page, "prev") or "", follow_redirects=True).text
    assert shown(page) == collection[:PAGE_SIZE]


def test_cursor_of_a_deleted_photo_is_valid(
    visitor: Visitor, backend: Backend, collection: list[str]
) -> None:
    """The page shows the photos after the deleted one."""
    gone = backend.catalog.get(collection[40])
    backend.catalog.update(
        gone, gone.next_version(state=PhotoState.TRASHED, expires_at=2_000_000_000)
    )
    assert shown(visitor.get(f"/?before={gone.photo_id}").text)[0] == collection[41]


def test_invalid_cursor_is_404(visitor: Visitor) -> None:
    """A cursor must be a photo id."""
    assert visitor.get("/?before=../../etc").status_code == 404


def test_images_have_a_size_before_they_load(visitor: Visitor) -> None:
    """The page has width, height and alt; images further down load lazily."""
    for number in range(6):
        visitor.add(alt=f"Hill {number}")
    page = visitor.get("/").text
    images = re.findall(r'<img[^>]*alt="Hill[^>]*>', page)
    assert len(images) == 6
    for image in images:
        for attribute in ("width=", "height="):
            assert attribute in image
    assert 'loading="lazy"' in images[-1]
    assert 'loading="lazy"' not in images[0]
    assert ['fetchpriority="high"' in image for image in images] == [True] * 4 + [False] * 2


def test_browsers_choose_between_renditions_and_formats(visitor: Visitor, backend: Backend) -> None:
    """With AVIF they choose among AVIFs and wider JPEGs; else they show a JPEG of 640 pixels."""
    photo = make_photo()
    publish_all(backend, [photo])
    urls = image_urls(visitor.get("/").text, photo)
    assert urls["source"] == ["320.avif", "480.avif", "640.avif", "960.avif", "1280.jpg"]
    assert urls["img"] == ["640.jpg"]
    urls = image_urls(visitor.get(f"/photos/{photo.photo_id}").text, photo)
    assert urls["source"][-3:] == ["1600.jpg", "2048.jpg", "3200.jpg"]
    assert urls["img"] == ["1280.jpg", *(f"{width}.jpg" for width in photo.widths)]


def test_a_photo_of_an_earlier_version_is_shown_as_jpeg(visitor: Visitor, backend: Backend) -> None:
    """Browsers choose among its JPEGs, the only renditions that it has."""
    photo = make_photo(widths=(320, 640, 1280, 2048), avif_widths=())
    publish_all(backend, [photo])
    for path, first in (("/", "640.jpg"), (f"/photos/{photo.photo_id}", "1280.jpg")):
        urls = image_urls(visitor.get(path).text, photo)
        assert "source" not in urls
        assert urls["img"][:4] == [first, "320.jpg", "640.jpg", "1280.jpg"]


def test_titles_are_escaped(visitor: Visitor) -> None:
    """Markup in a title is shown as text."""
    visitor.add(title="<script>alert(1)</script>", alt='"><img src=x onerror=alert(1)>')
    page = visitor.get("/").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_gallery_has_the_title_of_the_site(app: Flask) -> None:
    """SITE_TITLE is the title of the gallery."""
    assert "<title>" in Visitor(app).get("/").text
