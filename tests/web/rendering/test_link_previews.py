"""Link previews and JSON-LD.

Covers app.web.rendering.photo_urls.
"""

import json
import re
import unicodedata
from html import unescape
from typing import Any

from tests.sample_images import jpeg
from tests.visitor import Visitor


def meta_tags(page: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page)
    return {name: unescape(content) for name, content in found}


def canonical(page: str) -> str:
    [url] = re.findall(r'<link rel="canonical" href="([^"]+)"', page)
    return unescape(url)


def test_a_photo_page_has_a_link_preview(visitor: Visitor) -> None:
    """Open Graph and Twitter tags have URLs, sizes, title, description and alternative text."""
    location = visitor.upload(
        jpeg(2000, 1000), title='"Pier" & <sea>', description="One.\nTwo.", alt="A pier"
    ).location
    page = visitor.get(location).text
    tags = meta_tags(page)
    assert tags["og:title"] == '"Pier" & <sea>'
    assert tags["og:description"] == tags["description"] == "One. Two."
    assert tags["og:url"] == canonical(page) == f"http://localhost{location}"
    assert tags["og:image"].startswith("http")
    assert tags["og:image"].endswith("/1280.jpg")
    assert (tags["og:image:width"], tags["og:image:height"]) == ("1280", "640")
    assert tags["og:image:alt"] == "A pier"
    assert tags["twitter:card"] == "summary_large_image"


def test_a_listing_s_preview_shows_its_newest_photo(visitor: Visitor) -> None:
    """The previews of gallery and tag pages show the newest photo, if there is one."""
    assert "og:image" not in meta_tags(visitor.get("/").text)
    photo_id = visitor.add(tags="바다")
    for path in ("/", "/tags/바다"):
        page = visitor.get(path).text
        assert photo_id in meta_tags(page)["og:image"]
    assert canonical(page) == "http://localhost/tags/%EB%B0%94%EB%8B%A4"


def test_the_canonical_url_keeps_only_the_cursor(visitor: Visitor) -> None:
    """The canonical URL of a further page has its cursor and no other parameter."""
    photo_id = visitor.add()
    assert (
        canonical(visitor.get(f"/?before={photo_id}&utm_source=x").text)
        == f"http://localhost/?before={photo_id}"
    )
    assert canonical(visitor.get("/?utm_source=x").text) == "http://localhost/"


def test_all_urls_of_a_page_have_the_host_as_the_browser_sent_it(visitor: Visitor) -> None:
    """That is its ASCII form (RFC 5891): the page and the image of a preview are on one host."""
    photo_id = visitor.add()
    page = visitor.get(f"/photos/{photo_id}", base_url="http://xn--bcher-kva.localhost:8000")
    tags = meta_tags(page.text)
    for url in (tags["og:url"], tags["og:image"], canonical(page.text)):
        in_bucket = url.startswith("https://shoebox-photos.s3.")
        assert in_bucket or url.startswith("http://xn--bcher-kva.localhost:8000/"), url


def test_absolute_urls_use_the_request_s_host(visitor: Visitor) -> None:
    """Absolute URLs have the host of the request."""
    photo_id = visitor.add()
    page = visitor.get(f"/photos/{photo_id}", base_url="https://photos.localhost")
    assert canonical(page.text) == f"https://photos.localhost/photos/{photo_id}"


def test_json_ld_describes_the_photo(visitor: Visitor) -> None:
    """The page has a schema.org ImageObject. A title can't close its script element."""
    title = "</script><script>alert(1)</script>"
    location = visitor.upload(jpeg(800, 600), title=title, tags="sea, pier").location
    page = visitor.get(location).text
    assert "<script>alert" not in page
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    image_object: dict[str, Any] = json.loads(text)
    assert image_object["@type"] == "ImageObject"
    assert image_object["name"] == title
    assert image_object["keywords"] == "sea, pier"
    assert (image_object["width"], image_object["height"]) == (800, 600)
    assert image_object["contentUrl"].startswith("http")
    assert "description" not in image_object


def test_a_hidden_photo_has_no_preview(visitor: Visitor) -> None:
    """Its page asks search engines not to index it, and gives other sites no description."""
    photo_id = visitor.add()
    assert "noindex" not in visitor.get(f"/photos/{photo_id}").text
    visitor.post(f"/photos/{photo_id}/hide", visitor.fields("/upload"))
    page = visitor.get(f"/photos/{photo_id}").text
    assert meta_tags(page)["robots"] == "noindex"
    assert not [name for name in meta_tags(page) if name.startswith("og:")]
    assert "application/ld+json" not in page


def test_a_long_description_is_cut_after_a_word(visitor: Visitor) -> None:
    """Texts without spaces are cut inside, and a letter keeps its marks."""
    for description, least in (
        ("word " * 100, 195),
        ("해운대" * 100, 199),
        ("short " + "海" * 400, 199),
        ("e\N{COMBINING DOT BELOW}\N{COMBINING ACUTE ACCENT}x" * 100, 190),
    ):
        tags = meta_tags(visitor.get(visitor.upload(jpeg(), description=description).location).text)
        shown = tags["description"].removesuffix("…")
        whole = unicodedata.normalize("NFC", description)
        assert whole.startswith(shown)
        assert least <= len(shown) + 1 <= 200
        assert unicodedata.combining(whole[len(shown)]) == 0
