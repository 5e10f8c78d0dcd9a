"""Atom feeds of the newest photos and of each tag."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from app.domain import photo_ids
from app.domain.albums.album_text import AlbumText
from app.services.factory import Services
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend, aws_backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import Visitor
from tests.web.feeds.calls_of import calls_of

ATOM = {"atom": "http://www.w3.org/2005/Atom", "html": "http://www.w3.org/1999/xhtml"}
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def feed(visitor: Visitor, path: str) -> ElementTree.Element:
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.data)  # noqa: S314  our own XML


def one(element: ElementTree.Element, path: str) -> str:
    [found] = element.findall(path, ATOM)
    return found.text or ""


def links(element: ElementTree.Element) -> dict[str, str]:
    return {link.attrib["rel"]: link.attrib["href"] for link in element.findall("atom:link", ATOM)}


def check(element: ElementTree.Element) -> None:
    """Check the requirements of RFC 4287 for a feed (4.1.1) and its entries (4.1.2)."""
    for it in (element, *element.findall("atom:entry", ATOM)):
        assert re.match(
            r"https?://|urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", one(it, "atom:id")
        )
        assert one(it, "atom:title")
        assert RFC_3339.fullmatch(one(it, "atom:updated"))
        assert links(it)["alternate"].startswith("http")
    assert one(element, "atom:author/atom:name")
    assert links(element)["self"]
    entries = [one(entry, "atom:id") for entry in element.findall("atom:entry", ATOM)]
    assert len(entries) == len(set(entries))


def test_feed_has_the_newest_photos_first(visitor: Visitor) -> None:
    """An entry has the photo's address, date, image and texts, also if they contain markup."""
    first = visitor.add(title="]]> <b>bold</b> & \x0b 📷")
    second = visitor.add(title="Pier", alt='A "pier"')
    found = feed(visitor, "/feed.xml")
    check(found)
    newest, oldest = found.findall("atom:entry", ATOM)
    assert links(newest)["alternate"] == f"http://localhost/photos/{second}"
    assert one(oldest, "atom:title").startswith("]]> <b>bold</b> &")
    assert one(newest, "atom:published") == photo_ids.timestamp_of(second).isoformat()
    assert one(found, "atom:updated") == one(newest, "atom:updated")
    [link] = newest.findall("atom:content/html:div/html:a", ATOM)
    [image] = link
    assert link.attrib["href"] == f"http://localhost/photos/{second}"
    assert image.attrib["alt"] == 'A "pier"'
    assert (image.attrib["width"], image.attrib["height"]) == ("160", "120")
    assert image.attrib["src"] == links(newest)["enclosure"]
    assert first in links(oldest)["enclosure"]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "application/atom+xml"),
        ("*/*", "application/atom+xml"),
        ("application/atom+xml, text/html;q=0.5, */*;q=0.1", "application/atom+xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/xml"),
    ],
)
def test_browsers_show_the_feed_as_a_page(visitor: Visitor, accept: str, content_type: str) -> None:
    """They would show the source of an Atom feed, or store it as a file. It has style sheets."""
    visitor.add(title="Pier")
    answer = visitor.get("/feed.xml", headers={"Accept": accept})
    assert answer.mimetype == content_type
    assert "Accept" in answer.vary
    style_sheets = re.findall(r'<\?xml-stylesheet type="text/css" href="([^"]+)"\?>', answer.text)
    assert [visitor.get(path).mimetype for path in style_sheets] == ["text/css"] * 3


@pytest.mark.parametrize(
    ("language", "explanation"), [("en", "This is a feed"), ("ko", "피드예요")]
)
def test_a_feed_says_what_it_is(visitor: Visitor, language: str, explanation: str) -> None:
    """The text is in the language of the visitor, and a link leads to the photos."""
    found = feed(visitor, f"/feed.xml?lang={language}")
    [subtitle] = found.findall("atom:subtitle/html:div", ATOM)
    assert explanation in "".join(subtitle.itertext())
    assert [link.attrib["href"] for link in subtitle.iter(f"{{{ATOM['html']}}}a")] == [
        "http://localhost/"
    ]


def test_entry_id_does_not_depend_on_the_host(visitor: Visitor) -> None:
    """An entry keeps its id when the site is opened under another name."""
    visitor.add()
    ids = set()
    for base_url in ("http://192.0.2.1", "https://photos.localhost"):
        text = visitor.get("/feed.xml", base_url=base_url).text
        ids.update(re.findall("urn:uuid:[^<]+", text))
    assert len(ids) == 1


