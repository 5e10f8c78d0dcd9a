"""The sitemap: an index of months, and the photos of each month."""

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from app.domain import photo_ids
from tests.backends import Backend, aws_backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import Visitor
from tests.web.feeds.calls_of import calls_of

SITEMAP = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def id_of(year: int, month: int, day: int) -> str:
    return photo_ids.PhotoIdFactory(lambda: datetime(year, month, day, tzinfo=UTC).timestamp())()


def locations(visitor: Visitor, path: str) -> list[str]:
    answer = visitor.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    found = ElementTree.fromstring(answer.data)  # noqa: S314  our own XML
    return [loc.text or "" for loc in found.findall(".//map:loc", SITEMAP)]


def test_every_photo_is_in_the_sitemap_of_its_month(visitor: Visitor, backend: Backend) -> None:
    """The index lists every month from the first to the last, and each photo is in one month."""
    moments = [(2025, 11, 30), (2025, 12, 1), (2025, 12, 31), (2026, 1, 1), (2026, 2, 28)]
    photos = [make_photo(photo_id=id_of(*moment)) for moment in moments]
    publish_all(backend, photos)
    *months, albums = locations(visitor, "/sitemap.xml")
    assert albums == "http://localhost/sitemap-albums.xml"
    assert months == [
        f"http://localhost/sitemap-{month}.xml"
        for month in ("2025-11", "2025-12", "2026-01", "2026-02")
    ]
    found = [[loc[-26:] for loc in locations(visitor, month)[1:]] for month in months]
    expected = [[0], [2, 1], [3], [4]]
    assert found == [[photos[number].photo_id for number in numbers] for numbers in expected]


def test_public_albums_are_in_the_sitemap(visitor: Visitor) -> None:
    """An unlisted album is not, and search engines do not open the forms."""
    public = visitor.submit("/albums/new", title="Lake").location
    secret = visitor.submit("/albums/new", title="Secret", visibility="unlisted").location
    found = locations(visitor, "/sitemap-albums.xml")
    assert found == ["http://localhost/albums", f"http://localhost{public}"]
    album_id = secret.rpartition("/")[2]
    robots = visitor.get("/robots.txt").text
    for path in ("/feed.xml", "/sitemap.xml", "/albums", "/search?q=secret"):
        assert album_id not in visitor.get(path).text
    assert album_id not in robots
    assert "Disallow: /albums/new" in robots


def test_sitemap_of_an_empty_site_lists_the_gallery(visitor: Visitor) -> None:
    """Without photos there is one month, with the gallery alone."""
    month, albums = locations(visitor, "/sitemap.xml")
    assert locations(visitor, month) == ["http://localhost/"]
    assert locations(visitor, albums) == ["http://localhost/albums"]
    assert visitor.get("/sitemap-2026-13.xml").status_code == 404


def test_pages_of_the_archive_are_in_a_sitemap(visitor: Visitor, backend: Backend) -> None:
    """Years and months that have photos, latest first. Without any the index does not name it."""
    dates = [datetime(2026, 11, 5, tzinfo=UTC), datetime(1974, 6, 1, tzinfo=UTC), None]
    publish_all(backend, [make_photo(taken_at=date) for date in dates])
    assert "http://localhost/sitemap-archive.xml" in locations(visitor, "/sitemap.xml")
    paths = ["/2026", "/2026/11", "/1974", "/1974/06"]
    expected = [f"http://localhost{path}" for path in paths]
    assert locations(visitor, "/sitemap-archive.xml") == expected


class TestCalls:
    """The sitemap on AWS."""

    @pytest.fixture
    def backend(self) -> Iterator[Backend]:
        with aws_backend() as backend:
            yield backend

    def test_month_costs_four_queries_and_the_index_eight(
        self, backend: Backend, visitor: Visitor
    ) -> None:
        """One read in each partition finds a month's photos, and two find the range."""
        visitor.add()
        month = locations(visitor, "/sitemap.xml")[0]
        assert calls_of(backend, visitor, month) == {"Query": 4}
        assert calls_of(backend, visitor, "/sitemap.xml") == {"Query": 8}
