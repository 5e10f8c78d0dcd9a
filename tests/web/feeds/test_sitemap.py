"""The sitemap: an index of months, and the photos of each month."""

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from app.domain import photo_ids
from app.domain.albums.album import Album
from app.services.factory import Services
from app.web.feeds import sitemap
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
    months = locations(visitor, "/sitemap.xml")
    assert months == [
        f"http://localhost/sitemap-{month}.xml"
        for month in ("2025-11", "2025-12", "2026-01", "2026-02")
    ]
    found = [[loc[-26:] for loc in locations(visitor, month)[1:]] for month in months]
    expected = [[0], [2, 1], [3], [4]]
    assert found == [[photos[number].photo_id for number in numbers] for numbers in expected]


def make_albums(services: Services, *moments: tuple[int, int, int]) -> list[str]:
    """Create a public album at each moment. Return their ids."""
    albums = [
        Album(
            album_id=id_of(*moment),
            title="Lake",
            owner="0" * 32,
            created_at=datetime(*moment, tzinfo=UTC),
        )
        for moment in moments
    ]
    for album in albums:
        services.backend.albums.create(album)
    return [album.album_id for album in albums]


def test_every_public_album_is_in_the_sitemap_of_its_month(
    visitor: Visitor, services: Services
) -> None:
    """The months are those from the first album to the last, and not those of the photos."""
    made = make_albums(services, (2025, 11, 30), (2025, 12, 1), (2025, 12, 31), (2026, 2, 28))
    visitor.add()
    _photos, *months = locations(visitor, "/sitemap.xml")
    assert months == [
        f"http://localhost/sitemap-albums-{month}.xml"
        for month in ("2025-11", "2025-12", "2026-01", "2026-02")
    ]
    found = [locations(visitor, month) for month in months]
    assert all(locs[0] == "http://localhost/albums" for locs in found)
    expected = [[made[0]], [made[2], made[1]], [], [made[3]]]
    assert [[loc[-26:] for loc in locs[1:]] for locs in found] == expected


def test_a_document_has_a_limited_number_of_albums(
    visitor: Visitor, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are the newest of the month."""
    monkeypatch.setattr(sitemap, "MAX_ALBUMS", 2)
    made = make_albums(services, (2026, 2, 1), (2026, 2, 2), (2026, 2, 3), (2026, 3, 1))
    february = locations(visitor, "/sitemap-albums-2026-02.xml")
    assert [loc[-26:] for loc in february[1:]] == [made[2], made[1]]
    for month in ("2026-13", "0000-01", "9999-12"):
        assert visitor.get(f"/sitemap-albums-{month}.xml").status_code == 404


def test_an_unlisted_album_is_in_no_document(visitor: Visitor) -> None:
    """Search engines do not open the forms either."""
    public = visitor.submit("/albums/new", title="Lake").location
    secret = visitor.submit("/albums/new", title="Secret", visibility="unlisted").location
    albums = locations(visitor, "/sitemap.xml")[-1]
    assert locations(visitor, albums)[1:] == [f"http://localhost{public}"]
    album_id = secret.rpartition("/")[2]
    robots = visitor.get("/robots.txt").text
    for path in ("/feed.xml", "/sitemap.xml", albums, "/albums", "/search?q=secret"):
        assert album_id not in visitor.get(path).text
    assert album_id not in robots
    assert "Disallow: /albums/new" in robots


def test_sitemap_of_an_empty_site_lists_the_gallery(visitor: Visitor) -> None:
    """Without photos there is one month, with the gallery alone."""
    (month,) = locations(visitor, "/sitemap.xml")
    assert locations(visitor, month) == ["http://localhost/"]
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

    def test_month_costs_four_queries_and_the_index_ten(
        self, backend: Backend, visitor: Visitor
    ) -> None:
        """One read in each partition finds a month's photos, and two find the range.

        Albums have one partition.
        """
        visitor.add()
        month = locations(visitor, "/sitemap.xml")[0]
        assert calls_of(backend, visitor, month) == {"Query": 4}
        assert calls_of(backend, visitor, "/sitemap.xml") == {"Query": 10}
        visitor.submit("/albums/new", title="Lake")
        albums = locations(visitor, "/sitemap.xml")[-1]
        assert calls_of(backend, visitor, albums) == {"Query": 1}