def test_feed_of_a_tag_has_the_photos_of_the_tag(visitor: Visitor) -> None:
    """The tag's page links to the feed, and another spelling of the tag redirects to it."""
    photo_id = visitor.add(tags="바다")
    visitor.add(tags="hill")
    found = feed(visitor, "/tags/바다/feed.xml")
    check(found)
    [entry] = found.findall("atom:entry", ATOM)
    assert photo_id in links(entry)["alternate"]
    assert links(found)["alternate"] == "http://localhost/tags/%EB%B0%94%EB%8B%A4"
    assert 'href="/tags/%EB%B0%94%EB%8B%A4/feed.xml"' in visitor.get("/tags/바다").text
    assert visitor.get("/tags/HILL/feed.xml").location == "/tags/hill/feed.xml"


def test_feed_of_an_album_has_its_photos(
    visitor: Visitor, services: Services, backend: Backend
) -> None:
    """The last one comes first, and pages follow. The links stay in the album."""
    album = services.albums.create("0" * 32, AlbumText("Lake & sea", "Two weeks"))
    photos = [
        make_photo(taken_at=datetime(2026, 11, 1, tzinfo=UTC) - timedelta(days=number))
        for number in range(PAGE_SIZE + 1)
    ]
    publish_all(backend, photos)
    for photo in photos:
        services.albums.add(album.album_id, photo.photo_id)
    path = f"/albums/{album.album_id}"
    found = feed(visitor, f"{path}/feed.xml")
    check(found)
    assert one(found, "atom:title").startswith("Lake & sea")
    assert links(found)["alternate"] == f"http://localhost{path}"
    entries = found.findall("atom:entry", ATOM)
    first = f"http://localhost/photos/{photos[0].photo_id}?in=album:{album.album_id}"
    assert links(entries[0])["alternate"] == first
    assert len(entries) == PAGE_SIZE
    following = feed(visitor, links(found)["next"])
    assert len(following.findall("atom:entry", ATOM)) == 1
    assert f'href="{path}/feed.xml"' in visitor.get(path).text


def test_feed_of_an_unlisted_album_is_kept_out_of_search_engines(visitor: Visitor) -> None:
    """Who knows the address of the album may read the feed. A feed without an album is missing."""
    path = visitor.submit("/albums/new", title="Secret", visibility="unlisted").location
    answer = visitor.get(f"{path}/feed.xml")
    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex")
    assert visitor.get("/albums/01ARZ3NDEKTSV4RRFFQ69G5FAV/feed.xml").status_code == 404
    assert visitor.get(f"{path}/feed.xml?before=x").status_code == 404


def test_empty_feed_is_valid(visitor: Visitor) -> None:
    """Without photos the feed is valid and does not change."""
    check(feed(visitor, "/feed.xml"))
    assert visitor.get("/feed.xml").text == visitor.get("/feed.xml").text


def test_feeds_are_paged(visitor: Visitor, backend: Backend) -> None:
    """Following the `next` links finds every photo once."""
    photos = [make_photo() for _ in range(65)]
    publish_all(backend, photos)
    seen, path = [], "/feed.xml"
    while path:
        found = feed(visitor, path)
        check(found)
        seen += [links(entry)["alternate"][-26:] for entry in found.findall("atom:entry", ATOM)]
        path = links(found).get("next", "")
    assert seen == [photo.photo_id for photo in reversed(photos)]


def test_every_page_links_to_the_feed(visitor: Visitor) -> None:
    """Feed readers discover the feed from any page."""
    assert re.search(
        r'<link rel="alternate" type="application/atom\+xml"[^>]* href="/feed.xml">',
        visitor.get("/").text,
    )


class TestCalls:
    """Feeds on AWS."""

    @pytest.fixture
    def backend(self) -> Iterator[Backend]:
        with aws_backend() as backend:
            yield backend

    def test_page_of_a_feed_costs_four_queries(self, backend: Backend, visitor: Visitor) -> None:
        """One read in each partition finds the photos of one page. A tag reads the records."""
        photo_id = visitor.add(tags="sea")
        for path in ("/feed.xml", f"/feed.xml?before={photo_id}"):
            assert calls_of(backend, visitor, path) == {"Query": 4}, path
        tag = calls_of(backend, visitor, "/tags/sea/feed.xml")
        assert tag == {"Query": 4, "BatchGetItem": 1}
