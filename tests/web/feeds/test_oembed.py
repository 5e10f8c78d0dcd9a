"""oEmbed describes a photo to other sites."""

import re
from html import unescape

import pytest

from app.domain.photo_summary import PhotoState
from tests.backends import Backend, make_photo
from tests.visitor import Visitor


def test_photo_page_links_to_its_description(visitor: Visitor, backend: Backend) -> None:
    """The discovery link returns type, title, and the URL and size of a rendition."""
    photo = make_photo(title="Pier", width=4000, height=3000)
    backend.catalog.publish(photo)
    page = visitor.get(f"/photos/{photo.photo_id}").text
    [address] = re.findall(
        r'<link rel="alternate" type="application/json\+oembed"[^>]* href="([^"]+)"', page
    )
    answer = visitor.get(unescape(address)).json
    assert answer["version"] == "1.0"
    assert (answer["type"], answer["title"], answer["provider_name"]) == (
        "photo",
        "Pier",
        "Shoebox",
    )
    assert (answer["width"], answer["height"]) == (2048, 1536)
    assert answer["url"].endswith(f"/{photo.photo_id}/2048.jpg")
    assert answer["url"].startswith("http")
    assert (answer["thumbnail_width"], answer["thumbnail_height"]) == (320, 240)


@pytest.mark.parametrize(
    ("limits", "file", "size"),
    [
        ("", 2048, (2048, 1536)),
        ("maxwidth=4000", 3200, (3200, 2400)),
        ("maxwidth=1280", 1280, (1280, 960)),
        ("maxwidth=1279", 640, (640, 480)),
        ("maxheight=500", 640, (640, 480)),
        ("maxwidth=5000&maxheight=300", 320, (320, 240)),
        ("maxwidth=100", 320, (100, 75)),
        ("maxheight=1", 320, (1, 1)),
    ],
)
def test_rendition_fits_the_limits(
    visitor: Visitor, backend: Backend, limits: str, file: int, size: tuple[int, int]
) -> None:
    """It is the widest within the limits, without them up to 2048 pixels; a small one shrinks."""
    photo = make_photo(width=4000, height=3000)
    backend.catalog.publish(photo)
    answer = visitor.get(f"/oembed?url=http://localhost/photos/{photo.photo_id}&{limits}").json
    assert answer["url"].endswith(f"/{file}.jpg")
    assert (answer["width"], answer["height"]) == size
    assert ("thumbnail_url" in answer) == (size[0] >= 320)


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/photos/{id}",
        "http://localhost.evil.example/photos/{id}",
        "http://localhost:81/photos/{id}",
        "http://localhost/tags/sea",
        "http://localhost/photos/{id}/edit",
        "http://localhost/nothing",
        "http://localhost/photos/nothing",
        "javascript://localhost/photos/{id}",
        "/photos/{id}",
        "http://[::1/photos/{id}",
        "photos",
    ],
)
def test_other_urls_are_404(visitor: Visitor, backend: Backend, url: str) -> None:
    """Other hosts, other pages and malformed URLs are a 404."""
    photo = make_photo()
    backend.catalog.publish(photo)
    answer = visitor.get("/oembed", query_string={"url": url.format(id=photo.photo_id)})
    assert answer.status_code == 404


def test_deleted_photo_is_404(visitor: Visitor, backend: Backend) -> None:
    """A photo in the trash cannot be embedded."""
    photo = make_photo()
    backend.catalog.publish(photo)
    backend.catalog.update(
        photo, photo.next_version(state=PhotoState.TRASHED, expires_at=2_000_000_000)
    )
    assert visitor.get(f"/oembed?url=http://localhost/photos/{photo.photo_id}").status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("url={}&format=xml", 501),
        ("url={}&format=json", 200),
        ("url={}&maxwidth=0", 400),
        ("url={}&maxwidth=-5", 400),
        ("url={}&maxheight=wide", 400),
        ("url={}&maxheight=99999999", 400),
    ],
)
def test_invalid_requests_are_rejected(
    visitor: Visitor, backend: Backend, query: str, status: int
) -> None:
    """A missing URL or an invalid limit is a 400; a format other than JSON is a 501."""
    photo = make_photo()
    backend.catalog.publish(photo)
    address = f"http://localhost/photos/{photo.photo_id}"
    assert visitor.get(f"/oembed?{query.format(address)}").status_code == status
