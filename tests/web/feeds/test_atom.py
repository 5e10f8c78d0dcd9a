"""Atom feeds and the sitemap."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from app.domain import photo_ids
from tests.backends import Backend, aws_backend, make_photo
from tests.storage.aws_calls import recorded
from tests.storage.conftest import publish_all
from tests.visitor import Visitor

ATOM = {"atom": "http://www.w3.org/2005/Atom"}
MAP = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9"}
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
    """What RFC 4287 asks of a feed (4.1.1) and of its entries (4.1.2)."""
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


def test_the_newest_photos(visitor: Visitor) -> None:
    """The feed has the newest photos first with address, date, picture and words, whatever was typed."""
    first = visitor.add(title="]]> <b>bold</b> & \x0b 📷")
    second = visitor.add(title="Pier", alt='A "pier"')
    found = feed(visitor, "/feed.xml")
    check(found)
    newest, oldest = found.findall("atom:entry", ATOM)
    assert links(newest)["alternate"] == f"http://localhost/photos/{second}"
    assert one(oldest, "atom:title").startswith("]]> <b>bold</b> &")
    assert one(newest, "atom:published") == photo_ids.timestamp_of(second).isoformat()
    assert one(found, "atom:updated") == one(newest, "atom:updated")
    content = one(newest, "atom:content")
    assert f'<a href="http://localhost/photos/{second}">' in content
    assert 'alt="A &#34;pier&#34;"' in content
    assert 'width="160" height="120"' in content
    assert links(newest)["enclosure"] in content
    assert first in links(oldest)["enclosure"]


def test_ids_outlast_the_address(visitor: Visitor) -> None:
    """An entry keeps its id when the site is reached by another name, and no two photos share one."""
    visitor.add()
    texts = [
        visitor.get("/feed.xml", base_url=base).text
        for base in ("http://192.0.2.1", "https://photos.example")
    ]
    assert len({re.search("urn:uuid:[^<]+", text).group() for text in texts}) == 1  # type: ignore[union-attr]  # there is one


def test_a_tag_s_feed(visitor: Visitor) -> None:
    """A tag's feed has its photos alone, its page leads there, and another spelling leads on."""
    photo_id = visitor.add(tags="바다")
    visitor.add(tags="hill")
    found = feed(visitor, "/tags/바다/feed.xml")
    check(found)
    [entry] = found.findall("atom:entry", ATOM)
    assert photo_id in links(entry)["alternate"]
    assert links(found)["alternate"] == "http://localhost/tags/%EB%B0%94%EB%8B%A4"
    assert 'href="/tags/%EB%B0%94%EB%8B%A4/feed.xml"' in visitor.get("/tags/바다").text
    assert visitor.get("/tags/HILL/feed.xml").location == "/tags/hill/feed.xml"


def test_an_empty_feed_is_a_feed(visitor: Visitor) -> None:
    """Without photos the feed is valid, and the same every time."""
    check(feed(visitor, "/feed.xml"))
    assert visitor.get("/feed.xml").text == visitor.get("/feed.xml").text


def test_feeds_are_paged(visitor: Visitor, backend: Backend) -> None:
    """Next links lead through every photo once."""
    photos = [make_photo() for _ in range(65)]
    publish_all(backend, photos)
    seen, path = [], "/feed.xml"
    while path:
        found = feed(visitor, path)
        check(found)
        seen += [links(entry)["alternate"][-26:] for entry in found.findall("atom:entry", ATOM)]
        path = links(found).get("next", "")
    assert seen == [photo.photo_id for photo in reversed(photos)]


def test_every_page_leads_to_the_feed(visitor: Visitor) -> None:
    """Readers find the site's feed from any page."""
    assert re.search(
        r'<link rel="alternate" type="application/atom\+xml"[^>]* href="/feed.xml">',
        visitor.get("/").text,
    )


def id_of(year: int, month: int, day: int) -> str:
    return photo_ids.PhotoIdFactory(lambda: datetime(year, month, day, tzinfo=UTC).timestamp())()


def locations(visitor: Visitor, path: str) -> list[str]:
    answer = visitor.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    found = ElementTree.fromstring(answer.data)  # noqa: S314  our own XML
    return [loc.text or "" for loc in found.findall(".//map:loc", MAP)]


def test_the_sitemap_has_every_photo_in_its_month(visitor: Visitor, backend: Backend) -> None:
    """The index names each month there was, and the maps together every photo once."""
    moments = [(2025, 11, 30), (2025, 12, 1), (2025, 12, 31), (2026, 1, 1), (2026, 2, 28)]
    photos = [make_photo(photo_id=id_of(*moment)) for moment in moments]
    publish_all(backend, photos)
    months = locations(visitor, "/sitemap.xml")
    assert months == [
        f"http://localhost/sitemap-{month}.xml"
        for month in ("2025-11", "2025-12", "2026-01", "2026-02")
    ]
    found = [[loc[-26:] for loc in locations(visitor, month)[1:]] for month in months]
    expected = [[0], [2, 1], [3], [4]]
    assert found == [[photos[number].photo_id for number in numbers] for numbers in expected]


def test_the_sitemap_of_an_empty_site(visitor: Visitor) -> None:
    """Without photos the sitemap leads to the gallery."""
    [month] = locations(visitor, "/sitemap.xml")
    assert locations(visitor, month) == ["http://localhost/"]
    assert visitor.get("/sitemap-2026-13.xml").status_code == 404


class TestCalls:
    """What feeds and maps cost on AWS."""

    @pytest.fixture
    def backend(self) -> Iterator[Backend]:
        with aws_backend() as backend:
            yield backend

    def test_one_query_each(self, backend: Backend, visitor: Visitor) -> None:
        """A feed and a month's map are one Query, the index two, and robots.txt and the manifest none."""
        assert backend.clients
        photo_id = visitor.add(tags="sea")
        month = locations(visitor, "/sitemap.xml")[0]
        for path, queries in {
            "/feed.xml": 1,
            f"/feed.xml?before={photo_id}": 1,
            "/tags/sea/feed.xml": 1,
            month: 1,
            "/sitemap.xml": 2,
            "/robots.txt": 0,
            "/manifest.webmanifest": 0,
        }.items():
            with recorded(backend.clients) as made:
                assert visitor.get(path).status_code == 200
            assert made.counts == ({"Query": queries} if queries else {}), path
