"""What pages say to programs that show links to them."""

import json
import re
from html import unescape
from typing import Any

from app.domain.photo import PhotoState
from tests.backends import Backend, make_photo
from tests.sample_images import jpeg
from tests.visitor import Visitor


def metas(page: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page)
    return {name: unescape(content) for name, content in found}


def canonical(page: str) -> str:
    [address] = re.findall(r'<link rel="canonical" href="([^"]+)"', page)
    return unescape(address)


def test_a_photo_page_has_its_card(visitor: Visitor) -> None:
    """Open Graph and Twitter get absolute addresses, the right size, title, description and alternative text."""
    location = visitor.upload(
        jpeg(2000, 1000), title='"Pier" & <sea>', description="One.\nTwo.", alt="A pier"
    ).location
    page = visitor.get(location).text
    summary = metas(page)
    assert summary["og:title"] == '"Pier" & <sea>'
    assert summary["og:description"] == summary["description"] == "One. Two."
    assert summary["og:url"] == canonical(page) == f"http://localhost{location}"
    assert summary["og:image"].startswith("http")
    assert summary["og:image"].endswith("/1280.jpg")
    assert (summary["og:image:width"], summary["og:image:height"]) == ("1280", "640")
    assert summary["og:image:alt"] == "A pier"
    assert summary["twitter:card"] == "summary_large_image"


def test_listings_show_their_newest_photo(visitor: Visitor) -> None:
    """Gallery and tag page have a summary with the newest photo's picture, and one without where there is none."""
    assert "og:image" not in metas(visitor.get("/").text)
    photo_id = visitor.add(tags="바다")
    for path in ("/", "/tags/바다"):
        page = visitor.get(path).text
        assert photo_id in metas(page)["og:image"]
    assert canonical(page) == "http://localhost/tags/%EB%B0%94%EB%8B%A4"


def test_further_pages_are_their_own_canonical(visitor: Visitor) -> None:
    """A page from a cursor on is known by that cursor, and by nothing else in its address."""
    photo_id = visitor.add()
    assert (
        canonical(visitor.get(f"/?before={photo_id}&utm_source=x").text)
        == f"http://localhost/?before={photo_id}"
    )
    assert canonical(visitor.get("/?utm_source=x").text) == "http://localhost/"


def test_addresses_are_those_the_visitor_uses(visitor: Visitor) -> None:
    """The host of the request is the host of every absolute address."""
    photo_id = visitor.add()
    page = visitor.get(f"/photos/{photo_id}", base_url="https://photos.example")
    assert canonical(page.text) == f"https://photos.example/photos/{photo_id}"


def test_json_ld_describes_the_photo(visitor: Visitor) -> None:
    """The page has a schema.org ImageObject whose words can't end the element it stands in."""
    typed = "</script><script>alert(1)</script>"
    location = visitor.upload(jpeg(800, 600), title=typed, tags="sea, pier").location
    page = visitor.get(location).text
    assert "<script>alert" not in page
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    facts: dict[str, Any] = json.loads(text)
    assert facts["@type"] == "ImageObject"
    assert facts["name"] == typed
    assert facts["keywords"] == "sea, pier"
    assert (facts["width"], facts["height"]) == (800, 600)
    assert facts["contentUrl"].startswith("http")
    assert "description" not in facts


def test_a_hidden_photo_stays_out_of_search_engines(visitor: Visitor, backend: Backend) -> None:
    """The page of a hidden photo, which its link still opens, asks not to be indexed."""
    photo = make_photo()
    backend.catalog.publish(photo)
    assert "noindex" not in visitor.get(f"/photos/{photo.photo_id}").text
    backend.catalog.update(photo, photo.next_version(state=PhotoState.HIDDEN))
    assert metas(visitor.get(f"/photos/{photo.photo_id}").text)["robots"] == "noindex"
