"""The page of one photo: its texts, its links and its images.

Covers app.web.pages.photos.
"""

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from app import create_app
from app.config import Config
from app.services.factory import Services
from app.web.rendering.photo_urls import MAX_SHOWN_ORIGINAL
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.sample_photos import make_photo
from tests.visitor import Visitor


def test_page_shows_the_photo_and_its_texts(visitor: Visitor) -> None:
    """Title, description, tags, dates and the download of the original are on the page."""
    photo_id = visitor.add(title="Dusk", description="First line\nSecond line", tags="바다, sea")
    page = visitor.get(f"/photos/{photo_id}").text
    for text in ("Dusk", "First line\nSecond line", "바다", "<time", "original.jpg", "160"):
        assert text in page


def test_page_links_to_its_neighbors(visitor: Visitor) -> None:
    """The next newer and the next older photo are linked."""
    oldest, middle, newest = (visitor.add() for _ in range(3))
    page = visitor.get(f"/photos/{middle}").text
    assert f"/photos/{newest}" in page
    assert f"/photos/{oldest}" in page


def test_actions_are_in_a_menu_beside_the_title(
    config: Config, services: Services, app: Flask, visitor: Visitor
) -> None:
    """The owner has them, the admin also has a link to the contributor, and strangers have none."""
    photo_id = visitor.add()
    admin = Visitor(create_app(replace(config, admin_password="let me rule"), services))
    admin.submit("/login", password="let me rule")
    names = [menu_of(who.get(f"/photos/{photo_id}").text) for who in (visitor, admin, Visitor(app))]
    turns = ["Rotate left", "Rotate right"]
    actions = ["Edit", "Albums", *turns, "Hide", "Delete"]
    assert names == [actions, [*actions, "All photos of this contributor"], []]
    visitor.post(f"/photos/{photo_id}/hide", visitor.fields(f"/photos/{photo_id}"))
    assert menu_of(visitor.get(f"/photos/{photo_id}").text) == ["Edit", *turns, "Unhide", "Delete"]


def menu_of(page: str) -> list[str]:
    """Return the names in the menu beside the title of a photo."""
    menu = page.partition("<main")[2].partition("<details")[2].partition("</details>")[0]
    items = re.findall(r"<(?:a|button)\b[^>]*>([^<]*)<", menu) if 'class="menu"' in menu else []
    return [item.strip() for item in items]


def test_unknown_photo_is_404(visitor: Visitor) -> None:
    """Ids without a photo and malformed ids are a 404."""
    for photo_id in ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "nothing", "..%2f..%2fsecret_key"):
        assert visitor.get(f"/photos/{photo_id}").status_code == 404


def test_a_file_name_is_shown_to_the_uploader_alone(app: Flask, visitor: Visitor) -> None:
    """A name may hold a place or a person, so no stranger, program or search gets it."""
    photo_id = visitor.upload(jpeg(), names=("Anna in Busan.jpg",)).location.rpartition("/")[2]
    path = f"/photos/{photo_id}"
    assert "Anna in Busan.jpg" in visitor.get(path).text
    stranger = Visitor(app)
    oembed = f"/oembed?url=http://localhost{path}"
    for page in (path, "/", "/feed.xml", oembed, "/search?q=busan"):
        assert "Anna" not in stranger.get(page).text
    assert photo_id not in stranger.get("/search?q=busan").text


@pytest.mark.parametrize(
    ("changes", "has_original"),
    [
        ({}, True),
        ({"bytes": MAX_SHOWN_ORIGINAL + 1}, False),
        ({"content_type": "image/heic"}, False),
        ({"width": 3200}, False),
        ({"rotation": 1, "revision": 1}, False),
    ],
)
def test_full_screen_shows_the_original_where_it_is_sharper(
    visitor: Visitor, backend: Backend, changes: dict[str, Any], *, has_original: bool
) -> None:
    """It must not be heavy, and browsers must show its format. The page does not load it."""
    photo = make_photo(**{"width": 4000, "bytes": MAX_SHOWN_ORIGINAL} | changes)
    backend.catalog.publish(photo)
    page, _, full_screen = visitor.get(f"/photos/{photo.photo_id}").text.partition("<template>")
    candidate = f"/original.jpg {photo.width}w"
    assert (candidate in full_screen) is has_original
    assert candidate not in page


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "AVIF"])
@pytest.mark.parametrize("frames", [1, 3])
def test_an_animation_moves_on_its_page_only(
    visitor: Visitor, file_format: str, frames: int
) -> None:
    """Visitors who prefer reduced motion see a still image. Of an AVIF only one image is kept."""
    photo_id = _upload_frames(visitor, file_format, frames)
    page = visitor.get(f"/photos/{photo_id}").text
    source = '<source media="(prefers-reduced-motion: no-preference)" srcset="'
    urls = [tag.partition('"')[0] for tag in page.split(source)[1:]]
    is_animated = frames > 1 and file_format != "AVIF"
    assert len(urls) == (2 if is_animated else 0)  # the page and full screen
    for url in urls:
        assert re.search(rf"photos/\w/{photo_id}/original\.\w+$", url)
    assert source not in visitor.get("/").text


def _upload_frames(visitor: Visitor, file_format: str, count: int) -> str:
    """Upload a file with several images and return the photo's id."""
    first, *others = (Image.new("RGB", (48, 36), (80 * index, 90, 90)) for index in range(count))
    file = BytesIO()
    first.save(file, file_format, save_all=count > 1, append_images=others)
    answer = visitor.upload(file.getvalue())
    assert answer.status_code == 303, answer.text
    return str(answer.location.rpartition("/")[2])
